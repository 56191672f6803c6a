/** A member whose function can't serve at the moment is invited anew: 503 says so, of the function itself or of the way there. */
import { expect, test } from 'vitest';
import { inviteAgainMs } from '../../../edge/controlling/limit.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { Party } from './party.ts';

type Scene = { world: World; focus: Focus; alice: Party; bob: Party; carol: Party };

/** Alice has made a group with bob, whose function answers 503, and carol. */
function unserved(): Scene {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new Party(world, name)) as [
    Party,
    Party,
    Party,
  ];
  bob.onInvite = 503;
  alice.create(['bob', 'carol']);
  world.run(100);
  return { world, focus, alice, bob, carol };
}

test('a member whose function answers 503 is invited anew, and gets what was said meanwhile [RFC 3261 21.5.4]', () => {
  const { world, alice, bob, carol } = unserved();
  const id = alice.say('early');
  world.run(100);
  expect(carol.texts).toEqual(['early']);
  expect(alice.outcomes.get(id)).toBeUndefined();
  bob.onInvite = 200;
  world.run(500);
  expect(bob.texts).toEqual(['early']);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(bob.invites).toHaveLength(2);
  world.run(60_000);
  expect(bob.invites).toHaveLength(2);
});

test('the roster shows such a member as pending, and as disconnected when the attempts are used up', () => {
  const { world, focus, alice, bob } = unserved();
  alice.subscribe(alice.identity);
  const id = alice.say('early');
  world.run(2000);
  expect(alice.roster.bob).toBe('pending');
  world.run(20_000);
  expect(alice.roster.bob).toBe('disconnected');
  expect(bob.invites).toHaveLength(1 + inviteAgainMs.length);
  expect(alice.outcomes.get(id)).toBe(200);
  bob.onInvite = 200;
  bob.call(alice.identity);
  world.run(100);
  expect(bob.isUp).toBe(true);
  expect(focus.controlling.groupEntries()).toEqual({ groups: 1, members: 3 });
});

test('another answer to a later attempt counts as ever', () => {
  const { world, alice, bob } = unserved();
  alice.subscribe(alice.identity);
  bob.onInvite = 486;
  world.run(2000);
  expect(alice.roster.bob).toBe('busy');
  world.run(60_000);
  expect(bob.invites).toHaveLength(2);
});

test('a member that comes by itself meanwhile is not invited anew', () => {
  const { world, alice, bob } = unserved();
  bob.call(alice.identity);
  world.run(60_000);
  expect(bob.isUp).toBe(true);
  expect(bob.invites).toHaveLength(1);
});

test('nobody is invited anew into a group that is over, or goes on elsewhere', () => {
  const { world, focus, alice, bob, carol } = unserved();
  const ended = unserved();
  focus.node.do(() => focus.controlling.leave(world.nowMs));
  ended.carol.bye('SIP;cause=200');
  ended.world.run(100);
  ended.alice.bye('SIP;cause=200');
  for (const scene of [{ world, bob }, ended]) {
    scene.world.run(60_000);
    expect(scene.bob.invites).toHaveLength(1);
  }
  expect(focus.controlling.counts).toMatchObject({ timers: 0 });
  expect([alice.isUp, carol.isUp]).toEqual([false, false]);
});
