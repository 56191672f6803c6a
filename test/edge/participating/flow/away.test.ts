/** A client goes away, in each of the ways there are, and comes back. */
import { describe, expect, test } from 'vitest';
import { World } from '../../../kit/virtual/world.ts';

describe('a client whose connection breaks', () => {
  test('gets what was said meanwhile [PFT-015]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.register();
    await world.run(100);
    world.focus.open({
      user: phone.uri,
      contributionId: 'c1',
      members: ['sip:alice@rejoin.test', phone.uri],
    });
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    world.focus.say('one');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    phone.restart();
    await world.run(100);
    world.focus.say('two');
    world.focus.say('three');
    await world.run(100);
    expect(world.focus.talk.outcomes.get('m3')).toBe(200);
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one', 'two', 'three']);
    expect(world.functions.problems).toEqual([]);
  });
});
