import { beforeEach, describe, expect, test } from 'vitest';
import { deadLetterHandler } from '../../lambdas/dead-letter.ts';
import { park } from '../../lambdas/park.ts';
import { queueNames } from '../../shared/app/queue-names.ts';
import { type Bench, bench, call, record } from './bench.ts';

let it: Bench;
let told: string[];

const run = (order: unknown) =>
  deadLetterHandler({
    queue: it.world.queue,
    done: (action, queue, { count }) => told.push(`${action} ${queue} ${count}`),
  })(order, call);

async function parked(...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await park(it.context, 'group')(record(body, 'g', body), 'a reason');
}

async function bodiesOf(queue: string): Promise<readonly string[]> {
  const records = await it.world.queue.receive(queue, { max: 10, waitMs: 0, visibilityMs: 1000 });
  return records.map(({ body }) => body);
}

beforeEach(() => {
  it = bench();
  told = [];
});

describe('the function about dead letters', () => {
  test('sends them back as they were, in order, and tells how many', async () => {
    await parked('one', 'two');
    expect(await run({ queue: 'group', do: 'retry' })).toEqual({ count: 2, left: 0 });
    expect(await bodiesOf(queueNames.group)).toEqual(['one', 'two']);
    expect(told).toEqual(['retry group 2']);
  });

  test('drops them for good', async () => {
    await parked('one', 'two');
    expect(await run({ queue: 'group', do: 'drop' })).toEqual({ count: 2, left: 0 });
    expect(await bodiesOf(queueNames.group)).toEqual([]);
  });

  test('deals with one alone', async () => {
    await parked('one', 'two');
    const [first] = await it.world.queue.peek('group-dead.fifo', { limit: 1 });
    expect(await run({ queue: 'group', do: 'drop', id: first?.id })).toEqual({ count: 1, left: 1 });
  });

  test.each([
    [undefined],
    [{}],
    [{ queue: 'group' }],
    [{ queue: 'commands-edge-1', do: 'drop' }],
    [{ queue: 'group', do: 'purge' }],
    [{ queue: 'group', do: 'drop', id: '' }],
  ])('called with %j it does nothing, and says what to give', async (order) => {
    await parked('one');
    await expect(run(order)).rejects.toThrow('"retry" or "drop"');
    expect(await bodiesOf('group-dead.fifo')).toHaveLength(1);
  });
});
