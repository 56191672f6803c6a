/** The leg to the client: moved by the client, lost and brought back within its dialog, or idle. */
import { describe, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../../edge/bytes/text.ts';
import { away, bobInGroup, fine, inGroup, outcomes, phaseOf, says } from './scene.ts';

describe('a re-INVITE of the client', () => {
  test('with a new path moves the media; what it had not acknowledged comes over the new, with the same ids [PFT-026]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    phone.manners.message = 'leave';
    const ids = await says(scene, 'one');
    phone.manners.message = 200;
    phone.reinvite();
    await world.run(200);
    expect(phone.talk.ids).toEqual([...ids, ...ids]);
    expect(outcomes(focus, ids)).toEqual([200]);
    await says(scene, 'two');
    expect(phone.talk.texts.at(-1)).toBe('two');
    expect(phone.call.contact).toBe(focus.identity);
    fine(scene);
  });

  test('with the path it had keeps the media', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.refresh();
    await world.run(200);
    expect(phone.responses.at(-1)?.status).toBe(200);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('without an offer gets one: the session as it is, which goes on [RFC 3261 14.2]', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.reinvite(phone.call, new Uint8Array());
    await world.run(200);
    const offered = phone.responses.at(-1)?.response;
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(utf8Decode(offered?.body ?? new Uint8Array())).toMatch(/a=setup:actpass/);
    await says(scene, 'one');
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('without an offer is refused while there are no media [RFC 3261 21.4.26]', async () => {
    const { world, phone } = await inGroup();
    world.network.streams.cut(phone.host);
    await world.run(100);
    phone.reinvite(phone.call, new Uint8Array());
    await world.run(200);
    expect(phone.responses.at(-1)?.status).toBe(488);
  });

  test('without media is refused with 488', async () => {
    const { world, phone } = await inGroup();
    phone.reinvite(phone.call, utf8Encode('v=0\r\n'));
    await world.run(200);
    expect(phone.responses.at(-1)?.status).toBe(488);
  });

  test('after its media were lost brings it back into the session, and it gets what was kept', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    world.network.streams.cut(phone.host);
    await world.run(100);
    await says(scene, 'one');
    expect(await world.functions.kept(bobInGroup)).toEqual(['m1']);
    phone.reinvite();
    await world.run(200);
    expect(phone.talk.texts).toEqual(['one']);
    expect(await phaseOf(world)).toBe('joined');
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('whose media do not come about leaves it away', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    phone.manners.isDeaf = true;
    phone.reinvite();
    await world.run(12_000);
    expect(await phaseOf(world)).toBe('buffering');
  });
});

describe('within the dialog with the client', () => {
  test('any other request is refused with 405', async () => {
    const { world, phone } = await inGroup();
    phone.ask(phone.call, 'INFO');
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(405);
  });

  test('a BYE of a client whose media were lost before is a loss no more', async () => {
    const scene = await inGroup();
    const { world, phone } = scene;
    world.network.streams.cut(phone.host);
    await world.run(100);
    phone.bye('SIP;cause=480');
    await world.run(100);
    expect(phone.responses.at(-1)?.status).toBe(200);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('a BYE with cause 200 of a client whose media were lost before is a leave', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    world.network.streams.cut(phone.host);
    await world.run(100);
    phone.bye('SIP;cause=200');
    await world.run(100);
    expect(await phaseOf(world)).toBe('gone');
    expect(focus.byes).toHaveLength(1);
  });

  test('an old session that was replaced is not heard any more', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    const [old] = phone.up;
    phone.rejoin(focus.identity, 'c1');
    world.network.fate = ({ message }) =>
      message.kind === 'request' && message.method === 'BYE' ? [5000] : [1];
    await world.run(50);
    world.network.streams.cut(phone.host);
    await world.run(50);
    expect(old?.dialog).toBeDefined();
    expect(await phaseOf(world)).toBe('buffering');
  });
});

describe('a session without traffic', () => {
  test('is ended after the limit, and what comes is kept', async () => {
    const scene = await inGroup({ clientIdleMs: 60_000 });
    const { world, phone } = scene;
    await world.run(50_000);
    await says(scene, 'one');
    await world.run(59_000);
    expect(phone.byes).toEqual([]);
    await world.run(2_000);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('buffering');
    fine(scene);
  });

  test('of which nothing is left when the limit comes is nothing to end', async () => {
    const { world, phone } = await inGroup({ clientIdleMs: 60_000 });
    world.network.streams.cut(phone.host);
    await world.run(61_000);
    expect(phone.byes).toEqual([]);
    expect(await phaseOf(world)).toBe('buffering');
  });
});

describe('a typing notice', () => {
  test('goes to a client that is there, and is never kept [C-11]', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.type();
    await world.run(100);
    expect(phone.talk.got.map(({ contentType }) => contentType)).toEqual([
      'application/im-iscomposing+xml',
    ]);
    expect(focus.talk.outcomes.get('typing1')).toBe(200);
    phone.restart();
    await world.run(100);
    focus.type();
    focus.typeInCpim();
    await world.run(100);
    expect(focus.talk.outcomes.get('typing3')).toBe(200);
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    fine(scene);
  });
});

describe('a message larger than a segment', () => {
  test('is kept in parts and delivered whole [PFT-015]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    const text = 'x'.repeat(400_000);
    await says(scene, 'before', text, 'after');
    expect(outcomes(focus, ['m1', 'm2', 'm3'])).toEqual([200, 200, 200]);
    expect((await world.functions.kept(bobInGroup)).length).toBeGreaterThan(3);
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts).toEqual(['before', text, 'after']);
    fine(scene);
  });
});

describe('a client that says more than the focus takes', () => {
  test('is not read any further until the focus has answered, and nothing is lost', async () => {
    const scene = await inGroup();
    const { world, phone, focus } = scene;
    focus.manners.message = 'leave';
    const texts = Array.from({ length: 400 }, (_, index) => `text ${index}`);
    for (const text of texts) phone.say(text);
    await world.run(1000);
    expect(focus.talk.got.length).toBeLessThan(400);
    focus.manners.message = 200;
    focus.talk.answer();
    await world.run(1000);
    expect(focus.talk.texts).toEqual(texts);
    fine(scene);
  });
});
