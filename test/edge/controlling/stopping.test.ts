/** A focus whose process ends, and nobody goes on at once: whoever follows a roster is told, and nothing new is begun. */
import { expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

function stopped() {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob']) as [Party, Party];
  bob.subscribe(alice.identity);
  world.run(2_000);
  focus.node.do(() => focus.controlling.stop(focus.node.world.nowMs));
  world.run(100);
  return { world, focus, alice, bob };
}

test('whoever follows a roster is told that nothing more comes, and may subscribe later [RFC 6665 4.2.2]', () => {
  const { focus, bob } = stopped();
  const states = bob.notified.map(({ state }) => state);
  expect(states.at(-1)).toBe('terminated;reason=probation;retry-after=10');
  expect(bob.isUp).toBe(true);
  expect(focus.controlling.counts.waiting).toBe(0);
  expect(focus.store.kinds()).toEqual(['group-started']);
});

test('who asks for something new is told to try again [RFC 3261 21.5.4]', () => {
  const { world, alice, bob } = stopped();
  const dave = new Party(world, 'dave');
  dave.create(['bob']);
  bob.subscribe(alice.identity);
  world.run(100);
  expect(world.answers('INVITE', 'dave').at(-1)).toBe(503);
  const { status, response } = bob.responses.at(-1) ?? {};
  expect(status).toBe(503);
  expect(response && header(response, 'Retry-After')).toBe('10');
});

test('what is said till the end passes, and a member may leave', () => {
  const { world, alice, bob } = stopped();
  const id = alice.say('one');
  world.run(100);
  expect(alice.outcomes.get(id)).toBe(200);
  bob.bye();
  world.run(100);
  expect(world.answers('BYE', 'bob')).toEqual([200]);
});
