import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { totalsAgeMs } from '../../../edge/runtime/limit.ts';
import { WaitingTotals } from '../../../edge/runtime/waiting-totals.ts';
import { watchStore } from '../../../edge/runtime/watched-store.ts';
import { segmentKey } from '../../../shared/core/key.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Store } from '../../../shared/ports/store.ts';
import { bob, keepMessages, keepParticipation, participation } from './kept.ts';

/** The totals, once they are counted anew. */
async function later(totals: WaitingTotals) {
  await sleep(totalsAgeMs + 20);
  return await totals.totals();
}

test('nothing waits in an empty store', async () => {
  const totals = new WaitingTotals(memoryStore());
  expect(await totals.totals()).toEqual({ waiting: 0, oldestMs: undefined });
});

test('what an earlier run has left counts, also where no edge owns the participation', async () => {
  const store = memoryStore();
  for (let index = 0; index < 700; index++) {
    const name = bob(`c${index}`);
    await keepParticipation(store, participation(name));
    await keepMessages(store, name, { first: 1_000 + index, count: 2 });
  }
  const totals = new WaitingTotals(store);
  expect(await totals.totals()).toEqual({ waiting: 1_400, oldestMs: 1_000 });
});

test('what is deferred, delivered and discarded shows within a second', async () => {
  const totals = new WaitingTotals(memoryStore());
  const { store } = totals;
  await keepParticipation(store, participation(bob(), { phase: 'buffering' }));
  expect((await totals.totals()).waiting).toBe(0);
  await keepMessages(store, bob(), { first: 11, count: 5 });
  expect(await later(totals)).toEqual({ waiting: 5, oldestMs: 11 });
  await keepParticipation(store, participation(bob(), { phase: 'reinviting', cursor: 13 }));
  expect((await later(totals)).waiting).toBe(2);
  await store.discard(segmentKey(bob()), 15);
  expect(await later(totals)).toEqual({ waiting: 0, oldestMs: undefined });
});

test('what has expired does not count, and what is over does not either', async () => {
  const totals = new WaitingTotals(memoryStore());
  const { store } = totals;
  for (const id of ['c1', 'c2']) {
    await keepParticipation(store, participation(bob(id)));
    await keepMessages(store, bob(id), { first: 1, count: 3, expiresAtS: id === 'c1' ? 50 : 200 });
  }
  expect((await totals.totals()).waiting).toBe(6);
  await store.expire(100);
  expect((await later(totals)).waiting).toBe(3);
  await keepParticipation(store, participation(bob('c2'), { phase: 'gone' }));
  expect((await later(totals)).waiting).toBe(0);
});

test('segments without a participation wait for nobody', async () => {
  const totals = new WaitingTotals(memoryStore());
  await keepMessages(totals.store, bob(), { first: 1, count: 3 });
  expect((await totals.totals()).waiting).toBe(0);
});

test('asking again at once asks nothing of the store', async () => {
  const plain = memoryStore();
  let reads = 0;
  const store: Store = {
    ...watchStore(plain, { changed: () => undefined, expired: () => undefined }),
    read: (partition, sort) => {
      reads++;
      return plain.read(partition, sort);
    },
  };
  await keepParticipation(plain, participation(bob()));
  await keepMessages(plain, bob(), { first: 1, count: 3 });
  const totals = new WaitingTotals(store);
  const asked = await Promise.all([totals.totals(), totals.totals(), totals.totals()]);
  expect(asked.map(({ waiting }) => waiting)).toEqual([3, 3, 3]);
  await totals.totals();
  expect(reads).toBe(1);
  await later(totals);
  expect(reads).toBe(1);
});

test('a store that fails is told, and nothing is forgotten by it', async () => {
  const plain = memoryStore();
  let isFailing = true;
  const store: Store = {
    ...watchStore(plain, { changed: () => undefined, expired: () => undefined }),
    waiting: (key, after) =>
      isFailing ? Promise.reject(new Error('the disk is gone')) : plain.waiting(key, after),
  };
  await keepParticipation(plain, participation(bob()));
  await keepMessages(plain, bob(), { first: 1, count: 3 });
  const totals = new WaitingTotals(store);
  await expect(totals.totals()).rejects.toThrow('the disk is gone');
  isFailing = false;
  expect((await totals.totals()).waiting).toBe(3);
});

test('when more has changed than is kept in mind, all is counted anew', async () => {
  const totals = new WaitingTotals(memoryStore(), 3);
  const { store } = totals;
  expect((await totals.totals()).waiting).toBe(0);
  for (let index = 0; index < 10; index++) {
    await keepParticipation(store, participation(bob(`c${index}`)));
    await keepMessages(store, bob(`c${index}`), { first: 1, count: 2 });
  }
  expect((await later(totals)).waiting).toBe(20);
  for (let index = 0; index < 5; index++) {
    await keepParticipation(store, participation(bob(`c${index}`), { phase: 'gone' }));
  }
  expect((await later(totals)).waiting).toBe(10);
});
