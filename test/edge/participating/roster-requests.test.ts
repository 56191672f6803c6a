/** SUBSCRIBEs of clients: for what, for which session, and how many. */
import { expect, test } from 'vitest';
import { away, bob, ended, joined, told } from './rosters.ts';

test('an event that is no conference is refused [RFC 6665 8.3.1]', async () => {
  const { world, phone } = await joined();
  phone.subscribe(world.focus.identity, 'dialog');
  await world.run(100);
  expect(phone.responses.at(-1)?.status).toBe(489);
});

test('an event may have parameters [RFC 6665 8.4]', async () => {
  const { world, phone } = await joined();
  phone.subscribe(world.focus.identity, 'Conference;id=1');
  await world.run(100);
  expect(world.focus.requests).toHaveLength(1);
});

test('a store that does not answer makes it 503', async () => {
  const { world, phone } = await joined();
  world.edge.lookups = 'fault';
  phone.subscribe('sip:another@cf.test');
  await world.run(100);
  expect(phone.responses.at(-1)?.status).toBe(503);
});

test('a session that nobody here has is left to its focus [PFO-024]', async () => {
  const { world, phone } = await joined();
  phone.subscribe('sip:another@cf.test');
  await world.run(100);
  expect(world.focus.requests.at(-1)?.uri).toBe('sip:another@cf.test');
});

test('an ended session that waits is answered here, before any delivery [D-03, D-05]', async () => {
  const { world, phone } = await ended();
  world.network.offline.add('cf.test');
  phone.subscribe(world.focus.identity);
  await world.run(100);
  expect(told(phone)).toMatchObject([{ users: [bob] }]);
});

test('subscriptions to one session are bounded', async () => {
  const { world, phone } = await away();
  phone.register();
  await world.run(100);
  for (let count = 0; count < 17; count++) phone.subscribe(world.focus.identity);
  await world.run(100);
  const statuses = phone.responses.map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(1);
});
