/** When the pump lets records gather before it takes them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPump } from '../../../shared/app/pump.ts';
import { batchBytesFull, gatherMs, steadyBatches } from '../../../shared/app/pump-limit.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import type { Queue } from '../../../shared/ports/queue.ts';

const queueName = 'events.fifo';
const records = 40;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** How many records are taken, one at a time, before those behind them gather. */
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

test('what comes in batches that are full by their size is taken without gathering', async () => {
  expect(await taken(batchBytesFull)).toBe(records);
});

test('small records that come one by one, but fast, are waited for', async () => {
  expect(await taken(10)).toBeLessThan(records);
});

/** How long records gather before each of the receipts, when one that can wait comes each time that the last was handled. */
async function gatherings(count: number): Promise<readonly (number | undefined)[]> {
  const queue: Queue = memoryQueue({ nowMs: Date.now, sleep: () => new Promise(setImmediate) });
  const receive = queue.receive.bind(queue);
  const gathered: (number | undefined)[] = [];
  let number = 0;
  const more = () => {
    number++;
    const entry = { queue: queueName, group: 'a', deduplicationId: `${number}`, body: 'x' };
    return queue.send([{ ...entry, canWait: true }]);
  };
  queue.receive = async (name, options) => {
    const records = await receive(name, options);
    if (records.length > 0) gathered.push(options.gatherMs);
    return records;
  };
  const handler = async () => {
    await more();
    return { batchItemFailures: [] };
  };
  await more();
  const pump = startPump({ queue, queueName, handler, log: { error: () => undefined } });
  while (gathered.length < count) await new Promise(setImmediate);
  await pump.stop();
  return gathered.slice(0, count);
}

test('once the load is steady, records gather before every receipt', async () => {
  const gathered = await gatherings(10);
  const first = gathered.indexOf(gatherMs);
  expect(first).toBeGreaterThan(steadyBatches - 1);
  expect(first).toBeLessThan(6);
  expect(gathered.slice(first)).toEqual(gathered.slice(first).map(() => gatherMs));
});
