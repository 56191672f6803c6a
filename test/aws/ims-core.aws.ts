/** Two edges behind an IMS core: whichever of them the core sends something to, the user's home has it, and every edge reaches the core. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heartbeatMs } from '../../shared/app/edges-limit.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import type { Server } from '../kit/server.ts';
import { ServingCore } from '../kit/serving-core.ts';
import { pause, until } from '../kit/wait.ts';
import { deploy, deployMs, edgeOn, endpoint } from './deployed.ts';

const limitMs = 20_000;
const recoveryMs = 40_000;
const testMs = 150_000;
/** Enough for some of them to have their home at each edge. */
const members = ['bob', 'carol', 'dave', 'erin'];

const edges: Server[] = [];
const closing: (() => Promise<void>)[] = [];
let turn = 0;
let core: ServingCore;

/** Each request of the core goes to another of the edges that are there. */
function nextEdge(): Server['sip'] {
  const up = edges.filter(({ isUp }) => isUp);
  turn++;
  const edge = up[turn % up.length];
  if (edge === undefined) throw new Error('no edge is there');
  return edge.sip;
}

async function enter(scene: string, name: string): Promise<Client> {
  const options = { name: `${name}-${scene}`, domain: 'rejoin.test', password: 'none' };
  const client = await new Client({
    ...options,
    ladder: new Ladder(),
    server: core.place,
  }).open();
  closing.push(() => client.close());
  await client.register();
  return client;
}

async function group(scene: string): Promise<readonly [Client, readonly Client[]]> {
  const alice = await enter(scene, 'alice');
  const others = await Promise.all(members.map((name) => enter(scene, name)));
  await alice.createGroup(
    others.map(({ uri }) => uri),
    scene,
  );
  for (const one of others) await until(`${one.name} is in the group`, () => one.group, limitMs);
  return [alice, others];
}

async function comeBack(client: Client): Promise<void> {
  await client.findNetwork();
  await client.register();
}

describe.skipIf(endpoint === '')('two edges behind an IMS core', () => {
  beforeAll(async () => {
    const deployment = await deploy('ims-core');
    for (let edge = 0; edge < 2; edge++) {
      edges.push(edgeOn(deployment, [], { REJOIN_NETWORK: 'ims' }));
    }
    for (const edge of edges) await edge.start();
    await pause(heartbeatMs * 1.5);
    core = await new ServingCore(nextEdge).open();
  }, deployMs);

  afterAll(async () => {
    for (const close of closing) await close();
    await core.close();
    for (const edge of edges) await edge.close();
  });

  test.each([
    ['whose criteria leave our requests out', false],
    ['whose criteria bring our requests back', true],
  ])(
    '%s bring who is back what was said, in order [PFT-009, PFT-035, design 7]',
    async (what, isBlind) => {
      core.isBlind = isBlind;
      const [alice, others] = await group(isBlind ? 'blind' : 'plain');
      for (const one of others) await one.loseNetwork();
      const missed = Array.from({ length: 5 }, (_, number) => `missed ${number}`);
      for (const text of missed) expect(await alice.say(text)).toBe(200);
      for (const one of others) await comeBack(one);
      for (const one of others) {
        const all = () => one.received.length === missed.length;
        await until(`${one.name} has what was missed (${what})`, all, limitMs);
        expect(one.received.map(({ text }) => text)).toEqual(missed);
      }
    },
    testMs,
  );

  test(
    'use what the other one has stored of a user when that one is gone [design 6.6, 7]',
    async () => {
      core.isBlind = false;
      const alice = await enter('gone', 'alice');
      const others = await Promise.all(members.map((name) => enter('gone', name)));
      await edges[1]?.end('SIGKILL');
      for (const one of others) {
        const isTaken = async () => (await alice.write(one.uri, 'still there')) === 200;
        await until(`${one.name} is reached`, isTaken, recoveryMs);
        expect(one.mail.at(-1)).toBe('still there');
      }
    },
    testMs,
  );
});
