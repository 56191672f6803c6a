/** Our INVITE was sent to a client that was out of reach, and that shows after a while that it is there. */
import { describe, expect, test } from 'vitest';
import { inviteLeftMs } from '../../../../edge/participating/limit.ts';
import { away, ended, fine, group, registered, type Scene, says } from './scene.ts';

/** The client has registered, and gets nothing of what is sent to it then. */
async function outOfReach({ world, phone }: Scene, forMs: number): Promise<void> {
  phone.manners.invite = 'leave';
  phone.register();
  await world.run(forMs);
  phone.manners.invite = 200;
}

describe('a client that has not answered our INVITE at all', () => {
  test('and re-joins later is refused with 491, and invited anew at once [PFT-021, PFT-083]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    await outOfReach(scene, 5000);
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.refusals).toEqual([491]);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('and re-joins the ended session later gets what waits over a new INVITE, beside its re-join [D-15]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    await outOfReach(scene, 5000);
    phone.rejoin(focus.identity, 'c1');
    await world.run(500);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    await says({ ...scene, leg: focus.call }, 'three');
    expect(phone.talk.texts).toContain('three');
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('and re-joins the ended session from elsewhere gets what waits over that when the new INVITE has no answer either [O-12]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    await outOfReach(scene, 5000);
    phone.manners.invite = 'leave';
    phone.rejoin(focus.identity, 'c1');
    await world.run(inviteLeftMs - 200);
    expect(phone.talk.texts).toEqual([]);
    await world.run(400);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    await says({ ...scene, leg: focus.call }, 'three');
    expect(phone.talk.texts).toContain('three');
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('but for ringing, and re-joins the ended session, gets what waits when it answers, beside its re-join [D-15]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(1000);
    const ringing = phone.call;
    phone.rejoin(focus.identity, 'c1');
    await world.run(3000);
    expect(phone.talk.texts).toEqual([]);
    phone.answer(200, ringing);
    await world.run(200);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    fine(scene);
  });

  test('and re-joins at once is invited anew when the INVITE has had its time', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    await outOfReach(scene, 100);
    phone.rejoin(focus.identity, 'c1');
    await world.run(inviteLeftMs - 200);
    expect(phone.talk.texts).toEqual([]);
    await world.run(500);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    fine(scene);
  });

  test('and registers again at once is invited anew when the INVITE has had its time, and once', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    await outOfReach(scene, 100);
    phone.manners.invite = 'leave';
    const before = phone.invites.length;
    phone.register();
    phone.register();
    await world.run(inviteLeftMs - 200);
    expect(phone.invites).toHaveLength(before);
    await world.run(5000);
    expect(phone.invites).toHaveLength(before + 1);
  });

  test('and rings before the INVITE has had its time is not invited anew', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    await outOfReach(scene, 100);
    const before = phone.invites.length;
    phone.register();
    await world.run(100);
    phone.ring();
    await world.run(5000);
    expect(phone.invites).toHaveLength(before);
  });

  test('but for ringing, and begins anew, is invited at its new registration at once', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    await outOfReach(scene, 100);
    phone.ring();
    await world.run(100);
    phone.restart();
    phone.register();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('but for ringing on one device is left there when another one registers', async () => {
    const { world, phone } = await registered();
    const tablet = world.client('tablet', 'bob');
    phone.manners.invite = 'ring';
    const leg = world.focus.open(group);
    await world.run(100);
    tablet.register();
    await world.run(2000);
    expect(phone.cancels).toEqual([]);
    phone.answer();
    await world.run(100);
    expect(leg.isUp).toBe(true);
    expect(tablet.invites).toEqual([]);
  });
});
