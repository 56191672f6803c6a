/** How records gather before they are received, on adapters that let them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QueueEntry } from '../../shared/ports/queue.ts';
import { bodies, entry, long, type OpenQueue } from './queue-visibility.ts';

const gatherMs = 200;

function patient(queue: string, body: string): QueueEntry {
  return { ...entry(queue, 'a', body), canWait: true };
}

/** Runs the contract on an adapter; `open` is called for every test. */
export function gatherContract(name: string, open: () => Promise<OpenQueue>): void {
  describe(`what gathers in the queue ${name}`, () => {
    let opened: OpenQueue;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.close();
    });

    test('records that can wait are received together when their time is over', async () => {
      const { queue, fifo } = opened;
      const startMs = performance.now();
      const receiving = queue.receive(fifo, { ...long, gatherMs });
      await queue.send([patient(fifo, 'one')]);
      await queue.send([patient(fifo, 'two')]);
      expect(bodies(await receiving)).toEqual(['one', 'two']);
      expect(performance.now() - startMs).toBeGreaterThan(gatherMs - 20);
    });

    test('a record that can not wait is received at once, with those before it', async () => {
      const { queue, fifo } = opened;
      const receiving = queue.receive(fifo, { ...long, gatherMs: 60_000 });
      await queue.send([patient(fifo, 'one')]);
      await queue.send([entry(fifo, 'a', 'two')]);
      expect(bodies(await receiving)).toEqual(['one', 'two']);
    });

    test('a record that can not wait leaves other queues gathering', async () => {
      const { queue, fifo, standard } = opened;
      const receiving = queue.receive(fifo, { ...long, gatherMs });
      await queue.send([patient(fifo, 'one')]);
      await queue.send([{ queue: standard, body: 'elsewhere' }]);
      await queue.send([patient(fifo, 'two')]);
      expect(bodies(await receiving)).toEqual(['one', 'two']);
    });

    test('after the gathering a first record is waited for', async () => {
      const { queue, fifo } = opened;
      const receiving = queue.receive(fifo, { ...long, waitMs: 10_000, gatherMs: 1 });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await queue.send([patient(fifo, 'one')]);
      expect(bodies(await receiving)).toEqual(['one']);
    });
  });
}
