import { describe, expect, test } from 'vitest';
import { deploySteps, edgeEnvironment, readTarget } from '../../infra/local-plan.ts';

const endpoint = 'http://127.0.0.1:4566';

function targetOf(env: Readonly<Record<string, string>>) {
  const read = readTarget(env);
  if (read.kind === 'refused') throw new Error(read.problem);
  return read.target;
}

describe('deploying to a stand-in', () => {
  test.each([
    [{}, 'is missing'],
    [{ AWS_ENDPOINT_URL: '' }, 'is missing'],
    [{ AWS_ENDPOINT_URL: 'localhost' }, 'give an address with http://'],
    [{ AWS_ENDPOINT_URL: 'https://sqs.us-east-1.amazonaws.com' }, 'AWS itself'],
    [{ AWS_ENDPOINT_URL: 'https://sqs.us-east-1.api.aws/' }, 'AWS itself'],
  ])('%j is refused with what to give', (env, words) => {
    expect(readTarget(env)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining(words),
    });
  });

  test('every client of a command is led to it, S3 too, and none to AWS', () => {
    expect(targetOf({ AWS_ENDPOINT_URL: endpoint }).env).toMatchObject({
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
    });
  });

  test('deploys the service alone, as a trial, every step within a time', () => {
    const steps = deploySteps('trial', targetOf({ AWS_ENDPOINT_URL: endpoint }));
    expect(steps.map(({ title }) => title)).toEqual(['bootstrap', 'deploy']);
    expect(steps[1]?.command).toEqual(
      expect.arrayContaining(['trial-service', '--exclusively', 'rejoin:retain=false']),
    );
    const folders = steps.map(({ command }) => command[command.indexOf('-o') + 1]);
    expect(new Set(folders).size).toBe(2);
    for (const { limitMs } of steps) expect(limitMs).toBeLessThanOrEqual(180_000);
  });

  test('tells an edge what was deployed', () => {
    expect(
      edgeEnvironment({ TableName: 't', QueuePrefix: 't-', BodiesBucket: 't-b', Other: 'x' }),
    ).toEqual({
      REJOIN_STORE: 'aws:',
      REJOIN_AWS_TABLE: 't',
      REJOIN_AWS_QUEUE_PREFIX: 't-',
      REJOIN_AWS_BODIES_BUCKET: 't-b',
    });
    expect(() => edgeEnvironment({})).toThrow('deploy again');
  });
});
