/**
 * What the emulator itself takes: the same calls that are on the measured ways, made bare, one after another, by a client with nothing around
 * it. A message for somebody who is nowhere is one write of its function, so it shows how long a record takes to and through one.
 */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { queueNames } from '../../shared/app/queue-names.ts';
import { segmentKey } from '../../shared/core/key.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import type { Store } from '../../shared/ports/store.ts';
import { type SqsQueue, sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { pause } from '../../test/kit/wait.ts';

export type BareCall = 'send' | 'read' | 'list' | 'write' | 'hop' | 'function';

export type Bare = Readonly<Record<BareCall, readonly number[]>>;

export type BareOptions = {
  readonly endpoint: string;
  readonly table: string;
  readonly prefix: string;
  readonly count: number;
};

const bodyBytes = 1000;
const hopQueue = 'bare-hop.fifo';
const sendQueue = 'bare-send.fifo';
/** Whoever waits for a record began to at any time before it. */
const waitedMsMax = 200;
const received = { max: 1, waitMs: 5_000, visibilityMs: 30_000 };

/** Makes all calls, so many times each. */
export async function bareCalls(options: BareOptions): Promise<Bare> {
  const { endpoint, table, prefix, count } = options;
  const store = dynamodbStore({ table, client: new DynamoDBClient({ endpoint }) });
  const queue = sqsQueue({ prefix, client: new SQSClient({ endpoint }), settleMs: 0 });
  await queue.make(hopQueue, { receivesMax: 5, visibilityS: 30 });
  await queue.make(sendQueue, { receivesMax: 5, visibilityS: 30 });
  const data = { text: 'x'.repeat(bodyBytes) };
  const bare = {
    send: await timed(count, () => queue.send([entryOf(sendQueue)])),
    read: await timed(count, () => store.read('bare', 'item')),
    list: await timed(count, () => store.list('bare', '', { limit: 100 })),
    write: await timed(count, (turn) =>
      store.commit({ partition: 'bare', sort: 'item', version: turn + 1, data }),
    ),
    hop: await samplesOf(count, () => hop(queue)),
    function: await samplesOf(count, () => throughFunction(queue, store)),
  };
  for (const name of [hopQueue, sendQueue]) await queue.drop(name);
  await store.close();
  queue.close();
  return bare;
}

/** How long a record takes to somebody who waits for it. */
async function hop(queue: SqsQueue): Promise<number> {
  const receiving = queue.receive(hopQueue, received);
  await pause(Math.random() * waitedMsMax);
  const startedMs = performance.now();
  await queue.send([entryOf(hopQueue)]);
  const records = await receiving;
  const tookMs = performance.now() - startedMs;
  await queue.remove(
    hopQueue,
    records.map(({ receipt }) => receipt),
  );
  return tookMs;
}

/** How long a record takes to a function and through it: what it writes is looked for. */
async function throughFunction(queue: SqsQueue, store: Store): Promise<number> {
  const name = { user: 'sip:nobody@rejoin.test', contributionId: randomUUID() };
  const event = { kind: 'messages', first: 1, last: 1, count: 1, oldestMs: 1, bytes: '' };
  const group = segmentKey(name);
  const body = JSON.stringify({ name, event });
  const deduplicationId = `${group}/messages/1`;
  await pause(Math.random() * waitedMsMax);
  const startedMs = performance.now();
  await queue.send([{ queue: queueNames.participation, group, deduplicationId, body }]);
  while ((await store.tail(group, 1)).length === 0);
  return performance.now() - startedMs;
}

function entryOf(queue: string) {
  const id = randomUUID();
  return { queue, group: id, deduplicationId: id, body: 'x'.repeat(bodyBytes) };
}

function timed(
  count: number,
  call: (turn: number) => Promise<unknown>,
): Promise<readonly number[]> {
  return samplesOf(count, async (turn) => {
    const startedMs = performance.now();
    await call(turn);
    return performance.now() - startedMs;
  });
}

async function samplesOf(
  count: number,
  sample: (turn: number) => Promise<number>,
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let turn = 0; turn < count; turn++) samples.push(await sample(turn));
  return samples;
}
