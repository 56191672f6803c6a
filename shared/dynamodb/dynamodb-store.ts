/**
 * The store on one DynamoDB table (`shape.ts` draws it). Items are written with a condition on their version, and a lost race answers
 * with what is there from the same request; reads on which decisions hang are consistent. Whatever the service refuses for good or
 * for too long is thrown: the caller's record comes back. Endpoint, region and credentials are the SDK's.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { boundedClient } from '../aws-client.ts';
import type { BodyStore } from '../ports/body-store.ts';
import type { CommitOutcome, Item, Page, Segment, Store } from '../ports/store.ts';
import { LargeSegments } from './large-segments.ts';
import { DynamodbPages } from './pages.ts';
import { DynamodbSegments } from './segments.ts';
import { type Attributes, itemAttributes, itemOf, keyOf, ownerIndex, textOf } from './shape.ts';

export type DynamodbOptions = {
  readonly table: string;
  /** Of another place than the environment says. */
  readonly client?: DynamoDBClient;
  /** Where the bytes of large segments are kept; in the table unless given. */
  readonly bodies?: BodyStore;
  /** From 0 to 1; spreads those who try again. */
  readonly random?: () => number;
  readonly nowMs?: () => number;
};

/** Opens the store of a table that is there. */
export function dynamodbStore(options: DynamodbOptions): Store {
  return new DynamodbStore(options, options.client ?? new DynamoDBClient(boundedClient));
}

class DynamodbStore implements Store {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #pages: DynamodbPages;
  readonly #large: LargeSegments;
  readonly #segments: DynamodbSegments;

  constructor(options: DynamodbOptions, client: DynamoDBClient) {
    const { table, bodies, random = Math.random, nowMs = Date.now } = options;
    this.#client = client;
    this.#table = table;
    this.#pages = new DynamodbPages({ client, table, random });
    this.#large = new LargeSegments({ bodies, nowMs });
    this.#segments = new DynamodbSegments(this.#pages, this.#large);
  }

  async read(partition: string, sort: string): Promise<Item | undefined> {
    const { Item: found } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: keyOf(partition, sort),
        ConsistentRead: true,
      }),
    );
    return found && itemOf(found);
  }

  async list(partition: string, sortPrefix: string, page: Page): Promise<readonly Item[]> {
    const found = await this.#pages.query(
      {
        KeyConditionExpression:
          sortPrefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': { S: partition },
          ...(sortPrefix === '' ? {} : { ':prefix': { S: sortPrefix } }),
        },
        ConsistentRead: true,
        ...(page.after === undefined ? {} : { ExclusiveStartKey: keyOf(partition, page.after) }),
      },
      page.limit,
    );
    return found.map(itemOf);
  }

  async owned(owner: string, { limit, after }: Page): Promise<readonly Item[]> {
    const items: Item[] = [];
    for await (const keys of this.#pages.eachQueried({
      IndexName: ownerIndex,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: owner } },
      Limit: limit,
      ...(after === undefined
        ? {}
        : { ExclusiveStartKey: { ...keyOfPage(after), owner: { S: owner }, at: { S: after } } }),
    })) {
      // The index lags and holds keys only: what an item says now counts.
      const now = await Promise.all(keys.map(({ pk, sk }) => this.read(textOf(pk), textOf(sk))));
      items.push(
        ...now.filter((item) => item?.owner === owner).filter((item) => item !== undefined),
      );
      // A page that is not full means the end to whoever asked, so it's filled whatever the index had too much.
      if (items.length >= limit) break;
    }
    return items.slice(0, limit);
  }

  async scan(
    prefix: { readonly partition: string; readonly sort: string },
    { limit, after }: Page,
  ): Promise<readonly Item[]> {
    const found = await this.#pages.scan(
      {
        FilterExpression: 'begins_with(pk, :pk) AND begins_with(sk, :sk) AND attribute_exists(v)',
        ExpressionAttributeValues: { ':pk': { S: prefix.partition }, ':sk': { S: prefix.sort } },
        ...(after === undefined ? {} : { ExclusiveStartKey: keyOfPage(after) }),
      },
      limit,
    );
    return found.map(itemOf);
  }

  async commit(item: Item): Promise<CommitOutcome> {
    const isFirst = item.version === 1;
    return await this.#conditional({
      Item: itemAttributes(item),
      ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : 'v = :before',
      ...(isFirst
        ? {}
        : { ExpressionAttributeValues: { ':before': { N: String(item.version - 1) } } }),
    });
  }

  async remove(partition: string, sort: string, version: number): Promise<CommitOutcome> {
    return await raced(() =>
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: keyOf(partition, sort),
          ConditionExpression: 'v = :v OR attribute_not_exists(pk)',
          ExpressionAttributeValues: { ':v': { N: String(version) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** One after another; a transaction would cost twice as much. */
  async append(segments: readonly Segment[]): Promise<number> {
    let stored = 0;
    for (const segment of segments) {
      const outcome = await this.#conditional({
        Item: await this.#large.attributesOf(segment),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      if (outcome.kind === 'committed') stored++;
    }
    return stored;
  }

  segments(key: string, range: { readonly after: number; readonly bytesMax: number }) {
    return this.#segments.behind(key, range);
  }

  tail(key: string, messagesMax: number) {
    return this.#segments.tail(key, messagesMax);
  }

  waiting(key: string, after: number) {
    return this.#segments.waiting(key, after);
  }

  discard(key: string, through: number) {
    return this.#segments.discard(key, through);
  }

  /** The table forgets by itself; this is for who does not want to wait. */
  async expire(nowS: number): Promise<number> {
    return await this.#pages.removeExpired(nowS);
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#large.close();
  }

  async #conditional(put: Omit<PutItemCommandInput, 'TableName'>): Promise<CommitOutcome> {
    const isItem = put.Item?.v !== undefined;
    return await raced(() =>
      this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          ...put,
          // What is there comes with the refusal, without another read.
          ...(isItem ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : {}),
        }),
      ),
    );
  }
}

async function raced(write: () => Promise<unknown>): Promise<CommitOutcome> {
  try {
    await write();
    return { kind: 'committed' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { kind: 'conflict', current: error.Item && itemOf(error.Item) };
  }
}

/** `<partition> <sort>`; a partition has no blank. */
function keyOfPage(after: string): Attributes {
  const end = after.indexOf(' ');
  return keyOf(after.slice(0, end), after.slice(end + 1));
}
