/**
 * A client re-joins while the delivery that it had is being closed: everything is delivered, and the last notification or our BYE has no answer
 * yet. What it asks for now counts; the closing ends nothing but the old session.
 */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import type { Call } from '../../../kit/virtual/call.ts';
import type { Carried } from '../../../kit/virtual/station.ts';
import {
  ended,
  fine,
  group,
  isLive,
  outcomes,
  phaseOf,
  reasonOf,
  type Scene,
  says,
} from './scene.ts';

/** Answers of the phone to requests of a method take so long. */
function slow({ world, phone }: Scene, method: string, delayMs: number): void {
  world.network.fate = ({ from, message }: Carried) => {
    const isSlow =
      from === phone.host &&
      message.kind === 'response' &&
      (header(message, 'CSeq') ?? '').endsWith(method);
    return [isSlow ? delayMs : 1];
  };
}

/** The phone has been given all that waited, and has not answered our BYE. */
async function byeOut(scene: Scene): Promise<void> {
  slow(scene, 'BYE', 400);
  scene.phone.register();
  await scene.world.run(100);
  expect(scene.phone.byes).toHaveLength(1);
}

describe('a re-join while our BYE is out', () => {
  test('is accepted, stays, and the group runs again [O-14, D-15]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    await byeOut(scene);
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(2_000);
    expect(phone.byes).toHaveLength(1);
    expect(phone.up).toEqual([call]);
    expect(await phaseOf(world)).toBe('joined');
    const ids = await says(scene, 'now');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts.at(-1)).toBe('now');
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(focus.talk.texts).toEqual(['hello']);
    fine(scene);
  });

  test('is accepted, and told by BYE with the code if the focus refuses [PFT-080]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 403;
    await byeOut(scene);
    phone.rejoin(focus.identity, 'c1');
    await world.run(2_000);
    expect(phone.byes.map(reasonOf).at(-1)).toBe('SIP;cause=403');
    expect(phone.up).toEqual([]);
    expect(await phaseOf(world)).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
    fine(scene);
  });

  test('after a re-start that failed begins another one [PFT-080, PFT-085]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    slow(scene, 'BYE', 400);
    focus.manners.invite = 403;
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    expect(phone.byes).toHaveLength(1);
    focus.manners.invite = 200;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(2_000);
    expect(phone.up).toEqual([call]);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
    await says(scene, 'now');
    expect(phone.talk.texts.at(-1)).toBe('now');
    phone.restart();
    await world.run(100);
    await says(scene, 'later');
    focus.bye();
    await world.run(100);
    phone.register();
    await world.run(2_000);
    expect(phone.talk.texts).toContain('later');
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });
});

describe('a re-join that is decided on after our BYE was answered', () => {
  /** The phone has re-joined while our BYE was out, and the functions are late. */
  async function late(scene: Scene): Promise<Call> {
    const { world, phone, focus } = scene;
    await byeOut(scene);
    world.functions.isDown = true;
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(500);
    world.functions.isDown = false;
    world.functions.wake();
    await world.run(2_000);
    return call;
  }

  test('asks the focus to re-start the group, and brings the client into it [PFT-079]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    const call = await late(scene);
    expect(phone.refusals).toEqual([]);
    expect(phone.up).toEqual([call]);
    expect(focus.invites).toHaveLength(1);
    expect(focus.invites[0]?.uri).toBe('sip:conference-factory@cf.test');
    expect(await phaseOf(world)).toBe('joined');
    const ids = await says(scene, 'now');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts.at(-1)).toBe('now');
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(focus.talk.texts).toEqual(['hello']);
    expect((await world.state('bob', 'c1'))?.roster).toEqual(group.members);
    fine(scene);
  });

  test('hears what the focus answers to that [PFT-080]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 403;
    await late(scene);
    expect(phone.refusals).toEqual([403]);
    expect(phone.up).toEqual([]);
    expect(await phaseOf(world)).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
    fine(scene);
  });
});

describe('a re-join while the last notification has no answer yet', () => {
  test('is accepted, stays, and the group runs again [O-14, D-15]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    phone.subscribe(focus.identity);
    await world.run(100);
    slow(scene, 'NOTIFY', 400);
    phone.manners.message = 200;
    phone.talk.answer();
    await world.run(100);
    expect(phone.notified.at(-1)?.state).toContain('terminated');
    expect(phone.byes).toEqual([]);
    const call = phone.rejoin(focus.identity, 'c1');
    await world.run(2_000);
    expect(phone.up).toEqual([call]);
    expect(await phaseOf(world)).toBe('joined');
    await isLive(scene);
    fine(scene);
  });
});

describe('a focus that invites while our BYE is out', () => {
  test('is passed on to the client, and nothing of the closing ends the new session [design 5.7]', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    await byeOut(scene);
    const leg = focus.open(group);
    await world.run(2_000);
    expect(leg.isUp).toBe(true);
    expect(phone.up).toHaveLength(1);
    expect(phone.byes).toHaveLength(1);
    await isLive(scene);
    expect(await phaseOf(world)).toBe('joined');
    fine(scene);
  });
});
