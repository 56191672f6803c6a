/** Two edges of one service behind a balancer, which leads clients to either without knowing what they have. */
import { afterEach, expect, test } from 'vitest';
import { heartbeatMs } from '../../shared/app/edges-limit.ts';
import { Balancer } from '../kit/balancer.ts';
import { Client } from '../kit/client.ts';
import { Fleet } from '../kit/fleet.ts';
import { Ladder } from '../kit/ladder.ts';
import { pause, until } from '../kit/wait.ts';

const names = ['ann', 'ben', 'cem', 'dan', 'eva', 'fay'];
const limitMs = 20_000;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function enter(server: Balancer, name: string): Promise<Client> {
  const options = { name, domain: 'rejoin.test', password: 'demo', ladder: new Ladder() };
  const client = await new Client({ ...options, server: server.place }).open();
  closing.push(() => client.close());
  client.isFaithful = true;
  await client.register();
  return client;
}

/** Everybody says something, and everybody else gets it. */
async function chat(clients: readonly Client[], text: string): Promise<void> {
  for (const client of clients) expect(await client.say(`${text} ${client.name}`)).toBe(200);
  const all = (client: Client) => client.received.filter((one) => one.text.startsWith(text));
  await until(
    `everybody has ${text}`,
    () => clients.every((client) => all(client).length === clients.length - 1),
    limitMs,
  );
}

test('members whose media come to the wrong edge chat, and go on when one edge ends [design 7]', async () => {
  const fleet = new Fleet(names);
  closing.push(() => fleet.close());
  const sip = await new Balancer(() => fleet.edges.map((edge) => edge.sip)).open();
  const msrp = await new Balancer(() => fleet.edges.map((edge) => edge.msrp)).open();
  closing.push(async () => void (await Promise.all([sip.close(), msrp.close()])));
  const env = {
    REJOIN_MSRP_PUBLIC_HOST: '127.0.0.1',
    REJOIN_MSRP_PUBLIC_PORT: String(msrp.place.port),
  };
  const one = await fleet.start('edge-one', env);
  const other = await fleet.start('edge-two', env);
  await pause(heartbeatMs * 1.5);
  const clients: Client[] = [];
  for (const name of names) clients.push(await enter(sip, name));
  const [first, ...others] = clients;
  await first?.createGroup(
    others.map(({ uri }) => uri),
    'Hiking',
  );
  const isIn = () => clients.every(({ group }) => group !== undefined);
  await until('everybody is in', isIn, limitMs);
  const relayed = () =>
    one.cloud.edge.counts.relayedConnections + other.cloud.edge.counts.relayedConnections;
  await chat(clients, 'first');
  expect(msrp.taken).toBe(others.length);
  expect(relayed()).toBeGreaterThan(0);
  await fleet.end(one);
  // Then everybody has heard of it.
  const isMoved = () => other.cloud.edge.counts.participations === names.length;
  await until('the other edge has everybody', isMoved, limitMs);
  await until('everybody is in again', isIn, limitMs);
  await chat(clients, 'then');
  expect(other.cloud.edge.counts.relayedConnections).toBe(0);
}, 60_000);

test('a client whose media an ending edge has passed on to another is back without a registration [design 7]', async () => {
  const fleet = new Fleet(names);
  closing.push(() => fleet.close());
  // Everybody's SIP comes to the edge that stays, and all media to the one that ends.
  const sip = await new Balancer(() => fleet.edges.slice(-1).map((edge) => edge.sip)).open();
  const msrp = await new Balancer(() => fleet.edges.slice(0, 1).map((edge) => edge.msrp)).open();
  closing.push(async () => void (await Promise.all([sip.close(), msrp.close()])));
  const env = {
    REJOIN_MSRP_PUBLIC_HOST: '127.0.0.1',
    REJOIN_MSRP_PUBLIC_PORT: String(msrp.place.port),
  };
  const ending = await fleet.start('edge-one', env);
  await fleet.start('edge-two', env);
  await pause(heartbeatMs * 1.5);
  const clients: Client[] = [];
  for (const name of names) clients.push(await enter(sip, name));
  const [first, ...others] = clients;
  await first?.createGroup(
    others.map(({ uri }) => uri),
    'Hiking',
  );
  const isIn = () => clients.every(({ group }) => group !== undefined);
  await until('everybody is in', isIn, limitMs);
  await chat(clients, 'first');
  expect(ending.cloud.edge.counts.relayedConnections).toBeGreaterThan(0);
  for (const client of clients) client.isFaithful = false;
  await fleet.end(ending);
  await until('everybody is in again', isIn, limitMs);
  await chat(clients, 'then');
}, 60_000);

test('who has entered a group from another edge than its own is told with all others that it has ended [RFC 3261 13.2.2.4, 15]', async () => {
  const fleet = new Fleet(names);
  closing.push(() => fleet.close());
  for (const edge of ['edge-one', 'edge-two']) {
    await fleet.start(edge, { REJOIN_GROUP_IDLE_MS: '1500' });
  }
  await pause(heartbeatMs * 1.5);
  const sip = await new Balancer(() => fleet.edges.map((edge) => edge.sip)).open();
  closing.push(() => sip.close());
  const clients: Client[] = [];
  for (const name of names) clients.push(await enter(sip, name));
  const chatFor = async (client: Client, other: Client): Promise<void> => {
    await client.createGroup([other.uri], 'Hiking');
    await until('the other is in', () => other.group === client.group, limitMs);
    await until('the other has it ended', () => other.group === undefined, limitMs);
    await until('it has ended', () => client.group === undefined, 1_000);
  };
  const pairs = clients.flatMap((one, at) => {
    const other = clients[at + 1];
    return at % 2 === 0 && other !== undefined ? [{ one, other }] : [];
  });
  // Of so many beginners some are at an edge that is not their group's.
  await Promise.all(pairs.map(({ one, other }) => chatFor(one, other)));
  await Promise.all(pairs.map(({ one, other }) => chatFor(other, one)));
}, 60_000);
