import { beforeEach, describe, expect, test } from 'vitest';
import { park } from '../../lambdas/park.ts';
import { type Bench, bench, dead, record } from './bench.ts';

let it: Bench;

beforeEach(() => {
  it = bench();
});

describe('a parked record', () => {
  test('keeps its group and its body, and is parked once however often it comes [design 6.7]', async () => {
    const take = park(it.context, 'participation');
    for (let times = 0; times < 3; times++) await take(record('1', 'g', 'body'), 'why');
    expect(await dead(it.world, 'participation-dead.fifo')).toEqual([
      { group: 'g', reason: 'why', body: 'body' },
    ]);
  });

  test('of no group stands in the group of its handler', async () => {
    await park(it.context, 'registration')(record('1', undefined, 'body'), 'why');
    expect(await dead(it.world, 'registration-dead.fifo')).toMatchObject([
      { group: 'registration' },
    ]);
  });

  test('is told of only when it is safe [design 6.1]', async () => {
    it.world.fault = () => 'before';
    await expect(
      park(it.context, 'participation')(record('1', 'g', 'body'), 'why'),
    ).rejects.toThrow();
    expect(it.parked).toEqual([]);
  });
});
