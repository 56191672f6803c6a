import { expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

/** The focus after its process was started anew with what the store has. */
function restartProcess(world: World, focus: Focus): Focus {
  for (const stop of focus.node.timers.values()) stop();
  world.cut('focus');
  return new Focus(world, {}, focus.store);
}

test('a member who comes back with a new INVITE is in again, and the older leg ends (decision O-06)', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  bob.call(alice.identity);
  world.run(50);
  expect(world.answers('INVITE', 'bob')).toEqual([200]);
  const bye = bob.byes[0] as SipRequest;
  expect(header(bye, 'Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
  alice.say('once');
  world.run(50);
  expect(bob.texts).toEqual(['once']);
  const answer = world.carried
    .filter(({ to, message }) => to === 'bob' && message.kind === 'response')
    .at(-1)?.message as SipResponse;
  expect(answer.status).toBe(200);
  expect(focus.store.groups.get('group-1')?.members).toHaveLength(3);
  expect(focus.controlling.groupEntries()).toEqual({ groups: 1, members: 3 });
});

test('what the older leg had not acknowledged goes over the newer one, once, in order', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  bob.onMessage = 'leave';
  const ids = ['one', 'two'].map((text) => alice.say(text));
  world.run(50);
  expect(bob.texts).toEqual(['one', 'two']);
  bob.onMessage = 200;
  bob.call(alice.identity);
  world.run(50);
  expect(bob.received.map(({ messageId }) => messageId)).toEqual([...ids, ...ids]);
  expect(ids.map((id) => alice.outcomes.get(id))).toEqual([200, 200]);
});

test('who is no member is refused (CF-009)', () => {
  const world = new World();
  new Focus(world);
  const [alice] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  const dave = new Party(world, 'dave');
  dave.call(alice.identity);
  world.run(50);
  expect(world.answers('INVITE', 'dave')).toEqual([403]);
});

test('an identity that no group has is not found (CF-008)', () => {
  const world = new World();
  new Focus(world);
  const alice = new Party(world, 'alice');
  alice.call('sip:nobody@rejoin.test');
  world.run(50);
  alice.call('tel:+4930123');
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([404, 404]);
});

test('the store that does not answer is no reason to say that the group is gone', () => {
  const world = new World();
  const focus = new Focus(world);
  focus.store.lookups = 'fault';
  const alice = new Party(world, 'alice');
  alice.call('sip:unknown@rejoin.test');
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([503]);
});

test('a caller who gives up while the group is looked up is forgotten', () => {
  const world = new World();
  const focus = new Focus(world);
  focus.store.lookups = 'hold';
  const alice = new Party(world, 'alice');
  alice.call('sip:unknown@rejoin.test');
  world.run(300);
  alice.cancel();
  world.run(50);
  focus.store.release();
  world.run(50);
  expect(alice.refusals.map(({ status }) => status)).toEqual([487]);
  expect(focus.controlling.counts.dialogs).toBe(0);
});

test('a group goes on after a crash of the process as its members come back (promise 6)', () => {
  const world = new World();
  const before = new Focus(world);
  const [alice, bob, carol] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  const { identity } = alice;
  const focus = restartProcess(world, before);
  alice.call(identity);
  bob.call(identity);
  world.run(50);
  expect(alice.isUp && bob.isUp).toBe(true);
  expect(focus.controlling.groupEntries()).toEqual({ groups: 1, members: 3 });
  const id = alice.say('are you there?');
  world.run(5000);
  expect(bob.texts).toEqual(['are you there?']);
  expect(alice.outcomes.get(id)).toBeUndefined();
  carol.call(identity);
  world.run(50);
  expect(carol.texts).toEqual(['are you there?']);
  expect(alice.outcomes.get(id)).toBe(200);
  carol.bye('SIP;cause=200');
  world.run(50);
  expect(focus.store.groups.get('group-1')?.members).toEqual([alice.uri, bob.uri]);
});

test('a member who does not come back after a crash, and can not be invited, is not waited for', () => {
  const world = new World();
  const before = new Focus(world);
  const [alice, bob, carol] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  const { identity } = alice;
  carol.onInvite = 480;
  restartProcess(world, before);
  alice.call(identity);
  bob.call(identity);
  world.run(100);
  alice.subscribe(identity);
  world.run(70_000);
  expect(alice.roster).toEqual({ alice: 'connected', bob: 'connected', carol: 'disconnected' });
  const id = alice.say('without carol');
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
});

test('after a crash the factory takes a running group up too', () => {
  const world = new World();
  const before = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  const { identity } = alice;
  const focus = restartProcess(world, before);
  alice.create(['bob']);
  bob.call(identity);
  world.run(50);
  expect(alice.identity).toBe(identity);
  expect(alice.isUp && bob.isUp).toBe(true);
  expect(focus.controlling.groupEntries().groups).toBe(1);
});

test('an identity of an earlier run does not lead into the present one', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  const { identity } = alice;
  world.run(310_000);
  alice.create(['bob']);
  world.run(50);
  bob.call(identity);
  world.run(50);
  expect(world.answers('INVITE', 'bob')).toEqual([404]);
  expect(focus.controlling.groupEntries().groups).toBe(1);
  const stale = focus.store.groups.get('group-1');
  if (stale !== undefined) focus.store.groups.set('group-1', { ...stale, identity });
  bob.call(identity);
  world.run(50);
  expect(world.answers('INVITE', 'bob')).toEqual([404, 404]);
});
