/** INVITEs that meet while a session is only beginning, and decisions that come too late. */
import { describe, expect, test } from 'vitest';
import type { World } from '../../../kit/virtual/world.ts';
import {
  alice,
  away,
  bob,
  fine,
  group,
  inGroup,
  nothingLeft,
  phaseOf,
  registered,
  says,
} from './scene.ts';

async function ringing(): Promise<{ world: World; phone: ReturnType<World['client']> }> {
  const { world, phone } = await registered();
  phone.manners.invite = 'ring';
  world.focus.open(group);
  await world.run(100);
  return { world, phone };
}

describe('while the phone rings for the focus', () => {
  test('another INVITE of the focus takes the place of the first, which is answered 487', async () => {
    const { world, phone } = await ringing();
    const second = world.focus.open(group);
    await world.run(300);
    expect(world.focus.refusals).toEqual([487]);
    expect(phone.cancels).toHaveLength(1);
    phone.answer();
    await world.run(100);
    expect(second.isUp).toBe(true);
    expect(phone.up).toHaveLength(1);
  });

  test('a re-join is answered 491: one session comes about [PFT-083]', async () => {
    const { world, phone } = await ringing();
    const invited = phone.call;
    phone.rejoin(world.focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([491]);
    phone.answer(200, invited);
    await world.run(100);
    expect(phone.up).toEqual([invited]);
  });
});

describe('while the focus rings for a client', () => {
  test('its own INVITE for the same session is answered 491: one session comes about', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    const called = focus.call;
    focus.open(group);
    await world.run(100);
    expect(focus.refusals).toEqual([491]);
    focus.answer(200, called);
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('its own INVITE from before its answer is refused with 491, also if the user is found only behind that', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.manners.invite = 'ring';
    phone.create('sip:conference-factory@rejoin.test', 'c1', [alice]);
    await world.run(100);
    const called = focus.call;
    world.edge.lookups = 'hold';
    focus.open(group);
    await world.run(100);
    focus.answer(200, called);
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(100);
    expect(focus.refusals).toEqual([491]);
    expect(focus.up).toEqual([called]);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('its own INVITE that comes right behind its answer was sent before, and is refused with 491', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    phone.create('sip:conference-factory@rejoin.test', 'c1', [alice]);
    await world.run(100);
    const called = focus.call;
    focus.open(group);
    await world.run(100);
    expect(focus.refusals).toEqual([491]);
    expect(focus.up).toEqual([called]);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });
});

describe('a re-join', () => {
  test('that the functions find over is relayed to the focus [PFT-029]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isDown = true;
    focus.bye();
    await world.run(100);
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(100);
    expect(focus.invites).toHaveLength(1);
    expect(call.isUp).toBe(true);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('that is to be relayed is answered 503 when the store does not answer', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.functions.isDown = true;
    focus.bye();
    await world.run(100);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    world.edge.lookups = 'fault';
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
  });

  test.each([
    ['the user is known', 1],
    ['the called address is looked up', 2],
  ])('that is cancelled before %s comes to nothing', async (_name, lookups) => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.bye('SIP;cause=200');
    await world.run(100);
    world.edge.lookups = 'hold';
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    if (lookups === 2) world.edge.release();
    await world.run(300);
    phone.cancel(call);
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(100);
    expect(phone.refusals).toEqual([487]);
    expect(focus.invites).toEqual([]);
    expect(world.edge.participating.size).toBe(0);
    await nothingLeft(world);
  });

  test('of a device without an instance is served, and keeps no device', async () => {
    const scene = await inGroup({}, { hasInstance: false });
    const { world, phone, focus } = scene;
    phone.restart();
    await world.run(100);
    await says(scene, 'one');
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect((await world.state('bob', 'c1'))?.instance).toBeUndefined();
    phone.bye('SIP;cause=200');
    await world.run(100);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect((await world.state('bob', 'c1'))?.instance).toBeUndefined();
    fine(scene);
  });

  test('of another device that was given up leaves the session that stands', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const tablet = world.client('tablet', 'bob');
    tablet.register();
    await world.run(100);
    world.functions.isDown = true;
    const call = tablet.rejoin(focus.identity, 'c1');
    await world.run(300);
    tablet.cancel(call);
    await world.run(100);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });
});

describe('a command', () => {
  test('about a call that is over does nothing', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    const participation = await world.state('bob', 'c1');
    if (participation === undefined) throw new Error('bob is in no group');
    const name = { user: bob, contributionId: 'c1' };
    const say = (command: Parameters<typeof world.edge.participating.command>[1]['command']) =>
      world.edge.node.do(() =>
        world.edge.participating.command(world.nowMs, { id: 'again', name, command }),
      );
    say({ kind: 'accept-rejoin', call: 'edge-1/99', participation });
    say({ kind: 'refuse-rejoin', call: 'edge-1/99', status: 491 });
    say({ kind: 'relay-rejoin', call: 'edge-1/99' });
    say({ kind: 'invite-again', participation: { ...participation, contributionId: 'c9' } });
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect(phone.invites).toHaveLength(1);
    fine(scene);
  });

  test('of an earlier epoch does nothing, and a call that it was to accept is answered 503', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const before = await world.state('bob', 'c1');
    if (before === undefined) throw new Error('bob is in no group');
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.open(group);
    await world.run(100);
    expect((await world.state('bob', 'c1'))?.epoch).toBe(3);
    world.functions.isDown = true;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(10);
    const { participating } = world.edge;
    const name = { user: bob, contributionId: 'c1' };
    const kinds = ['invite-client', 'release', 'restore'] as const;
    world.edge.node.do(() => {
      for (const kind of kinds) {
        const command = { kind, participation: before, cause: 603 };
        participating.command(world.nowMs, { id: kind, name, command });
      }
    });
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect(call.isOver).toBe(false);
    expect(focus.byes).toHaveLength(1);
  });
});
