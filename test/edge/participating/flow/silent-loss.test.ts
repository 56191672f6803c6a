/**
 * A client that is gone without a word, by a crash or with its network, and has registered again before the loss shows: it is invited when
 * the loss shows, and does not wait for its next registration.
 */
import { describe, expect, test } from 'vitest';
import type { Client } from '../../../kit/virtual/client.ts';
import { away, fine, inGroup, isLive, outcomes, phaseOf, type Scene, says } from './scene.ts';

/** The phone begins anew where nobody hears it, and registers from there. */
function crash({ world }: Scene, phone: Client): void {
  world.network.offline.add(phone.host);
  phone.restart();
  world.network.offline.delete(phone.host);
}

/** Bob was away and is back, in a session that is refreshed by us. */
async function refreshed(): Promise<Scene> {
  const scene = await away();
  const { world, phone } = scene;
  phone.manners.inviteHeaders = [
    { name: 'Session-Expires', value: '90;refresher=uac' },
    { name: 'Require', value: 'timer' },
  ];
  phone.register();
  await world.run(1_000);
  return scene;
}

describe('a client that crashed and registered again before anybody noticed', () => {
  test('gets what was said meanwhile when its silence shows, once and in order [D-02, design 4]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const before = await says(scene, 'one');
    crash(scene, phone);
    const unheard = await says(scene, 'two');
    await world.run(1_000);
    phone.register();
    await world.run(1_000);
    const after = await says(scene, 'three');
    expect(await phaseOf(world)).toBe('joined');
    await world.run(31_000);
    expect(phone.talk.texts).toEqual(['one', 'two', 'three']);
    expect(phone.talk.ids).toEqual([...before, ...unheard, ...after]);
    expect(outcomes(focus, [...unheard, ...after])).toEqual([200, 200]);
    expect(await phaseOf(world)).toBe('joined');
    await isLive(scene, 'four');
    fine(scene);
  });

  test('is invited as soon as its old connection ends [D-02]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.network.offline.add(phone.host);
    const ids = await says(scene, 'one');
    world.network.offline.delete(phone.host);
    phone.starts++;
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual([]);
    world.network.streams.cut(phone.host);
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.talk.ids).toEqual(ids);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(phone.invites).toHaveLength(2);
    fine(scene);
  });

  test('is invited when its old dialog shows to be gone [RFC 4028 10, RFC 3261 12.2.1.2]', async () => {
    const scene = await refreshed();
    const { world, phone } = scene;
    crash(scene, phone);
    await world.run(1_000);
    phone.register();
    // Its new process knows nothing of the session that is refreshed: 481.
    await world.run(50_000);
    expect(phone.invites).toHaveLength(3);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });
});

describe('a client that has lost its session and goes on registering as before', () => {
  test('is invited at a refresh that follows the loss [PFT-009, design 4]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.network.streams.cut(phone.host);
    await world.run(500);
    const ids = await says(scene, 'one');
    expect(await phaseOf(world)).toBe('buffering');
    expect(phone.invites).toHaveLength(1);
    phone.register();
    await world.run(500);
    expect(phone.invites).toHaveLength(2);
    expect(phone.talk.texts).toEqual(['one']);
    expect(outcomes(focus, ids)).toEqual([200]);
    fine(scene);
  });

  test('is invited when the loss shows, if a refresh came in the silence before [PFT-009, design 4]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    await world.run(1_000);
    phone.manners.message = 'leave';
    const ids = await says(scene, 'one');
    phone.register();
    await world.run(1_000);
    phone.manners.message = 200;
    expect(phone.invites).toHaveLength(1);
    await world.run(31_000);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one', 'one']);
    expect(phone.talk.ids).toEqual([...ids, ...ids]);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(await phaseOf(world)).toBe('joined');
    await isLive(scene, 'two');
    fine(scene);
  });

  test('is invited when its dialog shows to be gone, if a refresh came since it was heard last [RFC 4028 10, PFT-009]', async () => {
    const scene = await refreshed();
    const { world, phone } = scene;
    crash(scene, phone);
    // What has ended in it is the chat alone: its registration goes on under the same Call-ID.
    phone.starts--;
    await world.run(1_000);
    phone.register();
    await world.run(50_000);
    expect(phone.invites).toHaveLength(3);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('is not invited for a refresh of another device [PFT-001, PFT-070]', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(1_000);
    await says(scene, 'one');
    world.network.offline.add(phone.host);
    await says(scene, 'two');
    tablet.register();
    await world.run(60_000);
    expect(await phaseOf(world)).toBe('buffering');
    expect(phone.invites).toHaveLength(1);
    expect(tablet.invites).toEqual([]);
    fine(scene);
  });
});

describe('a client whose connection was ended by an edge that had passed it on', () => {
  test('is invited at its present registration, and gets what was said meanwhile once [design 7]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    phone.manners.message = 'leave';
    const ids = await says(scene, 'two');
    phone.manners.message = 200;
    world.network.streams.cut(phone.host, 'way-ended');
    await world.run(500);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.ids).toEqual(['m1', ...ids, ...ids]);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });
});

describe('a client that is gone without a word', () => {
  test('and registered before it was heard last is invited at its next registration [002 8.3.2.9]', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.register();
    await world.run(1_000);
    await says(scene, 'one');
    world.network.offline.add(phone.host);
    await says(scene, 'two');
    await world.run(60_000);
    expect(await phaseOf(world)).toBe('buffering');
    expect(phone.invites).toHaveLength(1);
    crash(scene, phone);
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });
});
