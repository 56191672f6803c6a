/** A member of a group of ours whose Participating Function is another network's: it speaks to our focus over sockets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import { OuterMember } from '../kit/outer-member.ts';
import { newToken } from '../kit/party.ts';
import { Server } from '../kit/server.ts';
import { until } from '../kit/wait.ts';

const factory = 'sip:conference-factory@rejoin.test';
const closing: (() => Promise<void>)[] = [];
let server: Server;
let alice: Client;
let zoe: OuterMember;

beforeEach(async () => {
  server = await new Server().start();
  closing.push(() => server.close());
  const party = { ladder: new Ladder(), server: server.sip };
  alice = await new Client({
    ...party,
    name: 'alice',
    domain: 'rejoin.test',
    password: 'demo',
  }).open();
  zoe = await new OuterMember({ ...party, name: 'zoe' }).open();
  closing.push(
    () => alice.close(),
    () => zoe.close(),
  );
  await alice.register();
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('a trusted peer opens a group at our factory for its user, and reaches the focus in its dialogs [contract: Trust; design 7]', async () => {
  const contributionId = newToken();
  expect(await zoe.join(factory, contributionId, [alice.uri])).toBe(200);
  await until('alice is in the group', () => alice.group);
  expect(await zoe.say('from another network')).toBe(200);
  await until('alice has it', () => alice.received.length > 0);
  expect(await alice.say('to another network')).toBe(200);
  await until('zoe has it', () => zoe.received.includes('to another network'));
  expect(await zoe.refresh()).toBe(200);
  expect(await zoe.subscribe(zoe.identity)).toBe(200);
  await until('zoe has the roster', () => zoe.notified.length > 0);
  expect(await zoe.leave()).toBe(200);
});

test('a trusted peer comes back for a member by the Group Session Identity [contract: Trust; design 7]', async () => {
  const contributionId = newToken();
  expect(await zoe.join(factory, contributionId, [alice.uri])).toBe(200);
  await until('alice is in the group', () => alice.group);
  const { identity } = zoe;
  expect(await zoe.join(identity, contributionId)).toBe(200);
  expect(await zoe.say('back again')).toBe(200);
  await until('alice has it', () => alice.received.length > 0);
});

test('what is neither a user nor a group is not found, and a stranger is no member [RFC 3261 21.4.5]', async () => {
  expect(await zoe.join('sip:nobody@rejoin.test', newToken())).toBe(404);
  expect(await zoe.subscribe('sip:nobody@rejoin.test')).toBe(404);
  expect(await zoe.ask('MESSAGE', 'sip:nobody@rejoin.test')).toBe(404);
  await alice.createGroup(['sip:bob@rejoin.test'], 'Hiking');
  expect(await zoe.join(alice.group ?? '', newToken())).toBe(403);
});
