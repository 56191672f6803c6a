import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { participationHandler } from '../../../lambdas/participation.ts';
import type { SqsBatchResponse } from '../../../shared/app/batch.ts';
import { type Pump, type PumpHandler, startPump } from '../../../shared/app/pump.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import type { Queue } from '../../../shared/ports/queue.ts';

const queueName = 'events.fifo';
let pump: Pump | undefined;
afterEach(async () => {
  await pump?.stop();
  pump = undefined;
});

type Logged = { readonly message: string; readonly details: object };

function start(
  handler: PumpHandler,
  more: { queue?: Queue; parallel?: number; timeoutMs?: number } = {},
) {
  const queue = more.queue ?? memoryQueue({ nowMs: Date.now });
  const logged: Logged[] = [];
  const log = {
    error: (details: object, message: string) => {
      logged.push({ details, message });
    },
  };
  const { parallel = 4, timeoutMs = 5_000 } = more;
  pump = startPump({ queue, queueName, handler, log, parallel, timeoutMs });
  return { queue, logged };
}

let ids = 0;
function entry(body: string, group = 'a') {
  ids++;
  return { queue: queueName, group, body, deduplicationId: `id-${ids}` };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 5_000, interval: 5 }).toBe(true);
}

async function isEmpty(queue: Queue): Promise<boolean> {
  const { visible, inFlight } = await queue.depth(queueName);
  return visible + inFlight === 0;
}

function failing(...itemIdentifiers: readonly string[]): SqsBatchResponse {
  return { batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) };
}

test('records arrive in the shape of an SQS event, and are removed when handled', async () => {
  const events: Parameters<PumpHandler>[] = [];
  const { queue } = start(async (...call) => {
    events.push(call);
    return failing();
  });
  const before = Date.now();
  await queue.send([{ ...entry('body', 'group'), deduplicationId: 'once' }]);
  await until(() => events.length > 0);
  const [event, call] = events[0] ?? [];
  expect(event?.Records).toEqual([
    {
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'body',
      attributes: {
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: expect.any(String),
        SentTimestamp: expect.any(String),
        SenderId: expect.any(String),
        SequenceNumber: expect.stringMatching(/^\d{20}$/),
        MessageGroupId: 'group',
        MessageDeduplicationId: 'once',
      },
      messageAttributes: {},
      md5OfBody: expect.any(String),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:local:000000000000:events.fifo',
      awsRegion: 'local',
    },
  ]);
  expect(Number(event?.Records[0]?.attributes.SentTimestamp)).toBeGreaterThanOrEqual(before);
  expect(call?.functionName).toBe(queueName);
  expect(call?.getRemainingTimeInMillis()).toBeGreaterThan(0);
  await until(() => isEmpty(queue));
});

test('a handler of the functions can be fed', async () => {
  const parked: string[] = [];
  const queue = memoryQueue({ nowMs: Date.now });
  const handler = participationHandler({
    ports: { queue, nowMs: Date.now } as never,
    failed: () => undefined,
    parked: (_, reason) => parked.push(reason),
  });
  start((event, call) => handler(event, call), { queue });
  await queue.send([entry('not an event')]);
  await until(() => parked.length === 1);
  await until(() => isEmpty(queue));
});

test('records that the handler names come back, counted, and the others do not', async () => {
  const handled: string[] = [];
  const { queue } = start(async ({ Records }) => {
    handled.push(
      ...Records.map((record) => record.body + record.attributes.ApproximateReceiveCount),
    );
    const bad = Records.find((record) => record.body === 'bad');
    const isFirst = bad?.attributes.ApproximateReceiveCount === '1';
    return bad !== undefined && isFirst ? failing(bad.messageId) : failing();
  });
  await queue.send([entry('good', 'a'), entry('bad', 'b'), entry('fine', 'c')]);
  await until(() => isEmpty(queue));
  expect(handled.toSorted()).toEqual(['bad1', 'bad2', 'fine1', 'good1']);
});

test('what is behind a failed record of its group comes back with it, in order', async () => {
  const handled: string[] = [];
  const { queue } = start(async ({ Records }) => {
    handled.push(Records.map((record) => record.body).join());
    const two = Records.find((record) => record.body === '2');
    return handled.length === 1 ? failing(two?.messageId ?? '') : failing();
  });
  await queue.send(['1', '2', '3', '4'].map((body) => entry(body)));
  await until(() => isEmpty(queue));
  expect(handled).toEqual(['1,2,3,4', '2,3,4']);
});

