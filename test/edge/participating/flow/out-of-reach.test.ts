/** The focus invites a user whose client is registered and out of reach, and that shows after a while that it is there. */
import { describe, expect, test } from 'vitest';
import { inviteLeftMs, mediaUpMs } from '../../../../edge/participating/limit.ts';
import { fine, group, phaseOf, registered, type Scene, says } from './scene.ts';

/** As set unless somebody says otherwise. */
const answerTimeoutMs = 30_000;

/** The INVITE is on its way to nobody. */
async function outOfReach(): Promise<Scene> {
  const { world, phone } = await registered();
  phone.manners.invite = 'leave';
  const leg = world.focus.open(group);
  await world.run(100);
  return { world, phone, focus: world.focus, leg };
}

describe('a client that has not answered an INVITE of the focus at all', () => {
  test('and registers again is invited anew at once, and is in the group [PFT-001]', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    await world.run(5000);
    phone.manners.invite = 200;
    phone.register();
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(phone.up).toHaveLength(1);
    await says(scene, 'hello');
    expect(phone.talk.texts).toEqual(['hello']);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('and registers again at once is invited anew when the INVITE has had its time', async () => {
    const scene = await outOfReach();
    const { world, phone } = scene;
    phone.manners.invite = 200;
    phone.register();
    await world.run(inviteLeftMs - 300);
    expect(phone.invites).toHaveLength(1);
    await world.run(300);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('and is not registered any more is not waited for: the user is away [PFT-009]', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    phone.register(0);
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });

  test('nor the one at its next registration is invited once more when it registers', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    await world.run(5000);
    phone.register();
    await world.run(5000);
    phone.manners.invite = 200;
    phone.register();
    await world.run(100);
    expect(phone.invites).toHaveLength(3);
    expect(phone.up).toHaveLength(1);
    expect(leg.isUp).toBe(true);
    fine(scene);
  });

  test('however often it registers holds up the focus for two answer timeouts at most', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    for (let passedMs = 0; passedMs < 2 * answerTimeoutMs; passedMs += 2000) {
      phone.register();
      await world.run(2000);
    }
    expect(leg.isUp).toBe(true);
    phone.manners.invite = 200;
    phone.register();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('and registers again is not invited anew if the focus gives up before the client is looked up', async () => {
    const { world, phone } = await outOfReach();
    await world.run(5000);
    phone.manners.invite = 200;
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    // Those of the registration; the client's comes after them.
    world.edge.release();
    await world.run(100);
    const before = phone.invites.length;
    world.focus.cancel();
    await world.run(100);
    world.edge.release();
    await world.run(1000);
    expect(world.focus.refusals).toEqual([487]);
    expect(phone.invites).toHaveLength(before);
    expect(world.edge.participating.size).toBe(0);
  });

  test('and registers again while the store does not answer is away until it does', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    await world.run(5000);
    phone.manners.invite = 200;
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    world.edge.lookups = 'fault';
    await world.run(2);
    world.edge.lookups = 'answer';
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('and is given up by the focus is not invited any more', async () => {
    const scene = await outOfReach();
    const { world, phone, focus, leg } = scene;
    await world.run(5000);
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    focus.cancel(leg);
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(500);
    expect(phone.invites).toHaveLength(1);
    fine(scene);
  });
});

describe('a client that rings for an INVITE of the focus, and registers again meanwhile', () => {
  test('is invited anew when nobody has answered in time, for it may have begun anew', async () => {
    const scene = await outOfReach();
    const { world, phone, leg } = scene;
    phone.ring();
    await world.run(5000);
    phone.register();
    await world.run(20_000);
    expect(phone.invites).toHaveLength(1);
    phone.manners.invite = 200;
    await world.run(10_000);
    expect(leg.isUp).toBe(true);
    expect(phone.invites).toHaveLength(2);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });
});

describe('a client that has accepted an INVITE, and whose media do not come up', () => {
  async function withoutMedia(): Promise<Scene> {
    const { world, phone } = await registered();
    phone.manners.isDeaf = true;
    const leg = world.focus.open(group);
    await world.run(500);
    phone.manners.isDeaf = false;
    expect(phone.up).toEqual([]);
    return { world, phone, focus: world.focus, leg };
  }

  test('is invited anew when it registers again, and gets what was said meanwhile [PFT-005]', async () => {
    const scene = await withoutMedia();
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.register();
    await world.run(mediaUpMs + 100);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.invites).toHaveLength(2);
    fine(scene);
  });

  test('is invited anew when it is registered elsewhere', async () => {
    const scene = await withoutMedia();
    const { world, phone } = scene;
    phone.restart();
    phone.register();
    await world.run(mediaUpMs + 100);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('is not invited anew when another device registers', async () => {
    const scene = await withoutMedia();
    const { world, phone } = scene;
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(mediaUpMs + 100);
    expect([...phone.invites, ...tablet.invites]).toHaveLength(1);
    fine(scene);
  });

  test('is not invited anew when they come up soon after all, or when it has gone by then', async () => {
    const { world, phone } = await registered();
    phone.manners.isDeaf = true;
    world.focus.open(group);
    await world.run(500);
    phone.register();
    phone.register();
    await world.run(mediaUpMs - 500);
    phone.bye('SIP;cause=200');
    await world.run(1000);
    expect(phone.invites).toHaveLength(1);
  });
});
