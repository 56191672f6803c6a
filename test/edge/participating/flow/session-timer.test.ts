/** Session timers (RFC 4028) of the sessions that this function sets up with clients. */
import { expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import type { Client } from '../../../kit/virtual/client.ts';
import type { Carried } from '../../../kit/virtual/station.ts';
import type { World } from '../../../kit/virtual/world.ts';
import { away } from './scene.ts';
import { talking } from './users.ts';

const asked = [
  { name: 'Session-Expires', value: '90;refresher=uac' },
  { name: 'Require', value: 'timer' },
];

/** Methods of the requests within the last session of a client, as the function sends them. */
function refreshes(world: World, client: Client): string[] {
  const seen: string[] = [];
  const sip = ({ to, message }: Carried): void => {
    if (to !== client.host || message.kind !== 'request') return;
    if (header(message, 'To')?.includes(';tag=') && message.method !== 'ACK') {
      seen.push(message.method);
    }
  };
  world.network.watchers.push({ sip, msrp: () => {} });
  return seen;
}

test('a delivery between two users is refreshed in time [PFT-049, PFO-013]', async () => {
  const { world, caller, phone } = await talking();
  phone.restart();
  await world.run(100);
  // One is in flight at a time, so that the delivery takes long.
  for (const letter of ['a', 'b', 'c']) caller.say(letter.repeat(700_000));
  await world.run(1000);
  phone.manners.inviteHeaders = asked;
  phone.manners.message = 'leave';
  const seen = refreshes(world, phone);
  phone.register();
  for (let count = 0; count < 2; count++) {
    await world.run(25_000);
    phone.talk.answer();
  }
  await world.run(1000);
  expect(phone.talk.got.map(({ text }) => text.at(-1))).toEqual(['a', 'b', 'c']);
  expect(seen).toContain('UPDATE');
});

test('a client that the function brings back into its group is refreshed in time [PFT-069]', async () => {
  const { world, phone } = await away();
  phone.manners.inviteHeaders = asked;
  const seen = refreshes(world, phone);
  phone.register();
  await world.run(50_000);
  expect(seen).toContain('UPDATE');
  expect(phone.up).toHaveLength(1);
});

test('one that says nothing to that is lost, and what is said is kept [PFT-089]', async () => {
  const { world, phone } = await away();
  phone.manners.inviteHeaders = asked;
  phone.register();
  await world.run(1000);
  world.network.offline.add(phone.host);
  await world.run(120_000);
  expect((await world.state('bob', 'c1'))?.phase).toBe('buffering');
});
