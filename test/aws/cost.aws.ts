/** What a deferred message costs, counted over the whole product on emulators; `npm run cost` tells it in full. */
import { beforeAll, describe, expect, test } from 'vitest';
import { playScenarios, scenarios } from '../../bench/cost/scenarios.ts';
import { dollarsOf, partsOf, sum, type Tally } from '../../bench/cost/tally.ts';

const table = process.env.TEST_TABLE_ENDPOINT ?? '';
const queues = process.env.TEST_QUEUE_ENDPOINT ?? '';
const million = 1_000_000;
const patienceMs = 120_000;

const each = new Map<string, Tally>();

function dollars(name: string): number {
  return dollarsOf(partsOf(sum([each.get(name) ?? sum([])], million)));
}

describe.skipIf(table === '' || queues === '')('a million deferred messages', () => {
  beforeAll(async () => {
    const once = scenarios.map((scenario) => ({ ...scenario, absences: 1 }));
    const played = await playScenarios({ table, queues }, once, () => undefined);
    for (const one of played) each.set(one.name, one.each);
  }, patienceMs);

  test('that come close together cost less than $0.50', () => {
    expect(dollars('burst')).toBeLessThan(0.5);
    expect(dollars('burst')).toBeGreaterThan(0);
  });

  test('that come alone cost less than $3.00, and are one write each', () => {
    expect(dollars('lone')).toBeLessThan(3);
    expect(each.get('lone')?.writeUnits).toBeGreaterThanOrEqual(1);
    expect(each.get('lone')?.writeUnits).toBeLessThan(1.1);
  });

  test('each the only one of an absence cost less than $20, a write unit for each step of it', () => {
    expect(dollars('single')).toBeLessThan(20);
    expect(each.get('single')?.writeUnits).toBeLessThanOrEqual(6);
  });
});
