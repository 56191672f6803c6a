/** INVITEs that wait when their edge ends, for a look-up, a decision or the focus: each is answered before the process is gone. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, away, ended, fine, group, phaseOf, registered, type Scene, says } from './scene.ts';

const ways = [
  ['gives what it holds to another', ({ edge }: World): void => edge.handOver('edge-2')],
  ['is alone', ({ edge }: World): void => edge.stop()],
] as const;

/** The next process of the edge is there, and the phone has found it. */
async function next({ world, phone }: Scene): Promise<void> {
  world.edge.kill();
  await world.startEdge();
  phone.register();
  await world.run(1_000);
}

describe.each(ways)('when an edge ends that %s', (_how, end) => {
  test('a re-join that waits for its decision is told to try again, and gets in at the next edge [RFC 3261 21.5.4, design 7]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    world.functions.isDown = true;
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([]);
    end(world);
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
    expect(phone.refused && header(phone.refused, 'Retry-After')).toBe('5');
    world.functions.isDown = false;
    world.functions.wake();
    await next(scene);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('a re-join that waits for a look-up is told to try again, once [RFC 3261 21.5.4]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    world.edge.lookups = 'hold';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    end(world);
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
    world.edge.release();
    await world.run(1_000);
    expect(phone.refusals).toEqual([503]);
    fine(scene);
  });

  test('a re-join that waits for the focus beside a delivery is told to try again [RFC 3261 21.5.4]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    focus.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(focus.invites).toHaveLength(1);
    expect(phone.refusals).toEqual([]);
    end(world);
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
    expect(phone.refused && header(phone.refused, 'Retry-After')).toBe('5');
    fine(scene);
  });

  test('a client that has asked the focus is told to try again [RFC 3261 21.5.4]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.create('sip:conference-factory@cf.test', 'c9', [alice]);
    await world.run(100);
    expect(focus.invites).toHaveLength(1);
    end(world);
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
    expect(focus.cancels).toHaveLength(1);
  });

  test('an INVITE of the focus that waits for a look-up is told to try again, once [RFC 3261 21.5.4]', async () => {
    const { world, phone } = await registered();
    world.edge.lookups = 'hold';
    world.focus.open(group);
    await world.run(100);
    end(world);
    await world.run(100);
    expect(world.focus.refusals).toEqual([503]);
    world.edge.release();
    await world.run(1_000);
    expect(world.focus.refusals).toEqual([503]);
    expect(phone.invites).toEqual([]);
    expect(world.edge.participating.size).toBe(0);
  });

  test('an INVITE that comes now is told to try again [design 7]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    end(world);
    await world.run(1);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
  });
});

describe('when an edge ends that is alone', () => {
  test('a group that still rings at a client is entered in its place, and the next process asks the client [design 7]', async () => {
    const world = new World();
    const phone = world.client('phone', 'bob');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    const leg = world.focus.open(group);
    await world.run(100);
    world.edge.stop();
    await world.run(100);
    expect(phone.cancels).toHaveLength(1);
    expect(leg.isUp).toBe(true);
    phone.manners.invite = 200;
    world.edge.kill();
    await world.startEdge();
    await world.run(1_000);
    expect(phone.up).toHaveLength(1);
    world.focus.say('one');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(world.functions.problems).toEqual([]);
  });
});
