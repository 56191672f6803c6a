/** What the meter counts of requests; the clients are scripts that answer as the services do. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { Meter } from '../../../bench/cost/meter.ts';

type Next = (args: { readonly input: object }) => Promise<{ readonly output: object }>;
type Middleware = (next: Next, context: { readonly commandName: string }) => Next;

/** A client that has nothing but its middleware, and how a request passes it. */
function scripted() {
  let middleware: Middleware = (next) => next;
  const add = (one: Middleware): void => {
    middleware = one;
  };
  const client = { middlewareStack: { add } };
  const ask = async (commandName: string, input: object, output: object): Promise<void> => {
    await middleware(async () => ({ output }), { commandName })({ input });
  };
  return { client, ask };
}

function watched() {
  const meter = new Meter();
  const table = scripted();
  const queues = scripted();
  meter.watchTable(table.client as unknown as DynamoDBClient);
  meter.watchQueues(queues.client as unknown as SQSClient);
  return { meter, table: table.ask, queues: queues.ask };
}

const QueueUrl = 'http://127.0.0.1/000000000000/cost-participation.fifo';
const event = JSON.stringify({ event: { kind: 'messages' } });

describe('the meter of what is taken', () => {
  test('counts units as the table answers them, writes and reads apart, and no heartbeats', async () => {
    const { meter, table } = watched();
    const capacity = { ConsumedCapacity: { CapacityUnits: 2 } };
    const segment = { pk: { S: 'segments#x' }, sk: { S: '1' } };
    await table('PutItemCommand', { Item: segment }, capacity);
    await table(
      'GetItemCommand',
      { Key: { pk: { S: 'user#x' }, sk: { S: 'registration' } } },
      capacity,
    );
    await table('BatchWriteItemCommand', {}, { ConsumedCapacity: [{ CapacityUnits: 1 }, {}] });
    await table('PutItemCommand', { Item: { pk: { S: 'edges' }, sk: { S: 'a' } } }, capacity);
    const counted = meter.take();
    expect([...counted.keys()]).toEqual(['put segments', 'get registration', 'batchwrite other']);
    expect(counted.get('put segments')).toMatchObject({ writeUnits: 2, readUnits: 0 });
    expect(counted.get('get registration')).toMatchObject({ writeUnits: 0, readUnits: 2 });
    expect(counted.get('batchwrite other')).toMatchObject({ writeUnits: 1 });
    expect(meter.take().size).toBe(0);
  });

  test('counts requests to queues by 64 KB of what they carry, and no look into an empty queue', async () => {
    const { meter, queues } = watched();
    const large = `${event.slice(0, -1)},"bytes":"${'x'.repeat(70_000)}"}`;
    const sent = { QueueUrl, Entries: [{ MessageBody: event }, { MessageBody: large }] };
    await queues('SendMessageBatchCommand', sent, {});
    await queues('ReceiveMessageCommand', { QueueUrl }, { Messages: [{ Body: large }] });
    await queues('ReceiveMessageCommand', { QueueUrl }, {});
    await queues('DeleteMessageBatchCommand', { QueueUrl, Entries: [{}, {}] }, {});
    await meter.emptied();
    const counted = [...meter.take()].map(([what, { requests }]) => [what, requests]);
    expect(counted).toEqual([
      ['send participation: messages', 2],
      ['receive participation', 2],
      ['remove participation', 1],
    ]);
  });

  test('counts the calls of a function and their whole milliseconds, those that fail too', async () => {
    const { meter } = watched();
    const handler = meter.watchFunction('group', async (isFine: boolean) => {
      if (!isFine) throw new Error('it has failed');
      return 'fine';
    });
    expect(await handler(true, undefined)).toBe('fine');
    await expect(handler(false, undefined)).rejects.toThrow('it has failed');
    expect(meter.take().get('call group')).toMatchObject({ calls: 2, callMs: expect.any(Number) });
  });
});
