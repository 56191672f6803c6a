/** A user with several devices: all are asked, one gets the session. */
import { describe, expect, test } from 'vitest';
import type { Client } from '../../../kit/virtual/client.ts';
import { World } from '../../../kit/virtual/world.ts';
import { fine, group, phaseOf, reasonOf, registered } from './scene.ts';

const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';

type Both = { readonly world: World; readonly phone: Client; readonly tablet: Client };

async function both(invite: number | 'ring' | 'leave'): Promise<Both> {
  const world = new World();
  const phone = world.client('phone', 'bob');
  const tablet = world.client('tablet', 'bob');
  for (const device of [phone, tablet]) {
    device.manners.invite = invite;
    device.register();
  }
  await world.run(100);
  world.focus.open(group);
  await world.run(100);
  return { world, phone, tablet };
}

describe('two devices of a user', () => {
  test('are both asked; the first to accept gets the session, the other is cancelled [PFT-002]', async () => {
    const { world, phone, tablet } = await both('ring');
    expect(world.focus.rang).toBe(2);
    tablet.answer();
    await world.run(100);
    expect(tablet.up).toHaveLength(1);
    expect(phone.up).toEqual([]);
    expect(phone.cancels.map(reasonOf)).toEqual([elsewhere]);
    expect((await world.state('bob', 'c1'))?.instance).toBe(`<${tablet.instance}>`);
  });

  test('that accept at the same time: one keeps its session, the other gets a BYE for it', async () => {
    const { world, phone, tablet } = await both(200);
    expect([...phone.up, ...tablet.up]).toHaveLength(1);
    expect([...phone.byes, ...tablet.byes].map(reasonOf)).toEqual([elsewhere]);
    expect(world.focus.call.isUp).toBe(true);
    fine({ world, phone, focus: world.focus, leg: world.focus.call });
  });

  test('of which one declines have declined; the other is not rung any longer [RFC 3261 16.7]', async () => {
    const { world, phone, tablet } = await both('ring');
    phone.answer(603);
    await world.run(100);
    expect(world.focus.refusals).toEqual([603]);
    expect(tablet.cancels).toHaveLength(1);
  });

  test('of which one is busy: the other may still accept, and its answer counts', async () => {
    const { world, phone, tablet } = await both('ring');
    phone.answer(486);
    await world.run(100);
    expect(world.focus.refusals).toEqual([]);
    tablet.answer(488);
    await world.run(100);
    // The first refusal is told, unless a later one declines; 486 is one that defers.
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('are no longer asked when the focus gives its INVITE up', async () => {
    const { world, phone, tablet } = await both('ring');
    world.focus.cancel();
    await world.run(100);
    expect([phone.cancels.length, tablet.cancels.length]).toEqual([1, 1]);
    expect(world.focus.refusals).toEqual([487]);
    expect(world.edge.participating.size).toBe(0);
    expect(await phaseOf(world)).toBeUndefined();
  });

  test('are not asked at all when the focus gives up before they are known', async () => {
    const { world, phone } = await registered();
    world.edge.lookups = 'hold';
    world.focus.open(group);
    await world.run(500);
    world.focus.cancel();
    await world.run(100);
    world.edge.lookups = 'answer';
    world.edge.release();
    await world.run(100);
    expect(phone.invites).toEqual([]);
    expect(world.focus.refusals).toEqual([487]);
  });

  test('that accept in the moment in which the focus gives up get a BYE', async () => {
    const { world, phone, tablet } = await both('ring');
    world.focus.cancel();
    await world.run(1);
    phone.answer();
    await world.run(200);
    expect(phone.up).toEqual([]);
    expect(phone.byes.length + phone.cancels.length).toBeGreaterThan(0);
    expect(tablet.cancels).toHaveLength(1);
    expect(world.edge.participating.size).toBe(0);
  });

  test('behind one contact, as a proxy forks: the second 200 gets a BYE', async () => {
    const { world, phone } = await registered();
    phone.manners.invite = 'leave';
    world.focus.open(group);
    await world.run(50);
    const first = phone.call;
    phone.answer();
    // The same answer with another tag: what a second device behind a proxy says.
    const { fate } = world.network;
    world.network.fate = fate;
    await world.run(100);
    expect(first.isUp).toBe(true);
  });
});
