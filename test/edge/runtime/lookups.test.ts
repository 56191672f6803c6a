/** What the Participating Function's look-ups read of a user who has more participations than are looked at together. */
import { expect, test } from 'vitest';
import { userItemsMax } from '../../../edge/runtime/limit.ts';
import { lookUp } from '../../../edge/runtime/lookups.ts';
import { Registrations } from '../../../edge/runtime/registrations.ts';
import { participationKey } from '../../../shared/core/key.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import { participation, bob as user } from '../participating/calls-kit.ts';

const many = userItemsMax + 5;
const idOf = (number: number): string => `c${String(number).padStart(4, '0')}`;

async function crowded() {
  const store = memoryStore();
  for (let number = 0; number < many; number++) {
    const state = { ...participation('buffering'), contributionId: idOf(number), epoch: 3 };
    const data = { state, effects: [] };
    await store.commit({ ...participationKey(state), version: 1, data });
  }
  const list = store.list.bind(store);
  let rows = 0;
  store.list = async (...asked) => {
    const items = await list(...asked);
    rows += items.length;
    return items;
  };
  const registrations = new Registrations({
    edge: 'edge-a',
    domain: 'rejoin.test',
    users: [{ uri: user, password: 'demo' }],
    store,
    nowMs: () => 1_000_000,
    isAway: () => true,
  });
  const find = (wanted: Parameters<typeof lookUp>[2]) => lookUp(store, registrations, wanted);
  return { find, rows: () => rows };
}

test('the clients of a user are found without reading one participation', async () => {
  const { find, rows } = await crowded();
  const clients = { isKnown: true, bindings: [] };
  expect(await find({ kind: 'find-clients', lookup: 1, user })).toEqual({
    kind: 'clients',
    clients,
  });
  const other = 'sip:nobody@rejoin.test';
  expect(await find({ kind: 'find-clients', lookup: 2, user: other })).toEqual({
    kind: 'clients',
    clients: { ...clients, isKnown: false },
  });
  expect(rows()).toBe(0);
});

test('participations that are named are found among any number, with an epoch behind theirs', async () => {
  const { find, rows } = await crowded();
  const last = idOf(many - 1);
  const found = await find({
    kind: 'find-user',
    lookup: 1,
    user,
    contributionIds: [last, 'unknown'],
    isBeginning: true,
  });
  expect(found).toMatchObject({
    kind: 'user',
    user: { participations: [{ contributionId: last }], epoch: 5 },
  });
  expect(rows()).toBe(0);
});

test('without names as many are found as are looked at together', async () => {
  const { find } = await crowded();
  const found = await find({ kind: 'find-user', lookup: 1, user, isBeginning: false });
  expect(found.kind === 'user' && found.user.participations.length).toBe(userItemsMax);
});
