import { expect, test } from 'vitest';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { Party } from './party.ts';

type Three = [Party, Party, Party];

test('messages wait for a member who is being invited; so does their sender, for less than 30 s', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(50);
  const first = alice.say('early');
  world.run(20_000);
  expect(alice.outcomes.get(first)).toBeUndefined();
  bob.answer(200);
  world.run(50);
  expect(alice.outcomes.get(first)).toBe(200);
  expect(bob.texts).toEqual(['early']);
});

test('a sender is told 408 when the invited member rings too long, and the message comes with the answer', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(50);
  const id = alice.say('early');
  world.run(25_500);
  expect(alice.outcomes.get(id)).toBe('lost');
  bob.answer(200);
  world.run(50);
  expect(bob.texts).toEqual(['early']);
});

test('a member who refuses the INVITE is not waited for', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(
    (name) => new Party(world, name),
  ) as Three;
  bob.onInvite = 'leave';
  alice.create(['bob', 'carol']);
  world.run(50);
  const id = alice.say('early');
  world.run(50);
  bob.answer(486);
  world.run(50);
  expect(alice.outcomes.get(id)).toBe(200);
  expect(carol.texts).toEqual(['early']);
});
