/** What emulators never do: an index that lags, throttling, a batch that is left over in part. The client is a script. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynamodbStore } from '../../../shared/dynamodb/dynamodb-store.ts';
import { itemAttributes, segmentAttributes } from '../../../shared/dynamodb/shape.ts';
import type { Item } from '../../../shared/ports/store.ts';
import { segment } from '../../contract/store-segments.ts';

type Asked = { readonly name: string; readonly input: Record<string, never> };

/** A client whose answers are given by a function of what is asked. */
function scripted(answer: (asked: Asked) => object) {
  const asked: Asked[] = [];
  const send = async (command: { readonly input: Asked['input'] }) => {
    const one = { name: command.constructor.name, input: command.input };
    asked.push(one);
    return answer(one);
  };
  const client = { send, destroy: () => undefined } as unknown as DynamoDBClient;
  return { asked, store: dynamodbStore({ table: 'test', client, random: () => 0 }) };
}

function owned(index: number, owner: string): Item {
  return { partition: `user#${index}`, sort: 'state', version: 1, data: {}, owner };
}

function keysOf(items: readonly Item[]) {
  return items.map((item) => {
    const { pk = { S: '' }, sk = { S: '' } } = itemAttributes(item);
    return { pk, sk };
  });
}

describe('the items of an owner', () => {
  const given = [1, 2].map((index) => owned(index, 'edge-2'));
  const kept = [3, 4, 5].map((index) => owned(index, 'edge-1'));
  const indexed = keysOf([...given, ...kept]);

  function withLaggingIndex() {
    return scripted(({ name, input }) => {
      if (name === 'GetItemCommand') {
        const { pk } = input.Key as unknown as { pk: { S: string } };
        const item = [...given, ...kept].find(({ partition }) => partition === pk.S);
        return item === undefined ? {} : { Item: itemAttributes(item) };
      }
      const { ExclusiveStartKey: start, Limit: limit } = input as unknown as {
        readonly ExclusiveStartKey?: { readonly pk: { readonly S: string } };
        readonly Limit: number;
      };
      const from = indexed.findIndex(({ pk }) => pk.S === start?.pk.S) + 1;
      const page = indexed.slice(from, from + limit);
      const last = from + limit < indexed.length ? page.at(-1) : undefined;
      return { Items: page, LastEvaluatedKey: last };
    });
  }

  test('fill a page though the index still names some that were given away', async () => {
    const { store } = withLaggingIndex();
    const found = await store.owned('edge-1', { limit: 2 });
    expect(found).toEqual(kept.slice(0, 2));
    const rest = await store.owned('edge-1', { limit: 2, after: 'user#4 state' });
    expect(rest).toEqual(kept.slice(2));
  });

  test('are read again, consistently', async () => {
    const { store, asked } = withLaggingIndex();
    await store.owned('edge-1', { limit: 10 });
    const reads = asked.filter(({ name }) => name === 'GetItemCommand');
    expect(reads).toHaveLength(indexed.length);
    expect(reads.every(({ input }) => input.ConsistentRead)).toBe(true);
  });
});

describe('segments', () => {
  test('are read in few pages, however small they are', async () => {
    const all = Array.from({ length: 300 }, (_, index) =>
      segmentAttributes(segment('k', index + 1, { bytes: new Uint8Array(100) })),
    );
    let at = 0;
    const { store, asked } = scripted(({ input }) => {
      const page = all.slice(at, at + Number(input.Limit));
      at += page.length;
      return { Items: page, ...(at < all.length ? { LastEvaluatedKey: page.at(-1) } : {}) };
    });
    const read = await store.segments('k', { after: 0, bytesMax: 20_000 });
    expect(read).toHaveLength(200);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test('that the service leaves over when they are discarded are given to it again', async () => {
    const items = [1, 2, 3].map((first) => segmentAttributes(segment('k', first)));
    const batches: number[] = [];
    const { store } = scripted(({ name, input }) => {
      if (name === 'QueryCommand') return { Items: items };
      const { test: requests } = input.RequestItems as unknown as { test: readonly object[] };
      batches.push(requests.length);
      return requests.length > 1 ? { UnprocessedItems: { test: requests.slice(1) } } : {};
    });
    await store.discard('k', 3);
    expect(batches).toEqual([3, 2, 1]);
  });

  test('that the service goes on leaving over are a fault', async () => {
    const { store } = scripted(({ name, input }) =>
      name === 'QueryCommand'
        ? { Items: [segmentAttributes(segment('k', 1))] }
        : { UnprocessedItems: input.RequestItems },
    );
    await expect(store.discard('k', 1)).rejects.toThrow('does not take');
  });
});
