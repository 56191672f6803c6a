/** What an operator sees and changes while the product runs in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { run } from '../cli/tool.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(settings: Readonly<Record<string, string>>) {
  const server = new Server(settings);
  closing.push(() => server.close());
  await server.start();
  const url = /http:\S+/.exec(server.output)?.[0] ?? '';
  return { server, url };
}

async function open(server: Server, name: string, password = 'demo'): Promise<Client> {
  const options = { name, domain: 'rejoin.test', password, ladder: new Ladder() };
  const client = await new Client({ ...options, server: server.sip }).open();
  closing.push(() => client.close());
  return client;
}

async function waitingOnPage(url: string): Promise<string | undefined> {
  const html = await (await fetch(url)).text();
  return /<b>([^<]*)<\/b><span>messages waiting</.exec(html)?.[1];
}

async function firstGroup(url: string): Promise<unknown> {
  const { out } = await run(['groups', '--json', '--url', url]);
  return (JSON.parse(out) as { groups: unknown[] }).groups[0];
}

test('what waits shows on the page and in the tool, also when the session has ended and after a restart [contract: HTTP]', async () => {
  const { server, url } = await serve({ REJOIN_GROUP_IDLE_MS: '800' });
  const alice = await open(server, 'alice');
  const bob = await open(server, 'bob');
  for (const client of [alice, bob]) await client.register();
  await alice.createGroup([bob.uri], 'Hiking');
  await until('bob is in the group', () => bob.group);
  await bob.loseNetwork();
  for (const text of ['one', 'two', 'three']) expect(await alice.say(text)).toBe(200);
  await until('three wait', async () => (await waitingOnPage(url)) === '3');
  await until('the group has ended', async () =>
    JSON.stringify(await firstGroup(url)).includes('"state":"inactive","waiting":3'),
  );
  expect(await waitingOnPage(url)).toBe('3');
  expect(await firstGroup(url)).toMatchObject({
    focus: 'own',
    subject: 'Hiking',
    state: 'ended',
    waiting: 3,
  });
  await server.end('SIGTERM');
  await server.start();
  await until('three wait still', async () => (await waitingOnPage(url)) === '3');
  await bob.findNetwork();
  await bob.register();
  await until('bob has all', () => bob.received.length === 3);
  await until('nothing waits', async () => (await waitingOnPage(url)) === '0');
});

test('a user who was added may register once the process has read the file again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-operator-'));
  closing.push(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'users.json');
  const env = { REJOIN_USERS_FILE: file };
  await run(['users', 'add', 'sip:alice@rejoin.test', '--password', 'first'], { env });
  const { server } = await serve(env);
  await (await open(server, 'alice', 'first')).register();
  await run(['users', 'add', 'sip:bob@rejoin.test', '--password', 'second'], { env });
  const bob = await open(server, 'bob', 'second');
  await expect(bob.register()).rejects.toThrow();
  process.kill(server.pid, 'SIGHUP');
  await until('the users were read', () => server.output.includes('the users were read again'));
  await bob.register();
});
