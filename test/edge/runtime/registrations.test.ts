/** Which refreshes of a registration are reported: those that somebody may wait for. */
import { expect, test, vi } from 'vitest';
import type { Binding } from '../../../edge/registrar/binding.ts';
import { moveMs, movePollMs, userItemsMax } from '../../../edge/runtime/limit.ts';
import { Registrations } from '../../../edge/runtime/registrations.ts';
import { participationKey, registrationKey } from '../../../shared/core/key.ts';
import type { Participation } from '../../../shared/core/participation/state.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Store } from '../../../shared/ports/store.ts';
import { group, name } from '../../shared/core/participation/spec.ts';

const { user } = name;
const nowMs = 1_000_000;
const binding: Binding = {
  contact: 'sip:bob@127.0.0.1:5070',
  params: '',
  callId: 'c',
  cseq: 1,
  expiresAtMs: nowMs + 600_000,
  q: 1,
  target: { transport: 'udp', host: '127.0.0.1', port: 5070 },
  path: [],
};
const joined: Participation = {
  ...name,
  phase: 'joined',
  epoch: 1,
  counter: 1,
  edge: 'edge-a',
  group,
  roster: [],
  cursor: 0,
  last: 0,
  awaySinceMs: 0,
  isAvailableAgain: false,
  changedAtMs: 0,
};

function optionsOf(store: Store) {
  return {
    edge: 'edge-a',
    domain: 'rejoin.test',
    users: [{ uri: user, password: 'demo' }],
    store,
    nowMs: () => nowMs,
    isAway: () => false,
  };
}

/** The functions have written a registration. */
function register(store: Store, version: number, bindings: readonly Binding[]) {
  return store.commit({
    ...registrationKey(user),
    version,
    data: { user, bindings, atMs: 0 },
  });
}

const same = (one: Binding): Binding => one;

/** A registrar whose user is registered; `isNews` tells of a refresh. */
async function registrar() {
  const store = memoryStore();
  const registrations = new Registrations(optionsOf(store));
  await register(store, 1, [binding]);
  let version = 0;
  return {
    registrations,
    isNews: () => registrations.isNews(user, [{ kind: 'refreshed', binding }]),
    /** The functions have written a state. */
    write: async (state: Participation) => {
      version++;
      await store.commit({ ...participationKey(name), version, data: { state, effects: [] } });
    },
  };
}

function source(counter: number, epoch = 1) {
  return { edge: 'edge-a', epoch, counter };
}

test('a refresh is no news while all clients are in their sessions, and is once one of them is away [PFT-009]', async () => {
  const { isNews, write } = await registrar();
  await write(joined);
  expect(await isNews()).toBe(false);
  await write({ ...joined, phase: 'buffering' });
  expect(await isNews()).toBe(true);
});

test('a refresh is news while the functions have not come as far as what was reported [PFT-009]', async () => {
  const { registrations, isNews, write } = await registrar();
  await write(joined);
  registrations.reported(name, source(2));
  registrations.reported(name, source(3));
  expect(await isNews()).toBe(true);
  await write({ ...joined, counter: 2 });
  expect(await isNews()).toBe(true);
  await write({ ...joined, counter: 3 });
  expect(await isNews()).toBe(false);
});

test('a refresh is news while the first report of a participation is under way [PFT-009]', async () => {
  const { registrations, isNews, write } = await registrar();
  registrations.reported(name, source(1));
  expect(await isNews()).toBe(true);
  await write({ ...joined, epoch: 2, counter: 0 });
  expect(await isNews()).toBe(false);
});

test('a refresh is news while another edge has the participation, which it may have lost', async () => {
  const { isNews, write } = await registrar();
  await write({ ...joined, edge: 'edge-b' });
  expect(await isNews()).toBe(true);
});

test('what is remembered of a user has a bound', async () => {
  const { registrations, isNews, write } = await registrar();
  for (let number = 0; number < userItemsMax * 2; number++) {
    registrations.reported({ user, contributionId: `other-${number}` }, source(1));
  }
  await write(joined);
  expect(await isNews()).toBe(true);
});

test('a stored connection is used where it is known to be of this process, and by nobody else [RFC 5626 5.3]', async () => {
  const stored = { ...binding, target: { ...binding.target, flow: 'tcp/7' } };
  const store = memoryStore();
  await register(store, 1, [stored]);
  const alone = new Registrations(optionsOf(store));
  expect(await alone.bindings(user)).toEqual([binding]);
  const ways = { isHome: () => true, outward: same, inward: same };
  const among = new Registrations({ ...optionsOf(store), elsewhere: ways });
  expect(await among.bindings(user)).toEqual([stored]);
});

test('a registration that has run out is not counted any more, nor kept of users who are any number [RFC 3261 10.3, design 6.8]', async () => {
  const store = memoryStore();
  await register(store, 1, [binding]);
  let now = nowMs;
  const registrations = new Registrations({
    ...optionsOf(store),
    users: [],
    nowMs: () => now,
    core: { isUser: () => true, isTrusted: () => true },
  });
  expect(await registrations.bindings(user)).toHaveLength(1);
  registrations.expire(now);
  expect(registrations.size).toBe(1);
  now = binding.expiresAtMs;
  registrations.expire(now);
  expect(registrations.size).toBe(0);
  await register(store, 2, [{ ...binding, expiresAtMs: now + 1 }]);
  expect(await registrations.bindings(user)).toHaveLength(1);
});

test('users who are at home elsewhere now are forgotten, and what they register there is heard of [design 7]', async () => {
  vi.useFakeTimers({ now: nowMs });
  const store = memoryStore();
  let home = 'edge-a';
  const registrations = new Registrations({
    ...optionsOf(store),
    nowMs: () => Date.now(),
    elsewhere: { isHome: () => home === 'edge-a', outward: same, inward: same },
  });
  await register(store, 1, [binding]);
  expect(await registrations.bindings(user)).toEqual([binding]);
  home = 'edge-b';
  registrations.forgetStrangers();
  expect(registrations.size).toBe(0);
  // It has registered at another edge a moment ago, which is on its way into the store.
  await register(store, 2, []);
  const finding = registrations.bindings(user);
  await vi.advanceTimersByTimeAsync(movePollMs);
  await register(store, 3, [{ ...binding, cseq: 2 }]);
  await vi.advanceTimersByTimeAsync(movePollMs);
  expect(await finding).toMatchObject([{ cseq: 2 }]);
  await register(store, 4, []);
  const none = registrations.bindings(user);
  await vi.advanceTimersByTimeAsync(moveMs + movePollMs);
  expect(await none).toEqual([]);
  vi.useRealTimers();
});

test('whoever asks for a user of another edge hears what was stored by then, whatever an earlier reading finds [design 4]', async () => {
  const store = memoryStore();
  const read = store.read.bind(store);
  const slow = Promise.withResolvers<void>();
  store.read = async (...asked) => {
    const item = await read(...asked);
    if (item?.version === 1) await slow.promise;
    return item;
  };
  const registrations = new Registrations({
    ...optionsOf(store),
    elsewhere: { isHome: () => false, outward: same, inward: same },
  });
  await register(store, 1, [binding]);
  const earlier = registrations.bindings(user);
  await register(store, 2, [{ ...binding, cseq: 2 }]);
  const later = registrations.bindings(user);
  setTimeout(() => slow.resolve(), 20);
  expect(await later).toMatchObject([{ cseq: 2 }]);
  await earlier;
});
