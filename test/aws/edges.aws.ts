/** Two edges on one deployed service, behind a balancer: what is answered arrives, whichever of them ends, and however. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heartbeatMs } from '../../shared/app/edges-limit.ts';
import { Balancer } from '../kit/balancer.ts';
import type { Server } from '../kit/server.ts';
import { pause } from '../kit/wait.ts';
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

const edges: Server[] = [];
let balancer: Balancer;
let crowd: Crowd;

async function enter(scene: string): Promise<Crowd> {
  crowd = new Crowd(balancer.place, { scene, groups, groupMembers });
  await crowd.enter();
  return crowd;
}

describe.skipIf(endpoint === '')('two edges on one service', () => {
  beforeAll(async () => {
    const deployment = await deploy('edges');
    const names = scenes.flatMap((scene) => Crowd.names({ scene, groups, groupMembers }));
    for (let edge = 0; edge < 2; edge++) edges.push(edgeOn(deployment, names));
    for (const edge of edges) await edge.start();
    // Until then they do not all know of one another, and a challenge of one may be answered to the other.
    await pause(heartbeatMs * 1.5);
    balancer = new Balancer(() => edges.filter(({ isUp }) => isUp).map(({ sip }) => sip));
    await balancer.open();
  }, deployMs);

  afterEach(async () => {
    await crowd.leave();
  });

  afterAll(async () => {
    await balancer.close();
    for (const edge of edges) await edge.close();
  });

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
