import { expect, test } from 'vitest';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { overviewContract, queueContract } from '../../contract/queue.ts';
import { gatherContract } from '../../contract/queue-gather.ts';

const openQueue = async () => ({
  queue: memoryQueue({ nowMs: Date.now, receivesMax: 3 }),
  fifo: 'events.fifo',
  standard: 'timers',
  deadLetters: 'events-dead.fifo',
  receivesMax: 3,
  stepMs: 100,
  close: async () => undefined,
});

queueContract('in memory', openQueue);
overviewContract('in memory', openQueue);
gatherContract('in memory', openQueue);

function simulated() {
  let nowMs = 1_000;
  const queue = memoryQueue({ nowMs: () => nowMs });
  return { queue, pass: (ms: number) => (nowMs += ms) };
}

const options = { max: 10, waitMs: 0, visibilityMs: 30_000 };

test('time is the injected clock’s: delays, visibility and deduplication follow it', async () => {
  const { queue, pass } = simulated();
  await queue.send([{ queue: 'timers', body: 'later', delayMs: 60_000 }]);
  pass(59_999);
  expect(await queue.receive('timers', options)).toEqual([]);
  pass(1);
  expect(await queue.receive('timers', options)).toHaveLength(1);
  pass(29_999);
  expect(await queue.receive('timers', options)).toEqual([]);
  pass(1);
  const [again] = await queue.receive('timers', options);
  expect(again?.receives).toBe(2);
});

test('a deduplication id is forgotten five minutes after the entry that was taken', async () => {
  const { queue, pass } = simulated();
  const entry = { queue: 'events.fifo', group: 'a', body: 'one', deduplicationId: 'id' };
  await queue.send([entry]);
  pass(299_999);
  await queue.send([entry]);
  expect((await queue.depth('events.fifo')).visible).toBe(1);
  pass(1);
  await queue.send([entry]);
  expect((await queue.depth('events.fifo')).visible).toBe(2);
});

test('a wait sleeps in the injected sleep, until the next record is due', async () => {
  let nowMs = 0;
  const slept: number[] = [];
  const queue = memoryQueue({
    nowMs: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
  });
  await queue.send([{ queue: 'timers', body: 'later', delayMs: 1_500 }]);
  expect(await queue.receive('timers', { ...options, waitMs: 20_000 })).toHaveLength(1);
  expect(slept).toEqual([1_000, 500]);
});

test('queues in memory refuse what would exceed their bound', async () => {
  const queue = memoryQueue({ nowMs: () => 0, bytesMax: 10 });
  await queue.send([{ queue: 'timers', body: '12345678' }]);
  await expect(queue.send([{ queue: 'timers', body: '123' }])).rejects.toThrow('full');
});

test('the depth names the oldest record, whether it waits or is out', async () => {
  const { queue, pass } = simulated();
  await queue.send([{ queue: 'timers', body: '1' }]);
  pass(500);
  await queue.send([{ queue: 'timers', body: '2' }]);
  expect(await queue.depth('timers')).toEqual({ visible: 2, inFlight: 0, oldestMs: 1_000 });
  const [first] = await queue.receive('timers', { ...options, max: 1 });
  expect(await queue.depth('timers')).toEqual({ visible: 1, inFlight: 1, oldestMs: 1_000 });
  await queue.remove('timers', [first?.receipt ?? '']);
  expect(await queue.depth('timers')).toEqual({ visible: 1, inFlight: 0, oldestMs: 1_500 });
});
