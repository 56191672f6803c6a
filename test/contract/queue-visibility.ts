/** The part of the queue's contract that is about time: visibility, delays, waits and dead letters. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Queue, QueueEntry, QueueRecord } from '../../shared/ports/queue.ts';

export type OpenQueue = {
  readonly queue: Queue;
  readonly fifo: string;
  readonly standard: string;
  /** Where records of `fifo` go after `receivesMax` receipts. */
  readonly deadLetters: string;
  readonly receivesMax: number;
  /** The shortest visibility and delay that the adapter can tell apart: 1,000 ms in the cloud. */
  readonly stepMs: number;
  readonly close: () => Promise<void>;
};

/** Waits long enough for what must come. */
export const long = { max: 10, waitMs: 2_000, visibilityMs: 30_000 };
/** Doesn't wait. */
export const now = { ...long, waitMs: 0 };

export function entry(queue: string, group: string, body: string): QueueEntry {
  return { queue, group, body, deduplicationId: randomUUID() };
}

export function bodies(received: readonly QueueRecord[]): readonly string[] {
  return received.map((record) => record.body);
}

export function receipts(received: readonly QueueRecord[]): readonly string[] {
  return received.map((record) => record.receipt);
}

/** How records come back, and when they stop doing so. */
export function visibilityContract(opened: () => OpenQueue): void {
  test('a record that is not removed comes back when its visibility ends, counted', async () => {
    const { queue, fifo, stepMs } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2')]);
    const first = await queue.receive(fifo, { ...long, max: 1, visibilityMs: stepMs });
    const again = await queue.receive(fifo, { ...long, waitMs: stepMs * 10 });
    expect(bodies(again)[0]).toBe('1');
    expect(again[0]).toMatchObject({ id: first[0]?.id, receives: 2 });
  });

  test('a record that is released comes back after the delay, before the others of its group', async () => {
    const { queue, fifo, stepMs } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2')]);
    const first = await queue.receive(fifo, { ...long, max: 1 });
    await queue.release(fifo, receipts(first), stepMs);
    expect(await queue.receive(fifo, now)).toEqual([]);
    const again = await queue.receive(fifo, { ...long, waitMs: stepMs * 10 });
    expect(bodies(again)[0]).toBe('1');
    expect(again[0]?.receives).toBe(2);
  });

  test('a record that is released without a delay comes back at once', async () => {
    const { queue, fifo } = opened();
    await queue.send(['1', '2', '3'].map((body) => entry(fifo, 'a', body)));
    const first = await queue.receive(fifo, long);
    await queue.remove(fifo, receipts(first.slice(0, 1)));
    await queue.release(fifo, receipts(first.slice(1)), 0);
    expect(bodies(await queue.receive(fifo, long))).toEqual(['2', '3']);
  });

  test('a delayed entry of a standard queue comes after its delay', async () => {
    const { queue, standard, stepMs } = opened();
    await queue.send([{ queue: standard, body: 'later', delayMs: stepMs * 2 }]);
    await queue.send([{ queue: standard, body: 'now' }]);
    expect(bodies(await queue.receive(standard, long))).toEqual(['now']);
    const later = await queue.receive(standard, { ...long, waitMs: stepMs * 10 });
    expect(bodies(later)).toEqual(['later']);
    expect(later[0]?.receives).toBe(1);
  });

  test('a record that was received too often goes to the dead letters, and its group goes on', async () => {
    const { queue, fifo, deadLetters, receivesMax } = opened();
    await queue.send([entry(fifo, 'a', 'bad'), entry(fifo, 'a', 'good')]);
    for (let receives = 1; receives <= receivesMax; receives++) {
      const received = await queue.receive(fifo, { ...long, max: 1 });
      expect(received[0]).toMatchObject({ body: 'bad', receives });
      await queue.release(fifo, receipts(received), 0);
    }
    expect(bodies(await queue.receive(fifo, long))).toEqual(['good']);
    const dead = await queue.receive(deadLetters, long);
    expect(dead[0]).toMatchObject({ body: 'bad', group: 'a' });
  });
}

/** How a receipt waits for records. */
export function waitContract(opened: () => OpenQueue): void {
  test('a wait ends when a record is sent', async () => {
    const { queue, fifo } = opened();
    const waiting = queue.receive(fifo, { ...long, waitMs: 10_000 });
    await queue.send([entry(fifo, 'a', 'one')]);
    expect(bodies(await waiting)).toEqual(['one']);
  });

  test('a wait ends when the group is free again', async () => {
    const { queue, fifo } = opened();
    await queue.send([entry(fifo, 'a', '1'), entry(fifo, 'a', '2')]);
    const first = await queue.receive(fifo, { ...long, max: 1 });
    const waiting = queue.receive(fifo, { ...long, waitMs: 10_000 });
    await queue.remove(fifo, receipts(first));
    expect(bodies(await waiting)).toEqual(['2']);
  });

  test('a wait for nothing ends with nothing', async () => {
    const { queue, fifo } = opened();
    expect(await queue.receive(fifo, { ...long, waitMs: 1_000 })).toEqual([]);
  });

  test('of those who wait, each record goes to one', async () => {
    const { queue, fifo } = opened();
    const waiting = Array.from({ length: 3 }, () =>
      queue.receive(fifo, { ...long, max: 1, waitMs: 2_000 }),
    );
    await queue.send(['a', 'b'].map((group) => entry(fifo, group, group)));
    const got = (await Promise.all(waiting)).flat();
    expect(bodies(got).toSorted()).toEqual(['a', 'b']);
  });
}
