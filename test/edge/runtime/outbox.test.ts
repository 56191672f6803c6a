import { describe, expect, test } from 'vitest';
import { storeAnswerMs } from '../../../edge/runtime/limit.ts';
import { Outbox } from '../../../edge/runtime/outbox.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import type { Queue, QueueEntry } from '../../../shared/ports/queue.ts';

/** An outbox over a queue that takes nothing until it is said to; each pause lets the time go on. */
function outboxOver() {
  const world = { nowMs: 1000, isDown: true };
  const memory = memoryQueue({ nowMs: () => world.nowMs, receivesMax: 5 });
  const taken: string[] = [];
  const queue: Queue = {
    ...memory,
    send: async (entries) => {
      if (world.isDown) throw new Error('the queue does not answer');
      taken.push(...entries.map(({ body }) => body));
    },
  };
  const outbox = new Outbox({
    queue,
    nowMs: () => world.nowMs,
    failed: () => {},
    pause: async (ms) => {
      world.nowMs += ms;
      if (world.nowMs > 1000 + 3 * storeAnswerMs) world.isDown = false;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  return { world, outbox, taken };
}

function entry(body: string): QueueEntry {
  return { queue: 'participation.fifo', group: 'bob', deduplicationId: body, body };
}

describe('reports on their way to the queue', () => {
  test('that are urgent are given back as not stored when the queue has not taken them in time [promise 1]', async () => {
    const { outbox, taken } = outboxOver();
    const told: string[] = [];
    outbox.send(entry('message'), true, (isStored) => told.push(`message ${isStored}`));
    outbox.send(entry('loss'), false, (isStored) => told.push(`loss ${isStored}`));
    await outbox.settled();
    expect(told).toEqual(['message false', 'loss true']);
    expect(taken).toEqual(['loss']);
  });

  test('are told as stored when the queue has them, and not before [promise 1]', async () => {
    const { world, outbox, taken } = outboxOver();
    world.isDown = false;
    const told: boolean[] = [];
    outbox.send(entry('message'), true, (isStored) => told.push(isStored));
    expect(told).toEqual([]);
    await outbox.settled();
    expect(told).toEqual([true]);
    expect(taken).toEqual(['message']);
  });

  test('wait for the fence once a group, however many there are [design 6.8]', async () => {
    const memory = memoryQueue({ nowMs: () => 0, receivesMax: 5 });
    const renewal = Promise.withResolvers<void>();
    let waiting = 0;
    const pass = async (): Promise<void> => {
      waiting++;
      await renewal.promise;
    };
    const outbox = new Outbox({
      queue: memory,
      nowMs: () => 0,
      failed: () => {},
      fence: { isOpen: false, pass },
    });
    let stored = 0;
    for (const group of ['bob', 'zoe']) {
      for (let report = 0; report < 100; report++) {
        const one = { ...entry(`${group} ${report}`), group };
        outbox.send(one, true, () => stored++);
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect({ waiting, stored, size: outbox.size }).toEqual({ waiting: 2, stored: 0, size: 200 });
    renewal.resolve();
    await outbox.settled();
    expect(stored).toBe(200);
  });
});
