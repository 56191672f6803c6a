import { expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

const idleMs = 300_000;

type Three = [Party, Party, Party];

function ended(world: World): Three {
  const parties = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  world.run(idleMs + 5000);
  return parties;
}

test('an idle group ends with a BYE without Reason, and its state is kept (FEAT-019)', () => {
  const world = new World();
  const focus = new Focus(world);
  const parties = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  world.run(idleMs - 1000);
  const id = parties[0].say('not yet');
  world.run(idleMs - 1000);
  expect(parties[0].outcomes.get(id)).toBe(200);
  expect(parties.map(({ byes }) => byes.length)).toEqual([0, 0, 0]);
  world.run(5000);
  for (const party of parties) {
    expect(party.byes).toHaveLength(1);
    expect(header(party.byes[0] as SipRequest, 'Reason')).toBeUndefined();
  }
  const members = parties.map(({ uri }) => uri);
  expect(focus.store.groups.get('group-1')).toMatchObject({ phase: 'ended', members });
  expect(focus.controlling.groupEntries()).toEqual({ groups: 0, members: 0 });
  expect(focus.controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
  expect(world.openConnections).toBe(0);
});

test('that somebody is composing does not keep a group from being idle', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  world.run(idleMs - 1000);
  alice.say('<isComposing/>', { type: 'application/im-iscomposing+xml' });
  world.run(5000);
  expect(bob.byes).toHaveLength(1);
});

test('a group never ends where the setting says so', () => {
  const world = new World();
  const focus = new Focus(world, { groupIdleMs: 0 });
  inGroup(world, ['alice', 'bob']);
  world.run(100 * idleMs);
  expect(focus.controlling.groupEntries().groups).toBe(1);
});

test('a member re-starts an ended group: a new identity, the same group (001 8.3.2.9.1.3, PFT-079)', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob, carol] = ended(world);
  const { identity } = bob;
  bob.create(['alice']);
  world.run(100);
  expect(bob.identity).not.toBe(identity);
  expect(focus.store.kinds()).toEqual(['group-started', 'group-ended', 'group-restarted']);
  for (const party of [alice, carol]) {
    expect(party.invites.length).toBe(party === alice ? 1 : 2);
    const [first] = carol.invites as [SipRequest];
    const last = party.invites.at(-1) as SipRequest;
    expect(header(last, 'Contribution-ID')).toBe('group-1');
    expect(header(last, 'Conversation-ID')).toBe(header(first, 'Conversation-ID'));
    expect(header(last, 'Subject')).toBe('Trip');
    expect(header(last, 'Referred-By')).toBe(`<${bob.uri}>`);
    expect(party.identity).toBe(bob.identity);
  }
  bob.say('back');
  world.run(50);
  expect([alice.texts, carol.texts]).toEqual([['back'], ['back']]);
});

test('an ended group is not found under its last identity, so that clients re-start it', () => {
  const world = new World();
  new Focus(world);
  const [, bob] = ended(world);
  bob.call(bob.identity);
  world.run(50);
  expect(world.answers('INVITE', 'bob')).toEqual([404]);
});

test('who is no member can not re-start a group (001 8.3.2.9.1.3)', () => {
  const world = new World();
  const focus = new Focus(world);
  ended(world);
  const dave = new Party(world, 'dave');
  dave.create(['alice', 'bob', 'carol']);
  world.run(50);
  expect(world.answers('INVITE', 'dave')).toEqual([403]);
  const response = dave.refusals[0]?.response as SipResponse;
  expect(header(response, 'Warning')).toBe('399 rejoin.test "127 Service not authorised"');
  expect(focus.store.kinds()).toEqual(['group-started', 'group-ended']);
});

test('a group that is gone for good is not re-started', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  bob.bye('SIP;cause=200;text="Call completed"');
  world.run(50);
  expect(focus.store.groups.get('group-1')?.phase).toBe('gone');
  alice.create(['bob']);
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([200, 403]);
});

test('a re-start right after the end does not wait for the store to hear of the end', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  const { identity } = bob;
  focus.store.mode = 'hold';
  world.run(idleMs + 50);
  focus.store.mode = 'store';
  expect(focus.store.groups.get('group-1')?.phase).toBe('active');
  alice.call(identity);
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([200, 404]);
  bob.create(['alice', 'carol']);
  world.run(50);
  expect(bob.identity).not.toBe(identity);
  expect(alice.identity).toBe(bob.identity);
  focus.store.release();
  world.run(50);
  expect(focus.store.groups.get('group-1')).toMatchObject({
    phase: 'active',
    identity: bob.identity,
  });
});

test('what another process has done with the group since its end here counts', () => {
  const world = new World();
  const focus = new Focus(world);
  const [, bob] = ended(world);
  const state = focus.store.groups.get('group-1');
  const { identity } = bob;
  if (state !== undefined) {
    const epoch = state.epoch + 1_000_000;
    focus.store.groups.set('group-1', { ...state, phase: 'active', epoch });
  }
  bob.call(identity);
  world.run(50);
  expect(bob.isUp).toBe(true);
  expect(bob.identity).toBe(identity);
});

test('an open group re-starts with those whom the member names', () => {
  const world = new World();
  const focus = new Focus(world, { isOpen: true });
  const [, bob] = ended(world);
  bob.create(['alice', 'dave']);
  world.run(50);
  const members = ['bob', 'alice', 'dave'].map(uriOf);
  expect(focus.store.groups.get('group-1')).toMatchObject({ isClosed: false, members });
});

test('an open group re-starts with its last members if none are named, within the bound', () => {
  const world = new World();
  const focus = new Focus(world, { isOpen: true });
  const [, bob] = ended(world);
  bob.create(Array.from({ length: 11 }, (_, index) => `user${index}`));
  world.run(50);
  expect(world.answers('INVITE', 'bob').at(-1)).toBe(403);
  bob.create([]);
  world.run(50);
  expect(focus.store.groups.get('group-1')?.members).toEqual(['alice', 'bob', 'carol'].map(uriOf));
});

test('re-starts of all members at once end in one session', () => {
  const world = new World();
  const focus = new Focus(world);
  const parties = ended(world);
  for (const party of parties) party.create(['alice', 'bob', 'carol']);
  world.run(300);
  expect(new Set(parties.map(({ identity }) => identity)).size).toBe(1);
  expect(focus.store.kinds().filter((kind) => kind === 'group-restarted')).toHaveLength(1);
  parties[2].say('all here');
  world.run(50);
  expect(parties[0].texts).toEqual(['all here']);
  expect(parties[1].texts).toEqual(['all here']);
});
