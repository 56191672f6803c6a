import { createServer } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerMsMax, boundedClient } from '../../shared/aws-client.ts';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { sqsQueue } from '../../shared/sqs/sqs-queue.ts';

/** Takes every connection and never answers. */
const silent = createServer();
let place: typeof boundedClient & {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

beforeAll(async () => {
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  place = {
    ...boundedClient,
    maxAttempts: 1,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
});

afterAll(() => {
  silent.close();
});

async function expectTimeout(asked: Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await expect(asked).rejects.toThrow();
  expect(performance.now() - startedMs).toBeLessThan(answerMsMax + 3_000);
}

test('a table that does not answer is a fault after a while', async () => {
  const store = dynamodbStore({ table: 'test', client: new DynamoDBClient(place) });
  await expectTimeout(store.read('user#1', 'state'));
  await store.close();
});

test('a queue that does not answer is a fault after a while', async () => {
  const queue = sqsQueue({ prefix: 'test-', client: new SQSClient(place) });
  await expectTimeout(queue.receive('a.fifo', { max: 1, waitMs: 0, visibilityMs: 1000 }));
  queue.close();
});
