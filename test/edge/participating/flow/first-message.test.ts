/** The first message that waits, within the INVITE for an ended session. */
import { describe, expect, test } from 'vitest';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import { away, ended, fine, phaseOf } from './scene.ts';
import { cpimOf, sdpOf } from './users.ts';

function invite(phone: Client): SipRequest | undefined {
  return phone.invites.at(-1);
}

describe('the INVITE for an ended session', () => {
  test('brings the first message, which comes again over MSRP with the same id [PFT-067, D-07, O-11]', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    phone.register();
    await world.run(1000);
    expect(cpimOf(invite(phone))).toContain('imdn.Message-ID: imdn-m1');
    expect(cpimOf(invite(phone))?.endsWith('one')).toBe(true);
    expect(sdpOf(invite(phone))).toContain('a=sendonly');
    expect(phone.talk.texts.slice(0, 2)).toEqual(['one', 'two']);
    fine(scene);
  });

  test('brings none where the provider wants that, or when it is too long [D-07]', async () => {
    const quiet = await ended(['one'], { isFirstRepeated: false });
    const long = await ended(['x'.repeat(20_000)]);
    const parts = await ended(['x'.repeat(200_000)]);
    for (const { world, phone } of [quiet, long, parts]) {
      phone.register();
      await world.run(1000);
      expect(cpimOf(invite(phone))).toBeUndefined();
      expect(phone.talk.got.length).toBe(2);
    }
  });

  test('goes without it if the store does not show it in time', async () => {
    const scene = await ended();
    const { world, phone } = scene;
    world.edge.lookups = 'fault';
    phone.register();
    await world.run(2500);
    expect(phone.invites).toHaveLength(1);
    world.edge.lookups = 'answer';
    await world.run(40_000);
    expect(await phaseOf(world)).toBe('inactive');
  });

  test('is not sent when the client comes in by itself meanwhile [PFT-036]', async () => {
    const { world, phone, focus } = await ended();
    world.edge.lookups = 'hold';
    phone.register();
    await world.run(100);
    world.edge.lookups = 'answer';
    phone.rejoin(focus.identity, 'c1');
    await world.run(100);
    world.edge.release();
    await world.run(1000);
    const texts = phone.talk.texts.filter((text) => !text.startsWith('<'));
    expect(texts).toEqual(['one', 'two']);
    expect(phone.up).toHaveLength(1);
    expect(await phaseOf(world)).toBe('joined');
  });
});

test('the INVITE into a running session brings no message [PFT-058]', async () => {
  const { world, phone, focus } = await away();
  focus.say('one');
  await world.run(100);
  phone.register();
  await world.run(1000);
  expect(cpimOf(invite(phone))).toBeUndefined();
  expect(phone.talk.texts).toEqual(['one']);
});
