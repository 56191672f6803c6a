/** Queries, scans and batches over as many pages of the service as it takes. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { batchMax, batchPauseMs, batchTriesMax } from './limit.ts';
import type { Attributes } from './shape.ts';

export type Query = Omit<QueryCommandInput, 'TableName'>;
export type Scan = Omit<ScanCommandInput, 'TableName'>;

export type PagesOptions = {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly random: () => number;
};

export class DynamodbPages {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #random: () => number;

  constructor({ client, table, random }: PagesOptions) {
    this.#client = client;
    this.#table = table;
    this.#random = random;
  }

  /** What a query finds, at most `limit`. */
  async query(query: Query, limit: number): Promise<readonly Attributes[]> {
    const found: Attributes[] = [];
    for await (const page of this.eachQueried({ ...query, Limit: limit })) {
      found.push(...page);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  /** The pages of a query, as they come; `limitNow` is asked before each how many it shall hold. */
  async *eachQueried(
    query: Query,
    limitNow: () => number | undefined = () => query.Limit,
  ): AsyncGenerator<readonly Attributes[]> {
    let start = query.ExclusiveStartKey;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          ...query,
          TableName: this.#table,
          ExclusiveStartKey: start,
          Limit: limitNow(),
        }),
      );
      yield Items;
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** What a scan finds, at most `limit`. */
  async scan(scan: Scan, limit: number): Promise<readonly Attributes[]> {
    const found: Attributes[] = [];
    let start = scan.ExclusiveStartKey;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new ScanCommand({
          ...scan,
          TableName: this.#table,
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...Items);
      start = LastEvaluatedKey;
    } while (start !== undefined && found.length < limit);
    return found.slice(0, limit);
  }

  /** Removes what has these keys. */
  async removeAll(keys: readonly Attributes[]): Promise<void> {
    for (let at = 0; at < keys.length; at += batchMax) {
      const some = keys.slice(at, at + batchMax);
      await this.#write(
        some.map(({ pk, sk }) => ({ DeleteRequest: { Key: keyAttributes(pk, sk) } })),
      );
    }
  }

  async removeExpired(nowS: number): Promise<number> {
    const expired = await this.scan(
      {
        FilterExpression: '#ttl <= :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': { N: String(nowS) } },
        ProjectionExpression: 'pk, sk',
      },
      Number.POSITIVE_INFINITY,
    );
    await this.removeAll(expired);
    return expired.length;
  }

  /** What the service leaves over of a batch is given to it again, after a growing pause of random length. */
  async #write(requests: WriteRequest[]): Promise<void> {
    let left = requests;
    for (let tries = 0; left.length > 0; tries++) {
      if (tries === batchTriesMax) throw new Error('the table does not take a batch of deletions');
      if (tries > 0) await pause(this.#random() * batchPauseMs * 2 ** tries);
      const { UnprocessedItems } = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#table]: left } }),
      );
      left = UnprocessedItems?.[this.#table] ?? [];
    }
  }
}

function keyAttributes(pk: Attributes[string] | undefined, sk: Attributes[string] | undefined) {
  return { pk: pk ?? { S: '' }, sk: sk ?? { S: '' } };
}
