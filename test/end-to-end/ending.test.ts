/** A process that is asked to end, and what it owes its clients by then. */
import { afterEach, expect, test } from 'vitest';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('whoever follows a roster is told that nothing more comes, and may subscribe later [RFC 6665 4.1.3]', async () => {
  const server = await new Server().start();
  closing.push(() => server.close());
  const options = { name: 'alice', domain: 'rejoin.test', password: 'demo', ladder: new Ladder() };
  const alice = await new Client({ ...options, server: server.sip }).open();
  closing.push(() => alice.close());
  await alice.register();
  await alice.createGroup(['sip:bob@rejoin.test'], 'Hiking');
  alice.follow(alice.group ?? '');
  await until('alice has the roster', () => alice.states.length > 0);
  expect(await server.end('SIGTERM')).toBe(0);
  await until('alice has the end', () =>
    /^terminated;reason=probation/.test(alice.states.at(-1) ?? ''),
  );
});
