/** The store's contract on DynamoDB. */
import { dynamodbStore } from '../../shared/dynamodb/dynamodb-store.ts';
import { storeContract } from '../contract/store.ts';
import { makeTable } from './table.ts';

const places = {
  'on DynamoDB Local': process.env.TEST_TABLE_ENDPOINT,
  'on the server of the queues': process.env.TEST_QUEUE_ENDPOINT,
};

for (const [name, endpoint] of Object.entries(places)) {
  if (endpoint !== undefined && endpoint !== '') {
    storeContract(name, async () => dynamodbStore(await makeTable(endpoint)));
  }
}
