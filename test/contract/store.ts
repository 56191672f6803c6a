/**
 * What every store does, whatever it's made of. Keys are fresh in every test, so a store may be shared and may hold other things.
 * Nothing here says when a store forgets what has expired by itself: only that `expire` removes it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item, Store } from '../../shared/ports/store.ts';
import { largeSegmentContract } from './store-large.ts';
import { endsOfSegmentsContract, farS, fresh, segment, segmentContract } from './store-segments.ts';

/** Runs the contract on an adapter; `open` is called once. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store ${name}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store.close();
    });
    items(() => store);
    races(() => store);
    lists(() => store);
    scans(() => store);
    segmentContract(() => store);
    endsOfSegmentsContract(() => store);
    largeSegmentContract(() => store);
    expiry(() => store);
  });
}

function item(partition: string, more: Partial<Item> = {}): Item {
  return { partition, sort: 'state', version: 1, data: { text: 'one' }, ...more };
}

function items(store: () => Store): void {
  test('an item that was never written is absent', async () => {
    expect(await store().read(fresh(), 'state')).toBeUndefined();
  });

  test('an item is read as it was written', async () => {
    const written = item(fresh(), {
      data: { text: 'grüße 🎈', nested: { list: [1, 2.5, null, true], empty: '' } },
      owner: 'edge-1',
      expiresAtS: farS,
    });
    expect(await store().commit(written)).toEqual({ kind: 'committed' });
    expect(await store().read(written.partition, 'state')).toEqual(written);
  });

  test('an item without owner and expiry is read without them', async () => {
    const written = item(fresh());
    await store().commit(written);
    expect(await store().read(written.partition, 'state')).toStrictEqual(written);
  });

  test('a later version may take owner and expiry away', async () => {
    const first = item(fresh(), { owner: 'edge-1', expiresAtS: farS });
    const second = item(first.partition, { version: 2, data: {} });
    await store().commit(first);
    await store().commit(second);
    expect(await store().read(first.partition, 'state')).toStrictEqual(second);
  });

  test('what a caller does to its data afterwards changes nothing that is stored', async () => {
    const data = { list: ['one'] };
    const written = item(fresh(), { data });
    await store().commit(written);
    data.list.push('two');
    const read = await store().read(written.partition, 'state');
    expect(read?.data).toEqual({ list: ['one'] });
  });

  test('an item of 200 KB is kept', async () => {
    const written = item(fresh(), { data: { text: 'x'.repeat(200_000) } });
    await store().commit(written);
    expect(await store().read(written.partition, 'state')).toEqual(written);
  });
}

function races(store: () => Store): void {
  test('the second writer of a version gets a conflict with what is there', async () => {
    const first = item(fresh(), { owner: 'edge-1' });
    await store().commit(first);
    const outcome = await store().commit(item(first.partition, { data: { text: 'other' } }));
    expect(outcome).toEqual({ kind: 'conflict', current: first });
    expect(await store().read(first.partition, 'state')).toEqual(first);
  });

  test('a version that is ahead is a conflict', async () => {
    const first = item(fresh());
    await store().commit(first);
    const outcome = await store().commit(item(first.partition, { version: 3 }));
    expect(outcome).toEqual({ kind: 'conflict', current: first });
  });

  test('a later version of an item that is absent is a conflict with nothing', async () => {
    const outcome = await store().commit(item(fresh(), { version: 2 }));
    expect(outcome).toEqual({ kind: 'conflict', current: undefined });
  });

  test('of many who write one version at once, one wins', async () => {
    const partition = fresh();
    await store().commit(item(partition));
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        store().commit(item(partition, { version: 2, data: { index } })),
      ),
    );
    const winner = outcomes.findIndex((outcome) => outcome.kind === 'committed');
    expect(outcomes.filter((outcome) => outcome.kind === 'committed')).toHaveLength(1);
    expect((await store().read(partition, 'state'))?.data).toEqual({ index: winner });
  });

  test('an item is removed only in the version that the caller knows', async () => {
    const written = item(fresh());
    await store().commit(written);
    expect(await store().remove(written.partition, 'state', 2)).toEqual({
      kind: 'conflict',
      current: written,
    });
    expect(await store().remove(written.partition, 'state', 1)).toEqual({ kind: 'committed' });
    expect(await store().read(written.partition, 'state')).toBeUndefined();
  });

  test('removing what is absent counts as done', async () => {
    expect(await store().remove(fresh(), 'state', 7)).toEqual({ kind: 'committed' });
  });

  test('an item that was removed begins at version 1 again', async () => {
    const written = item(fresh());
    await store().commit(written);
    await store().remove(written.partition, 'state', 1);
    expect(await store().commit(written)).toEqual({ kind: 'committed' });
  });
}

function lists(store: () => Store): void {
  test('a list has the items of a prefix, in the order of their sort keys', async () => {
    const partition = fresh();
    for (const sort of ['binding#b', 'binding#a', 'binding', 'state', 'binding#c', 'bind']) {
      await store().commit(item(partition, { sort }));
    }
    const listed = await store().list(partition, 'binding', { limit: 10 });
    expect(listed.map((one) => one.sort)).toEqual([
      'binding',
      'binding#a',
      'binding#b',
      'binding#c',
    ]);
    expect(await store().list(partition, 'none', { limit: 10 })).toEqual([]);
    expect(await store().list(fresh(), 'binding', { limit: 10 })).toEqual([]);
  });

  test('the pages of a list together are the list', async () => {
    const partition = fresh();
    const sorts = ['a#1', 'a#2', 'a#3', 'a#4', 'a#5'];
    for (const sort of sorts) await store().commit(item(partition, { sort }));
    const first = await store().list(partition, 'a#', { limit: 2 });
    const second = await store().list(partition, 'a#', { limit: 2, after: 'a#2' });
    const third = await store().list(partition, 'a#', { limit: 2, after: 'a#4' });
    expect([...first, ...second, ...third].map((one) => one.sort)).toEqual(sorts);
    expect(await store().list(partition, 'a#', { limit: 2, after: 'a#5' })).toEqual([]);
  });

  test('the items of an owner are found by partition and sort key, page by page', async () => {
    const owner = `edge-${randomUUID()}`;
    const [one, two] = [fresh(), fresh()].sort();
    for (const partition of [two, one]) {
      for (const sort of ['b', 'a']) {
        await store().commit(item(partition ?? '', { sort, owner }));
      }
    }
    const all = await store().owned(owner, { limit: 10 });
    const places = all.map((found) => `${found.partition} ${found.sort}`);
    expect(places).toEqual([`${one} a`, `${one} b`, `${two} a`, `${two} b`]);
    const first = await store().owned(owner, { limit: 3 });
    const rest = await store().owned(owner, { limit: 3, after: places[2] ?? '' });
    expect([...first, ...rest]).toEqual(all);
  });

  test('an owner that gave an item away is not found by it', async () => {
    const [before, after] = [`edge-${randomUUID()}`, `edge-${randomUUID()}`];
    const written = item(fresh(), { owner: before });
    await store().commit(written);
    await store().commit({ ...written, version: 2, owner: after });
    expect(await store().owned(before, { limit: 10 })).toEqual([]);
    expect(await store().owned(after, { limit: 10 })).toHaveLength(1);
  });
}

function scans(store: () => Store): void {
  async function scanned(prefix: string, page: { limit: number; after?: string }) {
    const found = await store().scan({ partition: prefix, sort: 'part#' }, page);
    return found.map(({ partition, sort }) => `${partition.slice(prefix.length)} ${sort}`);
  }

  test('a scan finds the items of all partitions by the starts of both keys', async () => {
    const prefix = `${fresh()}#`;
    for (const end of ['a', 'b']) {
      for (const sort of ['part#1', 'part#2', 'other']) {
        await store().commit(item(`${prefix}${end}`, { sort, owner: 'edge-1' }));
      }
    }
    await store().commit(item(fresh(), { sort: 'part#1' }));
    const found = await scanned(prefix, { limit: 100 });
    expect(found.toSorted()).toEqual(['a part#1', 'a part#2', 'b part#1', 'b part#2']);
    const [whole] = await store().scan({ partition: prefix, sort: 'part#' }, { limit: 1 });
    expect(whole).toMatchObject({ version: 1, owner: 'edge-1', data: { text: 'one' } });
  });

  test('pages of a scan hold each item once', async () => {
    const prefix = `${fresh()}#`;
    for (const key of ['a 1', 'a 2', 'a z', 'b 1', 'b 2', 'c 1', 'd 1', 'd 2', 'd z']) {
      await store().commit(item(`${prefix}${key[0]}`, { sort: `part#${key[2]}` }));
    }
    const found = [...(await scanned(prefix, { limit: 4 }))];
    for (let pages = 0; pages < 2; pages++) {
      const after = `${prefix}${found.at(-1)}`;
      found.push(...(await scanned(prefix, { limit: 4, after })));
    }
    expect(found).toHaveLength(9);
    expect(new Set(found).size).toBe(9);
  });
}

function expiry(store: () => Store): void {
  test('what has expired is removed, what has not stays', async () => {
    const [over, lasting] = [fresh(), fresh()];
    await store().expire(1000);
    await store().commit(item(over, { expiresAtS: 900 }));
    await store().commit(item(lasting, { expiresAtS: farS }));
    await store().commit(item(lasting, { sort: 'for ever' }));
    await store().append([segment(over, 1, { expiresAtS: 900 })]);
    await store().append([segment(lasting, 1)]);
    expect(await store().expire(1000)).toBe(2);
    expect(await store().read(over, 'state')).toBeUndefined();
    expect(await store().waiting(over, 0)).toEqual({ count: 0, oldestMs: undefined });
    expect(await store().read(lasting, 'state')).toBeDefined();
    expect(await store().read(lasting, 'for ever')).toBeDefined();
    expect(await store().waiting(lasting, 0)).toEqual({ count: 1, oldestMs: 1 });
    expect(await store().expire(1000)).toBe(0);
  });
}
