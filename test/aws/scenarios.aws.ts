/** The main flows end to end: clients over sockets, an edge in a process of its own, the service stack deployed to a stand-in. */
import { randomBytes } from 'node:crypto';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { windowMessagesMax } from '../../edge/participating/limit.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import type { Server } from '../kit/server.ts';
import { pause, until } from '../kit/wait.ts';
import { type Deployment, deploy, deployMs, edgeOn, endpoint } from './deployed.ts';

const flows = [
  'live',
  'away',
  'large',
  'idle',
  'back',
  'again',
  'leave',
  'decline',
  'mail',
  'pair',
];
const crashes = ['storing', 'delivering'];
const scenarios = [...flows, ...crashes];
/** The functions of the stand-in start within seconds. */
const limitMs = 20_000;
/** An edge that is gone is found to be so, and its sessions are taken over. */
const crashMs = 40_000;
const testMs = 100_000;

let edge: Server;
let deployment: Deployment;
const clients: Client[] = [];

/** The clients of one scenario, which are nobody else's. */
async function cast(scenario: string): Promise<readonly [Client, Client]> {
  const enter = async (name: string): Promise<Client> => {
    const options = { name: `${name}-${scenario}`, domain: 'rejoin.test', password: 'demo' };
    const client = await new Client({ ...options, ladder: new Ladder(), server: edge.sip }).open();
    clients.push(client);
    await client.register();
    return client;
  };
  return [await enter('alice'), await enter('bob')];
}

async function group(scenario: string): Promise<readonly [Client, Client]> {
  const [alice, bob] = await cast(scenario);
  await alice.createGroup([bob.uri], scenario);
  await until('bob is in the group', () => bob.group, limitMs);
  return [alice, bob];
}

/** Bob loses the network, and misses what alice says. */
async function miss(alice: Client, bob: Client, count: number): Promise<readonly string[]> {
  await bob.loseNetwork();
  const missed = Array.from({ length: count }, (_, number) => `missed ${number}`);
  for (const text of missed) expect(await alice.say(text)).toBe(200);
  return missed;
}

async function comeBack(bob: Client): Promise<void> {
  await bob.findNetwork();
  await bob.register();
}

/** The process is killed and started again on the same ports; users register at the new one. */
async function crash(): Promise<void> {
  await edge.end('SIGKILL');
  await edge.start();
}

/** What a client shows: a message that comes again has the same id. */
function shown(client: Client): readonly string[] {
  return [...new Map(client.received.map(({ id, text }) => [id, text])).values()];
}

function texts(client: Client): readonly string[] {
  return client.received.map(({ text }) => text);
}

async function waits(user: string, count: number): Promise<void> {
  const what = `${count} messages wait`;
  await until(what, async () => (await edge.waiting(user)) === count || undefined, limitMs);
}

/** How many bodies there are. */
async function bodies(): Promise<number> {
  const client = new S3Client({ endpoint, forcePathStyle: true });
  const Bucket = deployment.outputs.BodiesBucket;
  const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket }));
  client.destroy();
  return KeyCount;
}

