/** The part of the queue's contract that is for operators: looking at records, and receiving some by their ids. */
import { expect, test } from 'vitest';
import { bodies, entry, long, now, type OpenQueue, receipts } from './queue-visibility.ts';

const all = { limit: 100 };

/** What can be seen of a queue without receiving. */
export function peekContract(opened: () => OpenQueue): void {
  test('records are looked at oldest first, and stay where they are', async () => {
    const { queue, fifo } = opened();
    await queue.send([entry(fifo, 'b', '1'), entry(fifo, 'a', '2'), entry(fifo, 'b', '3')]);
    const seen = await queue.peek(fifo, all);
    expect(seen.map(({ bodyStart }) => bodyStart)).toEqual(['1', '2', '3']);
    expect(seen[0]).toMatchObject({ group: 'b', receives: 0, isOut: false });
    expect(seen[0]?.sentAtMs).toEqual(expect.any(Number));
    expect(await queue.depth(fifo)).toMatchObject({ visible: 3, inFlight: 0 });
    const received = await queue.receive(fifo, { ...long, max: 1 });
    expect(received[0]).toMatchObject({ id: seen[0]?.id, receives: 1 });
  });

  test('a page goes on behind the last record of the one before', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3', '4', '5'].map((body) => entry(fifo, 'a', body)));
    const first = await queue.peek(fifo, { limit: 2 });
    const second = await queue.peek(fifo, { limit: 2, after: first[1]?.id ?? '' });
    const third = await queue.peek(fifo, { limit: 2, after: second[1]?.id ?? '' });
    expect([first, second, third].map((page) => page.map((one) => one.bodyStart))).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5'],
    ]);
  });

  test('a record that is out is seen as such, until it waits again', async () => {
    const { queue, fifo, stepMs } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2')]);
    await queue.receive(fifo, { ...long, max: 1, visibilityMs: stepMs });
    const seen = await queue.peek(fifo, all);
    expect(seen.map(({ isOut, receives }) => [isOut, receives])).toEqual([
      [true, 1],
      [false, 0],
    ]);
    await expect
      .poll(async () => (await queue.peek(fifo, all))[0], { timeout: stepMs * 10 })
      .toMatchObject({ isOut: false, receives: 1 });
  });

  test('of a long body the start is seen', async () => {
    const { queue, fifo } = opened();
    const body = 'é0123456789'.repeat(10_000);
    await queue.send([entry(fifo, 'a', body)]);
    const [seen] = await queue.peek(fifo, all);
    expect(seen?.bodyStart.length).toBeGreaterThanOrEqual(1_024);
    expect(seen?.bodyStart.length).toBeLessThan(body.length);
    expect(body.startsWith(seen?.bodyStart ?? 'nothing')).toBe(true);
  });

  test('a queue that nobody sent to has nothing to look at', async () => {
    const { queue, fifo } = opened();
    expect(await queue.peek(fifo, all)).toEqual([]);
    expect(await queue.receiveThese(fifo, ['1'], 30_000)).toEqual([]);
  });

  test('queues are named from their first entry on, also when they are empty again', async () => {
    const { queue, fifo, standard } = opened();
    await queue.send([entry(fifo, 'a', '1'), { queue: standard, body: '2' }]);
    await queue.remove(standard, receipts(await queue.receive(standard, long)));
    expect(await queue.names()).toEqual(expect.arrayContaining([fifo, standard]));
  });
}

/** Receiving records by their ids. */
export function theseContract(opened: () => OpenQueue): void {
  async function idsOf({ queue, fifo }: OpenQueue): Promise<readonly string[]> {
    return (await queue.peek(fifo, all)).map(({ id }) => id);
  }

  test('a record is received by its id, past those before it', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    const ids = await idsOf(opened());
    const received = await queue.receiveThese(fifo, ids.slice(1, 2), 30_000);
    expect(received).toMatchObject([{ id: ids[1], body: '2', group: 'a', receives: 1 }]);
    expect(await queue.receive(fifo, now)).toEqual([]);
    await queue.remove(fifo, receipts(received));
    expect(bodies(await queue.receive(fifo, long))).toEqual(['1', '3']);
  });

  test('several are received in the order that is asked for', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    const ids = await idsOf(opened());
    const received = await queue.receiveThese(fifo, ids.toReversed(), 30_000);
    expect(bodies(received)).toEqual(['3', '2', '1']);
    await queue.release(fifo, receipts(received), 0);
    expect(bodies(await queue.receive(fifo, long))).toEqual(['1', '2', '3']);
  });

  test('a record that is out, or of a group that is out, is left out', async () => {
    const { queue, fifo } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2'), entry(fifo, 'b', '3')]);
    const ids = await idsOf(opened());
    await queue.receive(fifo, { ...long, max: 1 });
    expect(bodies(await queue.receiveThese(fifo, ids, 30_000))).toEqual(['3']);
  });

  test('what is gone, unknown, named twice or in another queue is left out', async () => {
    const { queue, fifo, standard } = opened();
    await queue.send([entry(fifo, 'a', '1'), { queue: standard, body: '2' }]);
    const [id = ''] = await idsOf(opened());
    const [other] = await queue.peek(standard, all);
    const asked = ['0', 'nonsense', other?.id ?? '', id, id];
    const received = await queue.receiveThese(fifo, asked, 30_000);
    expect(bodies(received)).toEqual(['1']);
    await queue.remove(fifo, receipts(received));
    expect(await queue.receiveThese(fifo, [id], 30_000)).toEqual([]);
    expect(bodies(await queue.receive(standard, long))).toEqual(['2']);
  });

  test('a record that was received by its id comes back when its visibility ends', async () => {
    const { queue, standard, stepMs } = opened();
    await queue.send([{ queue: standard, body: '1' }]);
    const [seen] = await queue.peek(standard, all);
    await queue.receiveThese(standard, [seen?.id ?? ''], stepMs);
    const again = await queue.receive(standard, { ...long, waitMs: stepMs * 10 });
    expect(again).toMatchObject([{ body: '1', receives: 2 }]);
  });
}
