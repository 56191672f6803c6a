/** The main job over real sockets, against the product in a process of its own. */
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = new Server(settings);
  closing.push(() => server.close());
  return await server.start();
}

async function enter(server: Server, name: string): Promise<Client> {
  const options = { name, domain: 'rejoin.test', password: 'demo', ladder: new Ladder() };
  const client = await new Client({ ...options, server: server.sip }).open();
  closing.push(() => client.close());
  await client.register();
  return client;
}

async function group(server: Server): Promise<readonly [Client, Client]> {
  const alice = await enter(server, 'alice');
  const bob = await enter(server, 'bob');
  await alice.createGroup([bob.uri], 'Hiking');
  await until('bob is in the group', () => bob.group);
  return [alice, bob];
}

function texts(client: Client): readonly string[] {
  return client.received.map(({ text }) => text);
}

describe('a member who is cut off', () => {
  test('gets what was said meanwhile once, in order, at the next registration, and then what is live [PFT-003, PFT-015, PFT-060, PFT-061]', async () => {
    const server = await serve();
    const [alice, bob] = await group(server);
    expect(await alice.say('before')).toBe(200);
    await bob.loseNetwork();
    const missed = Array.from({ length: 30 }, (_, number) => `missed ${number}`);
    for (const text of missed) expect(await alice.say(text)).toBe(200);
    await bob.findNetwork();
    await bob.register();
    await until('bob has what he missed', () => bob.received.length > missed.length);
    await until('bob is in the group', () => bob.group);
    expect(await alice.say('live')).toBe(200);
    expect(await bob.say('back')).toBe(200);
    await until('bob has the live message', () => bob.received.length === missed.length + 2);
    expect(texts(bob)).toEqual(['before', ...missed, 'live']);
    expect(texts(alice)).toEqual(['back']);
  });

  test('loses nothing that had its 200 when the process is killed, and the group goes on after the start [PFT-006, PFT-056]', async () => {
    const server = await serve();
    const [alice, bob] = await group(server);
    await bob.loseNetwork();
    const missed = Array.from({ length: 20 }, (_, number) => `durable ${number}`);
    for (const text of missed) expect(await alice.say(text)).toBe(200);
    await server.end('SIGKILL');
    await server.start();
    await until(
      'everything waits',
      async () => (await server.waiting(bob.uri)) === 20 || undefined,
    );
    await bob.findNetwork();
    await bob.register();
    await until('bob has what he missed', () => bob.received.length >= missed.length);
    expect(texts(bob)).toEqual(missed);
  });
});

describe('the process', () => {
  test('drains and ends with 0 on SIGTERM [contract]', async () => {
    const server = await serve();
    await group(server);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  test('names every wrong setting, and ends with 1 [contract]', async () => {
    const settings = { REJOIN_SIP_PORT: 'no-number', REJOIN_ANSWER_TIMEOUT_MS: 'soon' };
    const server = new Server(settings);
    closing.push(() => server.close());
    server.launch();
    expect(await server.exit()).toBe(1);
    expect(server.output).toContain('REJOIN_SIP_PORT');
    expect(server.output).toContain('REJOIN_ANSWER_TIMEOUT_MS');
  });

  test('names the port that is taken, and ends with 1 [contract]', async () => {
    const first = await serve();
    const second = new Server({ REJOIN_SIP_PORT: String(first.sip.port) });
    closing.push(() => second.close());
    second.launch();
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain(String(first.sip.port));
  });
});
