/** Opens the store that settings name in the cloud: a table, and a bucket beside it for what is large, if there is one. */
import { dynamodbStore } from './dynamodb/dynamodb-store.ts';
import type { Store } from './ports/store.ts';
import { s3BodyStore } from './s3/s3-body-store.ts';
import type { Settings } from './settings.ts';

/** Opens table and bucket; neither is asked for anything yet. */
export function cloudStore({ table, bodiesBucket }: Settings['aws']): Store {
  if (bodiesBucket === undefined) return dynamodbStore({ table });
  return dynamodbStore({ table, bodies: s3BodyStore({ bucket: bodiesBucket }) });
}
