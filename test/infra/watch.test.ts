import { beforeAll, describe, expect, test } from 'vitest';
import { metricUnits } from '../../shared/metric-line.ts';
import { patienceMs, resources, type Synthesized, shown, synthesize } from './synth.ts';

let it: Synthesized;

beforeAll(() => {
  it = synthesize({ alarmEmail: 'night@example.com', monthlyBudgetUsd: 300 });
}, patienceMs);

const alarmsOf = (made: Synthesized) =>
  resources(made.edge, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

describe('the alarms', () => {
  test('watch what an operator asks at night', () => {
    const names = alarmsOf(it).map(({ AlarmName }) => AlarmName);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['rejoin-oldest-away', 'rejoin-participation-waits', 'rejoin-commands-waits'],
        ...['rejoin-participation-dead-letters', 'rejoin-conflicts', 'rejoin-take-overs'],
        ...['rejoin-server-errors', 'rejoin-slow', 'rejoin-edges-unhealthy'],
      ]),
    );
  });

  test('each say what is wrong, tell somebody, and are quiet while nothing happens', () => {
    const [subscription] = resources(it.edge, 'AWS::SNS::Subscription');
    expect(subscription?.Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'night@example.com',
    });
    for (const alarm of alarmsOf(it)) {
      expect(String(alarm.AlarmDescription).length).toBeGreaterThan(30);
      expect(alarm.AlarmActions).toEqual([subscription?.Properties.TopicArn]);
      expect(alarm.TreatMissingData).toBe('notBreaching');
    }
  });

  test('look only at metrics of ours that somebody counts', () => {
    const own = alarmsOf(it).filter(({ Namespace }) => Namespace === 'Rejoin');
    expect(own.length).toBeGreaterThan(3);
    for (const { MetricName } of own) expect(Object.keys(metricUnits)).toContain(MetricName);
  });
});

describe('the dashboard', () => {
  test('shows every metric of ours', () => {
    const [dashboard] = resources(it.edge, 'AWS::CloudWatch::Dashboard');
    const body = shown(dashboard?.Properties.DashboardBody);
    for (const name of Object.keys(metricUnits)) expect(body).toContain(`"Rejoin","${name}"`);
  });
});

describe('the cost', () => {
  test('of an idle month is told at the deployment, with its parts', () => {
    const [output] = Object.values(it.edge.findOutputs('IdleMonthUsd'));
    expect(Number(output?.Value)).toBeGreaterThan(0);
    expect(output?.Description).toMatch(/edges [\d.]+, balancer [\d.]+, network [\d.]+/);
  });

  test('is warned of when the budget is in sight, if there is a budget', () => {
    const [budget] = resources(it.edge, 'AWS::Budgets::Budget');
    expect(budget?.Properties.Budget).toMatchObject({ BudgetLimit: { Amount: 300, Unit: 'USD' } });
    expect(resources(synthesize().edge, 'AWS::Budgets::Budget')).toEqual([]);
  });
});
