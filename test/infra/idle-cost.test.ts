import { describe, expect, test } from 'vitest';
import { idleCost } from '../../infra/idle-cost.ts';
import { readDeployment } from '../../infra/settings.ts';

function costOf(context: Readonly<Record<string, unknown>>) {
  const read = readDeployment(context);
  if (read.kind === 'refused') throw new Error(read.problems.join('\n'));
  return idleCost({ settings: read.settings, alarms: 10, metrics: 10, sweepEveryMinutes: 5 });
}

describe('the cost of an idle month', () => {
  test('is the sum of its parts', () => {
    const { dollars, parts } = costOf({});
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    expect(dollars).toBeCloseTo(sum, 2);
  });

  test('counts edges by size and number', () => {
    // 2 edges x 730 h x (0.5 vCPU x 0.03238 + 1 GiB x 0.00356)
    expect(costOf({}).parts.edges).toBe(28.84);
    expect(costOf({ 'rejoin:edgesMin': 4 }).parts.edges).toBe(57.67);
  });

  test('counts the heartbeats of the edges', () => {
    // 2 edges x 730 h x 1800 an hour x ($0.625 + 2 x $0.125) a million
    expect(costOf({}).parts.table).toBe(2.3);
  });

  test('counts a network that is made, and none that was brought along', () => {
    expect(costOf({}).parts.network).toBe(73);
    expect(costOf({ 'rejoin:natGateways': 2 }).parts.network).toBe(73);
    const brought = {
      'rejoin:vpcId': 'vpc-1',
      'rejoin:zones': 'us-east-1a,us-east-1b',
      'rejoin:edgeSubnetIds': 'subnet-1,subnet-2',
      'rejoin:balancerSubnetIds': 'subnet-1,subnet-2',
    };
    expect(costOf(brought).parts.network).toBe(0);
    expect(costOf({ ...brought, 'rejoin:public': true }).parts.network).toBe(7.3);
  });

  test('counts a key of its own, and the secret of the users where edges register them', () => {
    expect(costOf({ 'rejoin:ownKey': true }).parts.key).toBe(1);
    expect(costOf({}).parts).toMatchObject({ key: 0, secrets: 0.8 });
    expect(costOf({ 'rejoin:network': 'ims' }).parts.secrets).toBe(0.4);
  });
});
