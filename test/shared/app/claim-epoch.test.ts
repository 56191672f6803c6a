/** Epochs that edges take from the store. */
import { expect, test } from 'vitest';
import { claimEpoch } from '../../../shared/app/claim-epoch.ts';
import { epochOfEdge, epochOfFunctions } from '../../../shared/core/position.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const bob = 'sip:bob@rejoin.test';

test('two edges that begin something for a user at once have epochs of their own [design 3, 6.1]', async () => {
  const store = memoryStore();
  const epochs = await Promise.all([0, 1, 2, 3].map(() => claimEpoch(store, bob, 0)));
  expect(epochs.toSorted((one, other) => one - other)).toEqual([1, 3, 5, 7]);
});

test('an epoch rises above those that are stored, and is counted for each user [design 3]', async () => {
  const store = memoryStore();
  expect(await claimEpoch(store, bob, 8)).toBe(9);
  expect(await claimEpoch(store, bob, 0)).toBe(11);
  expect(await claimEpoch(store, 'sip:alice@rejoin.test', 1)).toBe(3);
});

test('epochs of edges are odd and those of the functions even, behind what is known [design 3]', () => {
  expect([0, 1, 2, 3].map(epochOfEdge)).toEqual([1, 3, 3, 5]);
  expect([0, 1, 2, 3].map(epochOfFunctions)).toEqual([2, 2, 4, 4]);
});

test('a claim that others cross again and again fails, so that what asked for it is tried again', async () => {
  const store = memoryStore();
  Object.assign(store, { commit: async () => ({ kind: 'conflict', current: undefined }) });
  await expect(claimEpoch(store, bob, 0)).rejects.toThrow('20 times in a row');
});

test('an epoch for which there are no positions is refused', async () => {
  const store = memoryStore();
  await expect(claimEpoch(store, bob, 2 ** 21 - 2)).rejects.toThrow('no more epochs');
});
