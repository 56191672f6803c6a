/** What a client answers to the invitation that brings it back, and how it is lost again. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import {
  away,
  bobInGroup,
  fine,
  inGroup,
  outcomes,
  phaseOf,
  reasonOf,
  requestsOf,
  says,
} from './scene.ts';

describe('a client that answers its invitation', () => {
  test('with 603 has everything discarded, and is out of the group [PFT-063, PFT-064, PFT-065]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    phone.manners.invite = 603;
    phone.register();
    await world.run(100);
    expect(focus.byes.map(reasonOf)).toEqual(['SIP;cause=603']);
    const subscribes = requestsOf(focus, 'SUBSCRIBE');
    expect(subscribes.map((request) => header(request, 'Expires'))).toEqual(['3600', '0']);
    expect(await phaseOf(world)).toBe('gone');
    expect(await world.functions.kept(bobInGroup)).toEqual([]);
    fine(scene);
  });

  test.each([480, 486, 500])(
    'with %i keeps everything for the next time [PFT-066, PFT-069]',
    async (status) => {
      const scene = await away();
      const { world, phone } = scene;
      await says(scene, 'one');
      phone.manners.invite = status;
      phone.register();
      await world.run(10_000);
      expect(await phaseOf(world)).toBe('buffering');
      expect(phone.invites).toHaveLength(2);
      phone.manners.invite = 200;
      phone.register();
      await world.run(100);
      expect(phone.talk.texts).toEqual(['one']);
      fine(scene);
    },
  );

  test('with an error is tried again as often as the provider wants [PFT-066, PFT-073]', async () => {
    const scene = await away({ deliveryRetries: 1 });
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    expect(phone.invites).toHaveLength(2);
    phone.manners.invite = 200;
    await world.run(6_000);
    expect(phone.talk.texts).toEqual(['one']);
  });

  test('with an error is tried again too if the session ends before the next attempt [PFT-066, PFT-073]', async () => {
    const scene = await away({ deliveryRetries: 1 });
    const { world, phone, focus } = scene;
    await says(scene, 'one');
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    focus.bye();
    phone.manners.invite = 200;
    await world.run(6_000);
    expect(phone.talk.texts[0]).toBe('one');
    expect(await phaseOf(world)).toBe('gone');
    fine(scene);
  });

  test('with an error is tried at once at its next registration, before the next attempt is due [PFT-001, PFT-073]', async () => {
    const scene = await away({ deliveryRetries: 1 });
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 480;
    phone.register();
    await world.run(100);
    phone.manners.invite = 200;
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    fine(scene);
  });

  test('not at all keeps everything, and is let go of after the answer timeout', async () => {
    const scene = await away({ answerTimeoutMs: 20_000 });
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(21_000);
    expect(phone.cancels).toHaveLength(1);
    expect(await phaseOf(world)).toBe('buffering');
  });

  test('without a session description gets a BYE, and keeps what waits', async () => {
    const scene = await away();
    const { world, phone } = scene;
    phone.manners.sdp = new TextEncoder().encode('v=0\r\n');
    phone.register();
    await world.run(100);
    expect(phone.byes).toHaveLength(1);
    expect(await phaseOf(world)).toBe('buffering');
  });
});

describe('a client that registers while its invitation is out', () => {
  test('is invited anew where nobody has answered at all', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.invite = 'leave';
    phone.register();
    await world.run(10);
    expect(phone.invites).toHaveLength(2);
    world.network.offline.add(phone.host);
    phone.restart();
    await world.run(1000);
    world.network.offline.delete(phone.host);
    phone.manners.invite = 200;
    phone.register();
    await world.run(1000);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });

  test('is left in peace where it rings', async () => {
    const scene = await away();
    const { world, phone } = scene;
    phone.manners.invite = 'ring';
    phone.register();
    await world.run(100);
    phone.register();
    await world.run(100);
    expect(phone.invites).toHaveLength(2);
    phone.answer();
    await world.run(100);
    expect(phone.up).toHaveLength(1);
    fine(scene);
  });
});

describe('a client that is lost again', () => {
  test('in the middle of a delivery gets the rest the next time, with the same ids, and nothing is lost [PFT-101]', async () => {
    const scene = await away();
    const { world, phone, focus } = scene;
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`);
    const ids = await says(scene, ...texts);
    expect(new Set(outcomes(focus, ids))).toEqual(new Set([200]));
    phone.manners.message = 'leave';
    phone.register();
    await world.run(100);
    expect(phone.talk.got).toHaveLength(64);
    phone.talk.answer(200, 40);
    await world.run(100);
    const before = phone.talk.ids.length;
    phone.restart();
    phone.manners.message = 200;
    await world.run(100);
    phone.register();
    await world.run(1000);
    const after = phone.talk.ids.slice(before);
    expect(new Set(phone.talk.ids)).toEqual(new Set(ids));
    expect(after[0]).toBe('m41');
    expect(after).toEqual(ids.slice(40));
    fine(scene);
  });

  test('while its session is being set up keeps everything [PFT-088]', async () => {
    const scene = await away();
    const { world, phone } = scene;
    await says(scene, 'one');
    phone.manners.isDeaf = true;
    phone.register();
    await world.run(11_000);
    expect(await phaseOf(world)).toBe('buffering');
    phone.manners.isDeaf = false;
    phone.register();
    await world.run(100);
    expect(phone.talk.texts).toEqual(['one']);
    expect(phone.byes).toHaveLength(1);
  });

  test('and was registered while the loss went on is invited at once [PFT-092]', async () => {
    const { world, phone } = await inGroup();
    phone.register();
    await world.run(10);
    world.network.streams.cut('phone.test');
    phone.register();
    await world.run(200);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
  });
});
