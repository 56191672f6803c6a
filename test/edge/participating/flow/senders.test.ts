/** What several users have said to one who is away: a session for each, one after another (001 8.3.2.9.1.1). */
import { describe, expect, test } from 'vitest';
import type { ParticipatingOptions } from '../../../../edge/participating/desk.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import type { Carried } from '../../../kit/virtual/station.ts';
import { World } from '../../../kit/virtual/world.ts';
import { alice, bob, carol } from './scene.ts';
import { fine, phase, type Scene, waiting } from './users.ts';

describe('several senders', () => {
  async function two(
    options: Partial<ParticipatingOptions> = {},
  ): Promise<Scene & { other: Client }> {
    const world = new World(options);
    const caller = world.client('laptop', 'alice');
    const other = world.client('desk', 'carol');
    caller.register();
    other.register();
    await world.run(100);
    caller.rejoin(bob, 'chat-1');
    other.rejoin(bob, 'chat-2');
    await world.run(100);
    other.say('first');
    await world.run(50);
    caller.say('second');
    await world.run(100);
    return { world, caller, other, phone: world.client('phone', 'bob') };
  }

  test('have their messages brought one after another, each in a session of its own, the oldest first [PFT-038, PFT-039, PFT-050]', async () => {
    const scene = await two();
    scene.phone.register();
    await scene.world.run(500);
    const senders = scene.phone.invites.map((invite) => header(invite, 'Referred-By'));
    expect(senders).toEqual([`<${carol}>`, `<${alice}>`]);
    expect(scene.phone.talk.texts).toEqual(['first', 'second']);
    fine(scene);
  });

  test('may be served the newest first [PFT-039]', async () => {
    const scene = await two({ isOldestFirst: false });
    scene.phone.register();
    await scene.world.run(500);
    expect(scene.phone.talk.texts).toEqual(['second', 'first']);
  });

  test('all wait for the next registration after a 480 [PFT-054]', async () => {
    const scene = await two();
    const { world, phone } = scene;
    phone.manners.invite = 480;
    phone.register();
    await world.run(500);
    expect(phone.invites).toHaveLength(1);
    phone.manners.invite = 200;
    phone.register();
    await world.run(500);
    expect(phone.talk.texts).toEqual(['first', 'second']);
    fine(scene);
  });

  test('are tried one after the other with another error, and a code of the provider ends the round [PFT-055, decision O-09]', async () => {
    const scene = await two({ stopCodes: [486] });
    scene.phone.manners.invite = 603;
    scene.phone.register();
    await scene.world.run(500);
    expect(scene.phone.invites).toHaveLength(2);
    scene.phone.manners.invite = 486;
    scene.phone.register();
    await scene.world.run(500);
    expect(scene.phone.invites).toHaveLength(3);
    fine(scene);
  });
});

test('an answer of the client is taken as RFC 3261 has it: rings, refuses, is acknowledged [PFT-152]', async () => {
  const scene = await waiting();
  const { world, phone } = scene;
  const seen: string[] = [];
  const sip = ({ from, message }: Carried): void => {
    if (from === phone.host && message.kind === 'response') seen.push(String(message.status));
    else if (message.kind === 'request' && message.method === 'ACK') seen.push('ACK');
  };
  phone.manners.invite = 'ring';
  phone.register();
  await world.run(100);
  world.network.watchers.push({ sip, msrp: () => {} });
  await world.run(5000);
  phone.answer(486);
  await world.run(5000);
  expect(seen).toEqual(['486', 'ACK']);
  expect(await phase(scene)).toBe('buffering');
  phone.manners.invite = 200;
  phone.register();
  await world.run(1000);
  expect(phone.talk.texts).toEqual(['one', 'two']);
});