test('a handler that throws fails its whole batch, and says so', async () => {
  let calls = 0;
  const { queue, logged } = start(async () => {
    calls++;
    if (calls === 1) throw new Error('no luck');
    return failing();
  });
  await queue.send([entry('1'), entry('2', 'b')]);
  await until(() => isEmpty(queue));
  expect(calls).toBe(2);
  expect(logged).toMatchObject([{ message: 'a batch failed', details: { queue: queueName } }]);
});

test('an answer that names an unknown record fails the whole batch, as in Lambda', async () => {
  let calls = 0;
  const { queue } = start(async () => {
    calls++;
    return calls === 1 ? failing('nobody') : failing();
  });
  await queue.send([entry('1')]);
  await until(() => isEmpty(queue));
  expect(calls).toBe(2);
});

test('a handler that hangs counts as failed', async () => {
  let calls = 0;
  const { queue, logged } = start(
    async () => {
      calls++;
      return calls === 1 ? new Promise<never>(() => undefined) : failing();
    },
    { timeoutMs: 50 },
  );
  await queue.send([entry('1')]);
  await until(() => isEmpty(queue));
  expect(logged).toHaveLength(1);
});

test('batches of different groups are handled side by side, up to the bound', async () => {
  let running = 0;
  let most = 0;
  const { queue } = start(
    async () => {
      running++;
      most = Math.max(most, running);
      await sleep(30);
      running--;
      return failing();
    },
    { parallel: 3 },
  );
  for (let index = 0; index < 60; index++) await queue.send([entry('x', `g${index}`)]);
  await until(() => isEmpty(queue));
  expect(most).toBe(3);
});

test('records of a group are handled one batch after the other, in order', async () => {
  const handled: string[] = [];
  let running = 0;
  const { queue } = start(async ({ Records }) => {
    running++;
    expect(running).toBe(1);
    await sleep(1);
    handled.push(...Records.map((record) => record.body));
    running--;
    return failing();
  });
  const bodies = Array.from({ length: 95 }, (_, index) => String(index));
  for (const body of bodies) await queue.send([entry(body)]);
  await until(() => isEmpty(queue));
  expect(handled).toEqual(bodies);
});

test('a lone record is handled at once, under steady load records gather', async () => {
  const sizes: number[] = [];
  const { queue } = start(async ({ Records }) => {
    sizes.push(Records.length);
    return failing();
  });
  await queue.send([entry('lone')]);
  await sleep(50);
  expect(sizes).toEqual([1]);
  for (let index = 0; index < 300; index++) {
    await queue.send([entry('x', `g${index}`)]);
    if (index % 3 === 0) await sleep(1);
  }
  await until(() => isEmpty(queue));
  expect(sizes.length).toBeLessThan(150);
});

/** A queue of which every call fails as often as it's told to. */
function flaky(failures: Partial<Record<keyof Queue, number>>): Queue {
  const left = new Map(Object.entries(failures));
  return new Proxy(memoryQueue({ nowMs: Date.now }), {
    get(target, name: keyof Queue) {
      const remaining = left.get(name) ?? 0;
      if (remaining === 0) return target[name].bind(target);
      left.set(name, remaining - 1);
      return () => Promise.reject(new Error(`${name} failed`));
    },
  });
}

test('a queue that fails is asked again, and nothing is lost', async () => {
  let calls = 0;
  const queue = flaky({ receive: 2, remove: 2, release: 1 });
  const { logged } = start(
    async ({ Records }) => {
      calls++;
      return calls === 1 ? failing(Records[0]?.messageId ?? '') : failing();
    },
    { queue },
  );
  await queue.send([entry('1')]);
  await until(() => isEmpty(queue));
  expect(calls).toBe(2);
  expect(logged.map((line) => line.message).toSorted()).toEqual([
    'receiving failed',
    'receiving failed',
    'telling the queue failed',
    'telling the queue failed',
    'telling the queue failed',
  ]);
});

test('a stop waits for the batches that are being handled and takes no more', async () => {
  const handled: string[] = [];
  const { queue } = start(async ({ Records }) => {
    await sleep(100);
    handled.push(...Records.map((record) => record.body));
    return failing();
  });
  await queue.send([entry('1')]);
  await sleep(30);
  const stopped = pump?.stop();
  await queue.send([entry('2', 'b')]);
  await stopped;
  expect(handled).toEqual(['1']);
  await until(async () => (await queue.depth(queueName)).visible === 1);
  await sleep(50);
  expect(handled).toEqual(['1']);
});

test('what still arrives after a stop is given back once; a queue that is closed by then is no error', async () => {
  const { queue, logged } = start(async () => failing(), { queue: flaky({ release: 1 }) });
  await sleep(20);
  await pump?.stop();
  await queue.send([entry('late')]);
  await until(async () => (await queue.depth(queueName)).inFlight === 1);
  await sleep(20);
  expect(logged).toEqual([]);
});