describe.skipIf(endpoint === '')('an edge on the deployed service', () => {
  beforeAll(async () => {
    const names = scenarios.flatMap((scenario) => [`alice-${scenario}`, `bob-${scenario}`]);
    deployment = await deploy('scenes');
    edge = edgeOn(deployment, names, { REJOIN_GROUP_IDLE_MS: '1500' });
    await edge.start();
  }, deployMs);

  afterAll(async () => {
    for (const client of clients) await client.close();
    const code = await edge.end('SIGTERM');
    if (code !== 0) throw new Error(`the edge has ended with ${code}: ${edge.output}`);
    await edge.close();
  });

  test('passes what is said in a group to its members, both ways [FEAT-004]', async () => {
    const [alice, bob] = await group('live');
    expect(await alice.say('hello')).toBe(200);
    expect(await bob.say('hi')).toBe(200);
    await until('both have it', () => alice.received.length + bob.received.length === 2);
    expect([...texts(alice), ...texts(bob)]).toEqual(['hi', 'hello']);
  });

  test('keeps what an absent member misses and brings it at the registration, once and in order [PFT-003, PFT-015, PFT-060]', async () => {
    const [alice, bob] = await group('away');
    const missed = await miss(alice, bob, 30);
    await comeBack(bob);
    await until('bob has it', () => bob.received.length >= missed.length, limitMs);
    await until('bob is in the group', () => bob.group, limitMs);
    expect(await alice.say('live')).toBe(200);
    await until('bob has the live one', () => bob.received.length > missed.length, limitMs);
    expect(texts(bob)).toEqual([...missed, 'live']);
  });

  test('keeps what is too large for the table, and brings it whole [design 3]', async () => {
    const [alice, bob] = await group('large');
    const large = randomBytes(300_000).toString('base64');
    await bob.loseNetwork();
    for (const text of ['before', large, 'behind']) expect(await alice.say(text)).toBe(200);
    await until('the bucket has its parts', async () => (await bodies()) === 3, limitMs);
    await comeBack(bob);
    await until('bob has it', () => bob.received.length >= 3, limitMs);
    expect(texts(bob).map((text) => text.length)).toEqual([6, large.length, 6]);
    expect(texts(bob)[1] === large).toBe(true);
  });

  test('brings what was missed of a group that has ended in a session of its own, and ends it [PFT-050, PFT-067]', async () => {
    const [alice, bob] = await group('idle');
    const missed = await miss(alice, bob, 5);
    await until('the group has ended', () => alice.group === undefined, limitMs);
    await comeBack(bob);
    await until('the delivery is over', () => bob.ended > 0, limitMs);
    expect(texts(bob)).toEqual(missed);
    expect(bob.groupStates).toBe(1);
  });

  test('delivers over the session of a member who re-joins before it registers [PFT-018, PFT-036]', async () => {
    const [alice, bob] = await group('back');
    const missed = await miss(alice, bob, 5);
    await bob.findNetwork();
    await bob.rejoin();
    await until('bob has it', () => bob.received.length >= missed.length, limitMs);
    expect(await bob.say('back')).toBe(200);
    await until('alice has it', () => alice.received.length > 0, limitMs);
    expect(texts(bob)).toEqual(missed);
  });

  test('starts an ended group again for a member who re-joins [PFT-078, PFT-079]', async () => {
    const [alice, bob] = await group('again');
    const missed = await miss(alice, bob, 5);
    await until('the group has ended', () => alice.group === undefined, limitMs);
    await bob.findNetwork();
    await bob.rejoin();
    await until('alice is in the group again', () => alice.group, limitMs);
    await until('bob has it', () => bob.received.length >= missed.length, limitMs);
    expect(texts(bob)).toEqual(missed);
  });

  test('keeps nothing for a member who has left [PFT-030, PFT-032]', async () => {
    const [alice, bob] = await group('leave');
    bob.leave();
    await until('alice is alone', () => alice.group === undefined, limitMs);
    await bob.register();
    await pause(1000);
    expect([texts(bob), bob.group]).toEqual([[], undefined]);
    await waits(bob.uri, 0);
  });

  test('discards what waits for a member who declines it with 603 [PFT-063, PFT-065]', async () => {
    const [alice, bob] = await group('decline');
    await miss(alice, bob, 5);
    await waits(bob.uri, 5);
    bob.declines = 603;
    await comeBack(bob);
    await waits(bob.uri, 0);
    expect(texts(bob)).toEqual([]);
  });

  test('keeps a standalone message for who is not registered, and brings it [PFT-107, PFT-121]', async () => {
    const [alice, bob] = await cast('mail');
    await bob.unregister();
    expect(await alice.write(bob.uri, 'a letter')).toBe(202);
    await bob.register();
    await until('bob has it', () => bob.mail.length > 0, limitMs);
    expect(bob.mail).toEqual(['a letter']);
  });

  test('brings what one user has said to another who was away, and ends the session [PFT-040, PFT-045]', async () => {
    const [alice, bob] = await cast('pair');
    await alice.chat(bob.uri);
    await until('bob is in the session', () => bob.group, limitMs);
    const missed = await miss(alice, bob, 3);
    await comeBack(bob);
    await until('the delivery is over', () => bob.ended > 0, limitMs);
    expect(texts(bob)).toEqual(missed);
  });

  test(
    'loses nothing that had its 200 when the edge is killed while messages are stored [PFT-006, PFT-056]',
    async () => {
      const [alice, bob] = await group('storing');
      await bob.loseNetwork();
      const answered: string[] = [];
      // What is unanswered when the edge is killed never will be.
      for (const text of Array.from({ length: 200 }, (_, number) => `stored ${number}`)) {
        void alice.say(text).then((status) => status === 200 && answered.push(text));
      }
      await until('some are answered', () => answered.length >= 40, limitMs);
      await crash();
      await comeBack(bob);
      await until('bob has it', () => shown(bob).length >= answered.length, crashMs);
      expect(shown(bob)).toEqual(shown(bob).map((_, number) => `stored ${number}`));
    },
    testMs,
  );

  test(
    'goes on with what a client has not acknowledged when the edge is killed while it delivers [PFT-006, PFT-094]',
    async () => {
      const [alice, bob] = await group('delivering');
      const missed = await miss(alice, bob, 400);
      await comeBack(bob);
      await until('bob has some', () => bob.received.length >= 50, limitMs);
      await crash();
      await bob.loseNetwork();
      await comeBack(bob);
      await until('bob has it', () => shown(bob).length >= missed.length, crashMs);
      expect(shown(bob)).toEqual(missed);
      // Design 6.3: no more than the window comes twice.
      expect(bob.received.length - missed.length).toBeLessThanOrEqual(windowMessagesMax);
    },
    testMs,
  );
});
