/** One process behind a balancer that clients reach for MSRP: what it is told to show them is what they use. */
import { afterEach, expect, test } from 'vitest';
import { Balancer } from '../kit/balancer.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function enter(server: Server, name: string): Promise<Client> {
  const options = { name, domain: 'rejoin.test', password: 'demo', ladder: new Ladder() };
  const client = await new Client({ ...options, server: server.sip }).open();
  closing.push(() => client.close());
  await client.register();
  return client;
}

test('clients come to the public address, and the process to itself without it [design 7]', async () => {
  const balancer = await new Balancer(() => [{ host: '127.0.0.1', port: server.msrpPort }]).open();
  closing.push(() => balancer.close());
  const server: Server = new Server({
    REJOIN_MSRP_PUBLIC_HOST: 'localhost',
    REJOIN_MSRP_PUBLIC_PORT: String(balancer.place.port),
  });
  closing.push(() => server.close());
  await server.start();
  const [alice, bob] = [await enter(server, 'alice'), await enter(server, 'bob')];
  await alice.createGroup([bob.uri], 'Hiking');
  await until('bob is in the group', () => bob.group);
  // Whoever is invited connects.
  expect(balancer.taken).toBe(1);
  expect(await alice.say('to the group')).toBe(200);
  expect(await bob.say('from the group')).toBe(200);
  await bob.chat(alice.uri);
  await until('alice is in the chat', () => alice.group);
  expect(await bob.say('to alice')).toBe(200);
  await until('alice has both', () => alice.received.length === 2);
  expect(balancer.taken).toBe(2);
});
