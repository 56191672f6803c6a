/** The store's contract on DynamoDB, alone and with a bucket beside the table. */
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { storeContract } from '../contract/store.ts';
import { makeBucket } from './bucket.ts';
import { makeTable } from './table.ts';

const bucketEndpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';
const places = {
  'on DynamoDB Local': process.env.TEST_TABLE_ENDPOINT,
  'on the server of the queues': process.env.TEST_QUEUE_ENDPOINT,
};

for (const [name, endpoint] of Object.entries(places)) {
  if (endpoint === undefined || endpoint === '') continue;
  storeContract(name, async () => dynamodbStore(await makeTable(endpoint)));
  if (bucketEndpoint === '') continue;
  storeContract(`${name}, with a bucket`, async () =>
    dynamodbStore({ ...(await makeTable(endpoint)), bodies: await makeBucket(bucketEndpoint) }),
  );
}
