/**
 * That the table itself removes what has expired, as the service does within two days. Asked of ministack, which takes a minute: DynamoDB
 * Local does it only for tables without an index.
 */
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { segment } from '../contract/store-segments.ts';
import { makeTable } from './table.ts';

const endpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';
const removedWithinMs = 150_000;

test.skipIf(endpoint === '' || process.env.AWS_ENDPOINT_URL !== undefined)(
  'items and segments that have expired go by themselves, others stay',
  { timeout: removedWithinMs },
  async () => {
    const { client, table } = await makeTable(endpoint);
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      }),
    );
    const store = dynamodbStore({ client, table });
    const overS = Math.floor(Date.now() / 1000) - 60;
    const item = { partition: 'user#1', version: 1, data: {} };
    await store.commit({ ...item, sort: 'over', expiresAtS: overS });
    await store.commit({ ...item, sort: 'lasting', expiresAtS: overS + 3600 });
    await store.commit({ ...item, sort: 'for ever' });
    await store.append([segment('over', 1, { expiresAtS: overS })]);
    await store.append([segment('lasting', 1, { expiresAtS: overS + 3600 })]);
    const left = { timeout: removedWithinMs, interval: 1000 };
    await expect.poll(() => store.read('user#1', 'over'), left).toBeUndefined();
    await expect.poll(() => store.waiting('over', 0), left).toMatchObject({ count: 0 });
    const items = await store.list('user#1', '', { limit: 10 });
    expect(items.map(({ sort }) => sort)).toEqual(['for ever', 'lasting']);
    expect(await store.waiting('lasting', 0)).toMatchObject({ count: 1 });
    await store.close();
  },
);
