/** Two edges on one deployed service, behind a balancer: what is answered arrives, whichever of them ends, and however. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heartbeatMs } from '../../shared/app/edges-limit.ts';
import { Balancer } from '../kit/balancer.ts';
import { Client } from '../kit/client.ts';
import { Ladder } from '../kit/ladder.ts';
import type { Server } from '../kit/server.ts';
import { pause, until } from '../kit/wait.ts';
import { Crowd } from './crowd.ts';
import { deploy, deployMs, edgeOn, endpoint } from './deployed.ts';

/** Groups of ten; more of them can be asked for. */
const groups = Number(process.env.TEST_GROUPS ?? '5');
const groupMembers = 10;
const talkMs = 3_000;
/** A lost edge is found within ten seconds, and its sessions go on some seconds later. */
const recoveryMs = 15_000;
/** As long as a container may take. */
const drainMs = 30_000;
const arrivalMs = 60_000;
const testMs = 300_000;
const scenes = ['killed', 'drained'];
/** Enough of them that some have one edge as their home, and groups the other. */
const rings = ['ring-0', 'ring-1', 'ring-2'];
const ringMembers = 8;
const ringMs = 45_000;

const edges: Server[] = [];
let balancer: Balancer;
let crowd: Crowd | undefined;
const ringing: Client[] = [];

async function enter(scene: string): Promise<Crowd> {
  const talkers = new Crowd(balancer.place, { scene, groups, groupMembers });
  crowd = talkers;
  await talkers.enter();
  return talkers;
}

function ringNames(scene: string): readonly string[] {
  return Array.from({ length: ringMembers }, (_, number) => `${scene}-${number}`);
}

/** A group whose phones ring, all of them connected to one edge. */
async function ring(scene: string, { sip: server }: Server): Promise<readonly Client[]> {
  const members: Client[] = [];
  for (const name of ringNames(scene)) {
    const options = { name, domain: 'rejoin.test', password: 'demo', ladder: new Ladder() };
    const client = await new Client({ ...options, server }).open();
    ringing.push(client);
    members.push(client);
    await client.register();
    client.isSlow = true;
  }
  const [first, ...others] = members;
  await first?.createGroup(
    others.map(({ uri }) => uri),
    scene,
  );
  await until('all are invited', () => others.every(({ isRinging }) => isRinging), ringMs);
  return members;
}

describe.skipIf(endpoint === '')('two edges on one service', () => {
  beforeAll(async () => {
    const deployment = await deploy('edges');
    const talkers = scenes.flatMap((scene) => Crowd.names({ scene, groups, groupMembers }));
    const names = [...talkers, ...rings.flatMap(ringNames)];
    for (let edge = 0; edge < 2; edge++) edges.push(edgeOn(deployment, names));
    for (const edge of edges) await edge.start();
    // Until then they do not all know of one another, and a challenge of one may be answered to the other.
    await pause(heartbeatMs * 1.5);
    balancer = new Balancer(() => edges.filter(({ isUp }) => isUp).map(({ sip }) => sip));
    await balancer.open();
  }, deployMs);

  afterEach(async () => {
    await crowd?.leave();
    for (const client of ringing.splice(0)) await client.close();
  });

  afterAll(async () => {
    await balancer.close();
    for (const edge of edges) await edge.close();
  });

  test(
    'invite everybody who was being asked by one of them when it is killed [design 6.1, RFC 3261 21.5.4]',
    async () => {
      const [lost, staying] = edges as [Server, Server];
      const members: Client[] = [];
      for (const scene of rings) members.push(...(await ring(scene, staying)));
      await lost.end('SIGKILL');
      for (const client of members) {
        client.isSlow = false;
        client.pickUp();
      }
      await until('all are in', () => members.every(({ group }) => group !== undefined), ringMs);
      await lost.start();
      await pause(recoveryMs);
    },
    testMs,
  );

  test(
    'lose nothing when one of them is killed, and everybody goes on [design 6.1, 6.2, 6.6]',
    async () => {
      const talkers = await enter('killed');
      const talk = talkers.talk();
      await pause(talkMs);
      talkers.watch();
      const killedMs = performance.now();
      await edges[0]?.end('SIGKILL');
      await pause(recoveryMs);
      await edges[0]?.start();
      await pause(talkMs * 2);
      await talk.end();
      const outcome = await talkers.judge(arrivalMs);
      talkers.tell('killed', outcome, killedMs);
      expect(outcome).toMatchObject({ missing: [], disordered: [], out: [] });
    },
    testMs,
  );

  test(
    'lose nothing when one of them is asked to end, and nobody notices more than a re-INVITE [design 7]',
    async () => {
      const talkers = await enter('drained');
      const talk = talkers.talk();
      await pause(talkMs);
      talkers.watch();
      const askedMs = performance.now();
      expect(await edges[1]?.end('SIGTERM', drainMs)).toBe(0);
      await pause(recoveryMs);
      await talk.end();
      const outcome = await talkers.judge(arrivalMs);
      talkers.tell('drained', outcome, askedMs);
      expect(outcome).toMatchObject({ missing: [], disordered: [], out: [], disturbed: [] });
      expect(outcome.moved).toBeGreaterThan(0);
    },
    testMs,
  );
});
