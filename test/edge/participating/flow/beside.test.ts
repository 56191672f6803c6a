/** A re-joined session that waits beside the delivery of an ended one, and how either of the two may go (decisions D-15 and O-12). */
import { describe, expect, test } from 'vitest';
import type { Call } from '../../../kit/virtual/call.ts';
import {
  bob,
  ended,
  fine,
  left,
  nothingLeft,
  phaseOf,
  reasonOf,
  type Scene,
  says,
} from './scene.ts';

type Beside = Scene & { readonly delivery: Call; readonly next: Call };

/** The phone is being delivered to and has not acknowledged anything; its re-join was accepted beside that. */
async function beside(): Promise<Beside> {
  const scene = await ended();
  const { world, phone, focus } = scene;
  phone.manners.message = 'leave';
  phone.register();
  await world.run(100);
  const delivery = phone.call;
  const next = phone.rejoin(focus.identity, 'c1');
  await world.run(100);
  expect([delivery.isUp, next.isUp]).toEqual([true, true]);
  return { ...scene, leg: focus.call, delivery, next };
}

async function acknowledge({ world, phone }: Scene): Promise<void> {
  phone.manners.message = 200;
  phone.talk.answer();
  await world.run(500);
}

describe('beside a delivery, the re-joined session', () => {
  test('that the client leaves is the end of it all [PFT-032]', async () => {
    const scene = await beside();
    const { world, phone, focus, next } = scene;
    phone.bye(left, next);
    await world.run(100);
    expect(phone.byes.map(reasonOf)).toEqual(['SIP;cause=200;text="Call completed elsewhere"']);
    expect(focus.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
    await nothingLeft(world);
  });

  test('that is cut off by a BYE leaves the delivery, which goes on as the session for all', async () => {
    const scene = await beside();
    const { world, phone, delivery, next } = scene;
    phone.bye('SIP;cause=480', next);
    await world.run(100);
    await acknowledge(scene);
    await says(scene, 'three');
    expect(delivery.isOver).toBe(false);
    expect(phone.talk.texts).toContain('three');
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });

  test('whose media break is ended, and the delivery goes on', async () => {
    const scene = await beside();
    const { world, phone, delivery, next } = scene;
    phone.node.do(() => phone.node.msrp.close(world.nowMs, next.session));
    await world.run(100);
    expect(next.isOver).toBe(true);
    expect(delivery.isOver).toBe(false);
    await acknowledge(scene);
    await says(scene, 'three');
    expect(phone.talk.texts).toContain('three');
    fine(scene);
  });

  test('takes over what is left when the delivery is cut off by a BYE [O-12]', async () => {
    const scene = await beside();
    const { world, phone, delivery, next } = scene;
    phone.talk.answer(200, 1);
    await world.run(100);
    phone.manners.message = 200;
    phone.bye('SIP;cause=480', delivery);
    await world.run(500);
    expect(phone.talk.ids.filter((id) => id === 'm2')).toHaveLength(2);
    expect(phone.talk.ids.filter((id) => id === 'm1')).toHaveLength(1);
    await says(scene, 'three');
    expect(phone.talk.texts.at(-1)).toBe('three');
    expect(phone.up).toEqual([next]);
    fine(scene);
  });
});

describe('a re-join that waits for the focus beside a delivery', () => {
  test('is answered 503 when this edge has to let go of the participation', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    const participation = await world.state('bob', 'c1');
    if (participation === undefined) throw new Error('nothing is kept');
    const name = { user: bob, contributionId: 'c1' };
    const command = { kind: 'release', participation, cause: 603 } as const;
    const message = { id: 'x', name, command };
    world.edge.node.do(() => world.edge.participating.command(world.nowMs, message));
    await world.run(100);
    expect(phone.refusals).toEqual([503]);
    expect(world.edge.participating.size).toBe(0);
  });
});
