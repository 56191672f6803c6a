/** A focus whose edge ends lets its groups go on elsewhere: nobody is told that they have ended. */
import { expect, test } from 'vitest';
import { comeBackLatelyMs, comeBackMs, invitingMs } from '../../../edge/controlling/limit.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

function leave(focus: Focus): void {
  focus.node.do(() => focus.controlling.leave(focus.node.world.nowMs));
}

test('the members find their media gone and their dialogs unknown, without a word of an end [design 7]', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  leave(focus);
  world.run(100);
  expect([alice.isUp, bob.isUp]).toEqual([false, false]);
  expect([alice.byes, bob.byes]).toEqual([[], []]);
  expect(focus.store.kinds()).toEqual(['group-started']);
  expect(focus.controlling.groupEntries()).toEqual({ groups: 0, members: 0 });
  expect(focus.controlling.counts).toMatchObject({ dialogs: 0, sessions: 0, timers: 0 });
  bob.bye();
  world.run(100);
  expect(world.answers('BYE', 'bob')).toEqual([481]);
});

test('what has no answer yet gets none, so that it is sent again where the group goes on [design 6.1]', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  bob.onMessage = 'leave';
  const id = alice.say('one');
  world.run(50);
  leave(focus);
  world.run(60_000);
  expect(alice.outcomes.get(id)).not.toBe(200);
});

test('whoever has subscribed to the participants is told to do so again [RFC 6665 4.1.3]', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  bob.subscribe(alice.identity);
  world.run(2_000);
  leave(focus);
  world.run(100);
  const states = bob.notified.map(({ state }) => state);
  expect(states.at(-1)).toBe('terminated;reason=deactivated');
});

test('a member who is still being invited gets a CANCEL [RFC 3261 9.1]', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(50);
  bob.answer(180);
  world.run(50);
  leave(focus);
  world.run(100);
  expect(bob.cancels).toHaveLength(1);
  expect(bob.isUp).toBe(false);
});

/** A group of three whose third member still rings when its focus leaves; another one goes on with it. */
function whileRinging(): { world: World; next: Focus; parties: Three } {
  const world = new World();
  const focus = new Focus(world);
  const parties = ['alice', 'bob', 'carol'].map((name) => new Party(world, name)) as Three;
  const [alice, bob, carol] = parties;
  carol.onInvite = 'leave';
  alice.create(['bob', 'carol']);
  world.run(50);
  carol.answer(180);
  world.run(50);
  leave(focus);
  world.run(100);
  carol.onInvite = 200;
  const next = new Focus(world, {}, focus.store);
  for (const one of [alice, bob]) one.call(alice.identity);
  world.run(100);
  return { world, next, parties };
}

test('a member who was still being invited is asked again where the group goes on, and hears what was said meanwhile [design 7]', () => {
  const { world, parties } = whileRinging();
  const [alice, bob, carol] = parties;
  expect(carol.cancels).toHaveLength(1);
  world.run(15_000);
  const id = alice.say('one');
  world.run(10_000);
  expect(carol.invites).toHaveLength(2);
  expect(carol.texts).toEqual(['one']);
  expect(bob.texts).toEqual(['one']);
  expect(alice.outcomes.get(id)).toBe(200);
  expect([alice.invites, bob.invites.length]).toEqual([[], 1]);
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toEqual({ alice: 'connected', bob: 'connected', carol: 'connected' });
});

test('that member does not wait for those who come back by themselves, for the group has begun a moment ago [design 7]', () => {
  const { world, parties } = whileRinging();
  const [alice, bob, carol] = parties;
  world.run(comeBackLatelyMs);
  expect(carol.invites).toHaveLength(2);
  expect(carol.isUp).toBe(true);
  expect([alice.invites, bob.invites.length]).toEqual([[], 1]);
});

test('a member who is missing in a group in which nobody can have been ringing is given longer [design 7]', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  world.run(invitingMs);
  leave(focus);
  world.run(100);
  const next = new Focus(world, {}, focus.store);
  alice.call(alice.identity);
  world.run(comeBackMs - 100);
  expect(bob.invites).toHaveLength(1);
  world.run(200);
  expect(bob.invites).toHaveLength(2);
  expect(next.controlling.groupEntries().members).toBe(2);
});

test('a member who comes back by itself is not asked [design 7]', () => {
  const { world, parties } = whileRinging();
  const [alice, , carol] = parties;
  world.run(5_000);
  carol.call(alice.identity);
  world.run(60_000);
  expect(carol.invites).toHaveLength(1);
  expect(carol.isUp).toBe(true);
});

test('nobody is asked for a group that goes on elsewhere again, or has ended', () => {
  const { world, next, parties } = whileRinging();
  const [, , carol] = parties;
  leave(next);
  world.run(60_000);
  expect(carol.invites).toHaveLength(1);
  expect(next.controlling.counts).toMatchObject({ dialogs: 0, sessions: 0, timers: 0 });
});
