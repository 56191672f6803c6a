/** When the pump pauses, so that records gather: with timers that never fire, whoever pauses takes no more. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPump } from '../../../shared/app/pump.ts';
import { batchBytesFull } from '../../../shared/app/pump-limit.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import type { Queue } from '../../../shared/ports/queue.ts';

const queueName = 'events.fifo';
const records = 40;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** How many records are taken, one at a time, before the pump pauses. */
async function taken(bodyLength: number): Promise<number> {
  const queue: Queue = memoryQueue({ nowMs: Date.now });
  const receive = queue.receive.bind(queue);
  queue.receive = (name, options) => receive(name, { ...options, max: 1 });
  const body = 'x'.repeat(bodyLength);
  for (let number = 0; number < records; number++) {
    await queue.send([{ queue: queueName, group: 'a', deduplicationId: `${number}`, body }]);
  }
  let count = 0;
  const handler = async () => {
    count++;
    return { batchItemFailures: [] };
  };
  const log = { error: () => undefined };
  const pump = startPump({ queue, queueName, handler, log, parallel: 1 });
  for (let turn = 0; turn < records * 20; turn++) await new Promise(setImmediate);
  await pump.stop();
  return count;
}

test('what comes in batches that are full by their size is taken without a pause', async () => {
  expect(await taken(batchBytesFull)).toBe(records);
});

test('small records that come one by one, but fast, are waited for', async () => {
  expect(await taken(10)).toBeLessThan(records);
});
