/** Events that come while something is still on its way into the store. */
import { describe, expect, test } from 'vitest';
import { fine, inGroup, phaseOf, says } from './scene.ts';

describe('while a message is on its way into the store', () => {
  test('the end of the session and the loss of the client are both reported, in whatever order they come', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    await says(scene, 'one');
    world.functions.isQueueDown = true;
    await world.run(10_000);
    focus.bye();
    await world.run(10);
    phone.restart();
    await world.run(10);
    world.functions.isQueueDown = false;
    await world.run(1000);
    expect(await phaseOf(world)).toBe('inactive');
    expect(world.edge.participating.size).toBe(0);
    phone.manners.message = 200;
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts.filter((text) => text === 'one')).toHaveLength(2);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });
});
