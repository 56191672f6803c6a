/** The leg to the focus: moved by the focus, lost and recovered, or given up. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import { joinPauseMs, joinTriesMax } from '../../../../edge/participating/limit.ts';
import { away, ended, fine, inGroup, outcomes, phaseOf, says, valuesOf } from './scene.ts';

const none = utf8Encode('v=0\r\n');

describe('a re-INVITE of the focus', () => {
  test('with a new path moves the media, and what was under way comes once [PFT-026]', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    const before = leg.session;
    focus.reinvite(leg);
    await world.run(200);
    expect(leg.session).not.toBe(before);
    expect(leg.isUp).toBe(true);
    const ids = await says(scene, 'one');
    phone.say('hello');
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(focus.talk.texts).toEqual(['hello']);
    fine(scene);
  });

  test('with the path it had keeps the media [RFC 3264 8]', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    focus.refresh(leg);
    await world.run(200);
    expect(focus.responses.at(-1)?.status).toBe(200);
    expect(leg.isUp).toBe(true);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('without an offer gets one: the session as it is, which goes on [RFC 3261 14.2]', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    focus.reinvite(leg, new Uint8Array());
    await world.run(200);
    expect(focus.responses.at(-1)?.status).toBe(200);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('without media is refused with 488, and nothing changes', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    focus.reinvite(leg, none);
    await world.run(200);
    expect(focus.responses.at(-1)?.status).toBe(488);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
  });
});

describe('any other request within the dialog with the focus', () => {
  test('is refused with 405', async () => {
    const { world, focus, leg } = await inGroup();
    focus.ask(leg, 'INFO');
    await world.run(100);
    expect(focus.responses.at(-1)?.status).toBe(405);
  });
});

describe('a broken connection to the focus', () => {
  test('is mended by a re-INVITE; what the client has said meanwhile goes out then, once [RFC 4975 5.4]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 'leave';
    world.network.streams.cut(focus.host);
    await world.run(100);
    const id = phone.say('hello');
    await world.run(100);
    expect(focus.talk.texts).toEqual([]);
    focus.manners.update = 200;
    focus.answerUpdate();
    await world.run(200);
    expect(focus.talk.texts).toEqual(['hello']);
    expect(phone.talk.outcomes.get(id)).toBe(200);
    const ids = await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    expect(outcomes(focus, ids)).toEqual([200]);
    expect(phone.byes).toEqual([]);
    fine(scene);
  });

  test('has what the focus repeats recognised: it is delivered once', async () => {
    const scene = await inGroup();
    const { world, phone, focus, leg } = scene;
    await says(scene, 'one');
    world.network.streams.cut(focus.host);
    await world.run(200);
    focus.repeat('m1', 'one', leg);
    await world.run(100);
    expect(phone.talk.ids).toEqual(['m1']);
    expect(focus.talk.outcomes.get('m1')).toBe(200);
    fine(scene);
  });

  test('is followed by an INVITE to the group session where the focus has forgotten the dialog', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 481;
    world.network.streams.cut(focus.host);
    await world.run(200);
    const [invite] = focus.invites;
    expect(invite?.uri).toBe(focus.identity);
    expect(valuesOf(invite, 'Contribution-ID')).toEqual(['c1']);
    expect(valuesOf(invite, 'P-Asserted-Identity')).toEqual([`<${phone.uri}>`]);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    expect((await world.state('bob', 'c1'))?.phase).toBe('joined');
    fine(scene);
  });

  test('to a focus that says nothing within its dialog is followed by an INVITE after some seconds', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 'leave';
    world.network.streams.cut(focus.host);
    await world.run(100);
    expect(focus.invites).toHaveLength(0);
    await world.run(5_000);
    expect(focus.invites).toHaveLength(1);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    focus.answerUpdate();
    await world.run(1_000);
    await says(scene, 'two');
    expect(phone.talk.texts).toEqual(['one', 'two']);
    fine(scene);
  });

  test('to a focus that answers without media is followed by an INVITE too', async () => {
    const scene = await inGroup();
    const { world, focus } = scene;
    focus.manners.sdp = none;
    world.network.streams.cut(focus.host);
    await world.run(50);
    expect(focus.invites).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
  });

  test('ends the session where the focus takes nobody back, also for a client that is there', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 481;
    focus.manners.invite = 404;
    world.network.streams.cut(focus.host);
    await world.run(200);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
    expect(world.edge.participating.size).toBe(0);
    fine(scene);
  });

  test('while the client is away keeps what was said, and ends the session where the focus is out of reach', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    world.network.kill(focus.host);
    await world.run(joinTriesMax * joinPauseMs + 1000);
    expect(await phaseOf(world)).toBe('inactive');
    phone.register();
    await world.run(100);
    expect(phone.talk.texts[0]).toBe('one');
    fine(scene);
  });

  test('that breaks again while it is being mended is mended once more', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.network.streams.cut(focus.host);
    await world.run(200);
    world.network.streams.cut(focus.host);
    await world.run(200);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    expect(focus.byes).toEqual([]);
    fine(scene);
  });

  test('that never came about gives the focus up', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.isDeaf = true;
    world.network.streams.cut(focus.host);
    await world.run(15_000);
    expect(focus.byes).toHaveLength(1);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('after the re-INVITE the user has left brings nobody back', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.update = 'leave';
    world.network.streams.cut(focus.host);
    await world.run(100);
    phone.bye('SIP;cause=200');
    await world.run(100);
    focus.answerUpdate(481);
    await world.run(100);
    expect(focus.invites).toEqual([]);
    expect(await phaseOf(world)).toBe('gone');
  });
});

describe('the INVITE that re-starts a group', () => {
  test('whose answer crosses the loss of the client ends in a BYE at the focus', async () => {
    const scene = await ended();
    const { world, phone, focus } = scene;
    focus.manners.invite = 'ring';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    phone.restart();
    await world.run(1);
    focus.answer();
    await world.run(200);
    expect(focus.byes.length + focus.cancels.length).toBeGreaterThan(0);
    expect(focus.up).toEqual([]);
    expect(await phaseOf(world)).toBe('inactive');
    fine(scene);
  });
});
