import { describe, expect, test } from 'vitest';
import { contextPrefix, deploymentKinds, readDeployment } from '../../infra/settings.ts';

function given(context: Readonly<Record<string, unknown>>) {
  const prefixed = Object.entries(context).map(([name, value]) => [contextPrefix + name, value]);
  return readDeployment(Object.fromEntries(prefixed));
}

function settingsFrom(context: Readonly<Record<string, unknown>>) {
  const read = given(context);
  if (read.kind === 'refused') throw new Error(read.problems.join('\n'));
  return read.settings;
}

function problemsOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  const read = given(context);
  return read.kind === 'refused' ? read.problems : [];
}

describe('the settings of a deployment', () => {
  test('every setting has a default that its own kind reads', () => {
    const settings = settingsFrom({});
    for (const [name, kind] of Object.entries(deploymentKinds)) {
      expect(kind.read(settings[name as keyof typeof settings]), name).toEqual(kind.fallback);
    }
  });

  test('values read the same from JSON and from the command line', () => {
    const json = { edgesMin: 3, public: true, zones: ['us-east-1a', 'us-east-1b'], edgeCpu: 1024 };
    const text = { edgesMin: '3', public: 'true', zones: 'us-east-1a,us-east-1b', edgeCpu: '1024' };
    expect(settingsFrom(text)).toEqual(settingsFrom(json));
  });

  test('context that is not ours is left alone', () => {
    const read = readDeployment({ '@aws-cdk/core:x': true, 'aws:cdk:bundling-stacks': [] });
    expect(read.kind).toBe('settings');
  });

  test('an empty text takes an optional setting back', () => {
    expect(settingsFrom({ image: '', vpcId: null })).toMatchObject({ image: null, vpcId: null });
  });

  test.each([
    ['name', 'Rejoin!', 'lower-case'],
    // A table's name has three characters or more.
    ['name', 'r3', '3 to 20'],
    ['region', 'nowhere', 'eu-central-1'],
    ['network', 'both', 'registrar or ims'],
    ['public', 'perhaps', 'true or false'],
    ['edgesMin', 0, 'from 1 to 100'],
    ['edgesMin', '2.5', 'from 1 to 100'],
    ['edgeCpu', 300, 'one of 256'],
    ['logDays', '31', 'one of 1'],
    ['peerRanges', ['10.0.0.1'], '10.20.0.0/16'],
    ['peerRanges', 7, '10.20.0.0/16'],
    ['trustedPeers', ['10.0.0'], 'IP addresses'],
    ['tableArn', 'rejoin', 'ARN of a table'],
    ['environment', '[', 'object'],
    ['environment', { REJOIN_LOG_LEVEL: ['debug'] }, 'object'],
  ])('%s = %j is refused with the key and what to give', (name, value, remedy) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${contextPrefix}${name}`);
    expect(problems[0]).toContain(remedy);
  });

  test('all problems are told at once, and a slip gets the name that was meant', () => {
    const problems = problemsOf({ edgeMin: 2, public: 'yes', qqqqqqqqqq: 1 });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('did you mean rejoin:edgesMin?');
    expect(problems[1]).toContain('take it out');
  });

  test.each([
    [{ edgesMin: 5, edgesMax: 2 }, 'edgesMax'],
    [{ zones: 'us-east-1a' }, 'zones'],
    [{ vpcId: 'vpc-1' }, 'zones'],
    [
      {
        vpcId: 'vpc-1',
        zones: 'us-east-1a,us-east-1b',
        edgeSubnetIds: 'subnet-1',
        balancerSubnetIds: 'subnet-1,subnet-2',
      },
      'edgeSubnetIds',
    ],
    [{ ownKey: true, keyArn: 'arn:aws:kms:us-east-1:123456789012:key/1' }, 'ownKey'],
    [{ monthlyBudgetUsd: 100 }, 'alarmEmail'],
  ])('%j does not fit together, and the problem names %s', (context, name) => {
    expect(problemsOf(context).join('\n')).toContain(`rejoin:${name} doesn't fit`);
  });

  test('settings of the processes are passed on by name, and only those that exist', () => {
    const environment = { REJOIN_DEFERRAL_HOLD_MS: 8000 };
    expect(settingsFrom({ environment }).environment).toEqual({ REJOIN_DEFERRAL_HOLD_MS: '8000' });
    const wrong = {
      environment: { REJOIN_DEFERAL_HOLD_MS: 1, REJOIN_STORE: 'memory:', PATH: '/' },
    };
    const problems = problemsOf(wrong);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('REJOIN_DEFERRAL_HOLD_MS is');
    expect(problems[1]).toContain('which the deployment sets itself');
    expect(problems[2]).toContain('take out PATH');
  });
});
