/** Which edge a request belongs to that begins something. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownerPollMs, ownerWaitMs, userItemsMax } from '../../../edge/runtime/limit.ts';
import { OwnerSearch } from '../../../edge/runtime/owner-search.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { participationKey } from '../../../shared/core/key.ts';
import {
  notificationsName,
  oneToOneName,
  standaloneName,
} from '../../../shared/core/participation/kind.ts';
import type { ParticipationName } from '../../../shared/core/participation/state.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const alice = 'sip:alice@rejoin.test';
const bob = 'sip:bob@rejoin.test';
const group = 'sip:g@rejoin.test';

async function search(
  name: ParticipationName,
  edge: string,
  isStaying = true,
): Promise<OwnerSearch> {
  const store = memoryStore();
  const state = { ...name, edge, group: { identity: group } };
  await store.commit({ ...participationKey(name), version: 1, data: { state, effects: [] } });
  return new OwnerSearch({ edge: 'here', store, neighbours: { isStaying: () => isStaying } });
}

function request(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string>>,
): SipRequest {
  const list = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return { kind: 'request', method, uri, headers: list, body: new Uint8Array() };
}

const hike = { user: bob, contributionId: 'hike' };
const invite = { 'Contribution-ID': 'hike', From: `<${bob}>` };
const served = { 'Contribution-ID': 'hike', 'P-Served-User': `<${bob}>;sescase=orig` };
const asserted = { 'P-Asserted-Identity': `<${alice}>` };

describe('a request that begins something', () => {
  test.each([
    ['a re-join', hike, request('INVITE', group, invite), false],
    ['a re-join by an IMS core', hike, request('INVITE', group, served), false],
    ['an INVITE of the focus', hike, request('INVITE', bob, { ...invite, ...asserted }), true],
    ['a SUBSCRIBE', hike, request('SUBSCRIBE', group, { From: `<${bob}>` }), false],
    ['a call of a user', oneToOneName(bob, alice), request('INVITE', bob, asserted), true],
    ['a message', standaloneName(bob), request('MESSAGE', bob, { From: `<${alice}>` }), false],
  ])(
    'as %s is for the edge that has what it is about [design 7]',
    async (_, name, about, isPeer) => {
      const owners = await search(name, 'there');
      expect(await owners.find(about, isPeer)).toBe('there');
    },
  );

  test('is for its home where nobody else has anything of it', async () => {
    const owners = await search(hike, 'here');
    expect(await owners.find(request('INVITE', group, invite), false)).toBeUndefined();
    const other = request('INVITE', group, { ...invite, 'Contribution-ID': 'swim' });
    const elsewhere = await search(hike, 'there');
    expect(await elsewhere.find(other, false)).toBeUndefined();
  });
});

describe('a request about what a lost edge has had', () => {
  const about = request('INVITE', group, invite);
  let alive: string[];
  let owners: OwnerSearch;
  let write: (edge: string | undefined) => Promise<void>;

  beforeEach(async () => {
    vi.useFakeTimers();
    alive = [];
    const store = memoryStore();
    let version = 0;
    write = async (edge) => {
      version++;
      const state = { ...hike, group: { identity: group }, ...(edge && { edge }) };
      await store.commit({ ...participationKey(hike), version, data: { state, effects: [] } });
    };
    const neighbours = { isStaying: (edge: string) => alive.includes(edge) };
    owners = new OwnerSearch({ edge: 'here', store, neighbours });
    await write('gone');
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('waits until another edge has taken it over, and goes there [design 7]', async () => {
    let found: string | undefined = 'nothing yet';
    const finding = owners.find(about, false).then((owner) => {
      found = owner;
    });
    await vi.advanceTimersByTimeAsync(ownerWaitMs / 2);
    expect(found).toBe('nothing yet');
    alive.push('there');
    await write('there');
    await vi.advanceTimersByTimeAsync(ownerPollMs);
    await finding;
    expect(found).toBe('there');
  });

  test.each([
    ['this edge has taken it over', 'here'],
    ['nobody has it any more', undefined],
  ])('is taken here as soon as %s [design 7]', async (_, edge) => {
    const finding = owners.find(about, false);
    await vi.advanceTimersByTimeAsync(ownerPollMs);
    await write(edge);
    await vi.advanceTimersByTimeAsync(ownerPollMs);
    expect(await finding).toBeUndefined();
  });

  test('goes there as soon as that edge is known to live after all', async () => {
    const finding = owners.find(about, false);
    alive.push('gone');
    await vi.advanceTimersByTimeAsync(ownerPollMs);
    expect(await finding).toBe('gone');
  });

  test('is given up while who asks still waits [RFC 3261 17.1.1.2]', async () => {
    const failed = expect(owners.find(about, false)).rejects.toThrow('not taken over yet');
    await vi.advanceTimersByTimeAsync(ownerWaitMs + ownerPollMs);
    await failed;
    expect(ownerWaitMs + ownerPollMs).toBeLessThan(32_000);
  });
});

describe('a search', () => {
  test('looks at so many participations of a user, and no more [design 6.8]', async () => {
    const store = memoryStore();
    const limits: number[] = [];
    const list = store.list.bind(store);
    store.list = (partition, prefix, page) => {
      limits.push(page.limit);
      return list(partition, prefix, page);
    };
    const owners = new OwnerSearch({ edge: 'here', store, neighbours: { isStaying: () => true } });
    expect(await owners.find(request('INVITE', group, invite), false)).toBeUndefined();
    expect(limits).toEqual([userItemsMax]);
  });

  test.each([
    ['INVITE without From', request('INVITE', group, {})],
    ['INVITE whose From is none', request('INVITE', group, { From: 'x' })],
    ['MESSAGE to no address', request('MESSAGE', 'x', { From: `<${bob}>` })],
  ])('finds nothing for an %s: who takes it refuses it', async (_, broken) => {
    const owners = await search(hike, 'there');
    expect(await owners.find(broken, false)).toBeUndefined();
  });

  test('for a message of a sender finds who brings notifications of that sender', async () => {
    const owners = await search(notificationsName(bob, alice), 'there');
    const of = (sender: string) => request('MESSAGE', bob, { From: `<${sender}>` });
    expect(await owners.find(of(alice), false)).toBe('there');
    expect(await owners.find(of('sip:zoe@rejoin.test'), false)).toBeUndefined();
    expect(await owners.find(request('MESSAGE', bob, {}), false)).toBeUndefined();
  });

  test('believes a client nothing that only peers may assert [design 6.9]', async () => {
    const owners = await search(hike, 'there');
    const claimed = request('INVITE', bob, { ...invite, ...asserted, From: '<sip:x@y.test>' });
    expect(await owners.find(claimed, false)).toBeUndefined();
    expect(await owners.find(claimed, true)).toBe('there');
  });
});
