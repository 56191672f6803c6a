/** A process that is asked to end, and what it owes its clients by then. */
import { afterEach, expect, test } from 'vitest';
import { header } from '../../edge/sip/header.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { OuterMember } from '../kit/outer-member.ts';
import { newToken } from '../kit/party.ts';
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

test('a function of another network that follows a roster is told too, and the end waits no longer for one that is gone [RFC 6665 4.2.2]', async () => {
  const server = await new Server().start();
  closing.push(() => server.close());
  const party = { ladder: new Ladder(), server: server.sip };
  const zoe = await new OuterMember({ ...party, name: 'zoe' }).open();
  const yan = await new OuterMember({ ...party, name: 'yan' }).open();
  closing.push(() => zoe.close());
  const factory = 'sip:conference-factory@rejoin.test';
  expect(await zoe.join(factory, newToken(), ['sip:bob@rejoin.test'])).toBe(200);
  expect(await yan.join(factory, newToken(), ['sip:bob@rejoin.test'])).toBe(200);
  for (const one of [zoe, yan]) {
    expect(await one.subscribe(one.identity)).toBe(200);
    await until('it has the roster', () => one.notified.length > 0);
  }
  await yan.close();
  expect(await server.end('SIGTERM')).toBe(0);
  const states = (): readonly string[] =>
    zoe.notified.map((notify) => header(notify, 'Subscription-State') ?? '');
  await until('zoe has the end', () => /^terminated;reason=probation/.test(states().at(-1) ?? ''));
});
