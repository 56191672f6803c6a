/** What a client's session is, told anew within its dialog: after a re-start, and when a session that only delivered goes on. */
import { expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import type { Carried } from '../../../kit/virtual/station.ts';
import type { World } from '../../../kit/virtual/world.ts';
import { bob, ended, group, inGroup, phaseOf } from './scene.ts';
import { sdpOf } from './users.ts';

/** The re-INVITEs that a client gets. */
function reinvites(world: World, client: Client): SipRequest[] {
  const seen: SipRequest[] = [];
  const sip = ({ to, message }: Carried): void => {
    if (to !== client.host || message.kind !== 'request' || message.method !== 'INVITE') return;
    if (header(message, 'To')?.includes(';tag=')) seen.push(message);
  };
  world.network.watchers.push({ sip, msrp: () => {} });
  return seen;
}

test('a client that has re-joined is told the identity of the group that was started again [PFT-079]', async () => {
  const { world, phone, focus } = await ended();
  const seen = reinvites(world, phone);
  const old = focus.identity;
  focus.identity = 'sip:group-2@cf.test';
  phone.rejoin(old, 'c1');
  await world.run(1000);
  expect(seen.map((request) => header(request, 'Contact'))).toEqual([
    expect.stringMatching(/^<sip:group-2@cf\.test>;isfocus/),
  ]);
  focus.say('three');
  phone.say('hello');
  await world.run(100);
  expect(phone.talk.texts.at(-1)).toBe('three');
  expect(focus.talk.texts).toEqual(['hello']);
});

test('a session that only delivered is one in both directions when the focus is back [PFT-061]', async () => {
  const { world, phone, focus } = await ended();
  phone.manners.message = 'leave';
  phone.register();
  await world.run(100);
  const seen = reinvites(world, phone);
  focus.open(group);
  await world.run(100);
  phone.manners.message = 200;
  phone.talk.answer();
  await world.run(1000);
  expect(seen.map(sdpOf).map((sdp) => sdp.includes('a=sendrecv'))).toEqual([true]);
  expect(phone.byes).toEqual([]);
  phone.say('hello');
  await world.run(100);
  expect(focus.talk.texts).toEqual(['hello']);
  expect(await phaseOf(world)).toBe('joined');
});

test('a client that refuses stays in its session [RFC 3261 14.1]', async () => {
  const { world, phone, focus } = await ended();
  phone.manners.update = 488;
  const old = focus.identity;
  focus.identity = 'sip:group-2@cf.test';
  phone.rejoin(old, 'c1');
  await world.run(1000);
  focus.say('three');
  await world.run(100);
  expect(phone.talk.texts.at(-1)).toBe('three');
  expect(await phaseOf(world)).toBe('joined');
});

test('a client whose session is as it was is told nothing', async () => {
  const { world, phone, focus } = await inGroup();
  const seen = reinvites(world, phone);
  phone.restart();
  await world.run(100);
  focus.say('one');
  phone.register();
  await world.run(1000);
  expect(seen).toEqual([]);
  expect((await world.functions.state({ user: bob, contributionId: 'c1' }))?.phase).toBe('joined');
});
