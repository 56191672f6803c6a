/** The service stack, deployed for real to a stand-in, and its functions called there by its queues. */
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueNames } from '../../shared/app/queue-names.ts';
import { registrationKey } from '../../shared/core/key.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import type { Store } from '../../shared/ports/store.ts';
import { type SqsQueue, sqsQueue } from '../../shared/sqs/sqs-queue.ts';
import { deploy, deployMs, endpoint } from './deployed.ts';

const user = 'sip:alice@rejoin.test';

let outputs: Readonly<Record<string, string>>;
let store: Store;
let queue: SqsQueue;

/** Asks again until there is an answer. */
async function eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (let asked = 0; asked < 100; asked++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(100);
  }
  throw new Error('it has not come about');
}

async function report(body: string, id: string): Promise<void> {
  const deduplicationId = `${id}/${Date.now()}`;
  await queue.send([{ queue: queueNames.registration, group: user, deduplicationId, body }]);
}

async function parked(): Promise<string | undefined> {
  const options = { max: 1, waitMs: 0, visibilityMs: 1000 };
  const [record] = await queue.receive('registration-dead.fifo', options);
  return record?.body;
}

/** Calls a function by hand. */
async function call(name: string, event: object): Promise<{ status: number; answer: string }> {
  const path = `2015-03-31/functions/${name}/invocations`;
  const response = await fetch(`${endpoint}/${path}`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
  return { status: response.status, answer: await response.text() };
}

describe.skipIf(endpoint === '')('the service, deployed to a stand-in', () => {
  beforeAll(async () => {
    ({ outputs } = await deploy('test'));
    const { TableName = '', QueuePrefix = '' } = outputs;
    store = dynamodbStore({ table: TableName, client: new DynamoDBClient({ endpoint }) });
    queue = sqsQueue({ prefix: QueuePrefix, client: new SQSClient({ endpoint }) });
  }, deployMs);

  afterAll(async () => {
    await store.close();
    queue.close();
  });

  test('names table, queues and bucket in its outputs', () => {
    expect(outputs).toMatchObject({
      TableName: 'test',
      QueuePrefix: 'test-',
      BodiesBucket: expect.stringContaining('test-bodies-'),
      CommandsQueue: 'test-commands.fifo',
    });
  });

  test('keeps a registration that an edge reports [PFT-009]', async () => {
    const bindings = [{ expiresAtMs: Date.now() + 60_000 }];
    const event = { kind: 'registration', user, bindings, atMs: Date.now() };
    await report(JSON.stringify({ event }), 'kept');
    const { partition, sort } = registrationKey(user);
    const item = await eventually(() => store.read(partition, sort));
    expect(item).toMatchObject({ version: 1, data: { user } });
  });

  test('parks a record that can not be decoded, with its reason, and drops it when it is told to', async () => {
    await report('{"event": "unknown"}', 'parked');
    const body = await eventually(parked);
    expect(JSON.parse(body)).toEqual({
      reason: 'it can not be decoded',
      body: '{"event": "unknown"}',
    });
    await pause(1000);
    const { answer } = await call('test-dead-letter', { queue: 'registration', do: 'drop' });
    expect(JSON.parse(answer)).toEqual({ count: 1, left: 0 });
  });

  test('measures who is away when its time has come', async () => {
    expect(await call('test-sweep', {})).toMatchObject({ status: 200 });
  });
});
