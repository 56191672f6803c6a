import { beforeEach, expect, test } from 'vitest';
import { dropDeadLetters, retryDeadLetters } from '../../shared/dead-letters.ts';
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import type { Queue } from '../../shared/ports/queue.ts';

const name = 'events.fifo';
const dead = 'events-dead.fifo';
const now = { max: 10, waitMs: 0, visibilityMs: 30_000 };
let queue: Queue;

beforeEach(() => {
  queue = memoryQueue({ nowMs: Date.now });
});

let ids = 0;
async function fill(queueName: string, bodies: readonly string[], group = 'a'): Promise<void> {
  for (const body of bodies) {
    ids++;
    await queue.send([{ queue: queueName, group, body, deduplicationId: `id-${ids}` }]);
  }
}

async function bodiesOf(queueName: string): Promise<readonly string[]> {
  return (await queue.peek(queueName, { limit: 100 })).map(({ bodyStart }) => bodyStart);
}

test('all dead letters are dropped, and nothing else', async () => {
  await fill(dead, ['1', '2']);
  await fill(name, ['alive']);
  expect(await dropDeadLetters(queue, name)).toEqual({ count: 2, left: 0 });
  expect(await bodiesOf(name)).toEqual(['alive']);
});

test('one dead letter is dropped by its id', async () => {
  await fill(dead, ['1', '2', '3']);
  const second = (await queue.peek(dead, { limit: 3 }))[1];
  expect(await dropDeadLetters(queue, name, second?.id)).toEqual({ count: 1, left: 2 });
  expect(await bodiesOf(dead)).toEqual(['1', '3']);
});

test('the id of a record that is no dead letter drops nothing', async () => {
  await fill(name, ['alive']);
  const [alive] = await queue.peek(name, { limit: 1 });
  expect(await dropDeadLetters(queue, name, alive?.id)).toEqual({ count: 0, left: 0 });
  expect(await bodiesOf(name)).toEqual(['alive']);
});

test('dead letters go back to their queue in their order, behind what is there', async () => {
  await fill(name, ['alive']);
  const bodies = Array.from({ length: 53 }, (_, index) => String(index));
  await fill(dead, bodies);
  expect(await retryDeadLetters(queue, name)).toEqual({ count: 53, left: 0 });
  expect(await bodiesOf(name)).toEqual(['alive', ...bodies]);
  expect(await bodiesOf(dead)).toEqual([]);
});

test('one dead letter goes back, into its group', async () => {
  await fill(dead, ['1'], 'a');
  await fill(dead, ['2'], 'b');
  const second = (await queue.peek(dead, { limit: 3 }))[1];
  expect(await retryDeadLetters(queue, name, second?.id)).toEqual({ count: 1, left: 1 });
  expect(await queue.receive(name, now)).toMatchObject([{ body: '2', group: 'b' }]);
});

test('what goes back is no repeat of what it was when it was sent first', async () => {
  const limited = memoryQueue({ nowMs: Date.now, receivesMax: 1 });
  await limited.send([{ queue: name, group: 'a', body: '1', deduplicationId: 'once' }]);
  const received = await limited.receive(name, now);
  await limited.release(name, [received[0]?.receipt ?? ''], 0);
  expect(await limited.receive(name, now)).toEqual([]);
  expect(await retryDeadLetters(limited, name)).toEqual({ count: 1, left: 0 });
  expect(await limited.receive(name, now)).toMatchObject([{ body: '1', group: 'a', receives: 1 }]);
});

test('what was parked goes back as it was before', async () => {
  await fill(dead, [JSON.stringify({ reason: 'it can not be decoded', body: 'some "text"' })]);
  await retryDeadLetters(queue, name);
  expect(await bodiesOf(name)).toEqual(['some "text"']);
});

test('dead letters of a standard queue go back without group', async () => {
  await queue.send([{ queue: 'timers-dead', body: '1' }]);
  expect(await retryDeadLetters(queue, 'timers')).toEqual({ count: 1, left: 0 });
  expect(await bodiesOf('timers')).toEqual(['1']);
});

test('what dies meanwhile is left for the next time', async () => {
  await fill(dead, ['1', '2']);
  const parking = replaced({
    // As if a function parked each of them at once.
    send: (entries) =>
      fill(
        dead,
        entries.map((entry) => `${entry.body} again`),
      ),
  });
  expect(await retryDeadLetters(parking, name)).toEqual({ count: 2, left: 2 });
  expect(await bodiesOf(dead)).toEqual(['1 again', '2 again']);
});

test('when the queue does not take them, dead letters stay where they are', async () => {
  await fill(dead, ['1', '2']);
  const failing = replaced({ send: () => Promise.reject(new Error('the disk is full')) });
  await expect(retryDeadLetters(failing, name)).rejects.toThrow('the disk is full');
  expect(await retryDeadLetters(queue, name)).toEqual({ count: 2, left: 0 });
});

test('a queue without dead letters has nothing to do', async () => {
  expect(await dropDeadLetters(queue, name)).toEqual({ count: 0, left: 0 });
  expect(await retryDeadLetters(queue, name, '17')).toEqual({ count: 0, left: 0 });
});

/** The queue with another way to send. */
function replaced({ send }: Pick<Queue, 'send'>): Queue {
  return {
    send,
    receive: (...given) => queue.receive(...given),
    remove: (...given) => queue.remove(...given),
    release: (...given) => queue.release(...given),
    depth: (...given) => queue.depth(...given),
    peek: (...given) => queue.peek(...given),
    receiveThese: (...given) => queue.receiveThese(...given),
    names: () => queue.names(),
  };
}
