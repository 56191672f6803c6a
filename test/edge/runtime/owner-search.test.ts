/** Which edge a request belongs to that begins something. */
import { describe, expect, test } from 'vitest';
import { OwnerSearch } from '../../../edge/runtime/owner-search.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { participationKey } from '../../../shared/core/key.ts';
import { oneToOneName, standaloneName } from '../../../shared/core/participation/kind.ts';
import type { ParticipationName } from '../../../shared/core/participation/state.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';

const alice = 'sip:alice@rejoin.test';
const bob = 'sip:bob@rejoin.test';
const group = 'sip:g@rejoin.test';

async function search(name: ParticipationName, edge: string, isAlive = true): Promise<OwnerSearch> {
  const store = memoryStore();
  const state = { ...name, edge, group: { identity: group } };
  await store.commit({ ...participationKey(name), version: 1, data: { state, effects: [] } });
  return new OwnerSearch({ edge: 'here', store, neighbours: { isAlive: () => isAlive } });
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
