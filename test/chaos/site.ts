/** An edge with real sockets over any store and queue, and functions behind their queues that fail, in one process. */
import { pino } from 'pino';
import { Edge } from '../../edge/runtime/edge.ts';
import { Metrics } from '../../edge/runtime/metrics.ts';
import type { FunctionContext } from '../../lambdas/context.ts';
import { participationHandler } from '../../lambdas/participation.ts';
import { registrationHandler } from '../../lambdas/registration.ts';
import { type Pump, startPump } from '../../shared/app/pump.ts';
import { commandQueue, queueNames } from '../../shared/app/queue-names.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import { loadSettings } from '../../shared/settings.ts';
import { Random } from '../simulation/random.ts';
import { faultyFunction, type Handler, type Toll } from './faulty-function.ts';

export type SiteOptions = {
  readonly seed: number;
  readonly users: readonly string[];
  readonly store: Store;
  readonly queue: Queue;
};

export type Site = {
  readonly sip: { readonly host: string; readonly port: number };
  readonly toll: Toll;
  readonly parked: readonly string[];
  readonly close: () => Promise<void>;
};

export const domain = 'rejoin.test';
export const password = 'demo';
export const edgeName = 'chaos';
const log = pino({ level: 'silent' });
const deferredLifetimeS = 3600;

/** Starts it. */
export async function openSite({ seed, users, store, queue }: SiteOptions): Promise<Site> {
  const toll: Toll = { calls: 0, deaths: 0, repeats: 0 };
  const parked: string[] = [];
  const late = new Set<Promise<unknown>>();
  const context: FunctionContext = {
    ports: { store, queue, nowMs: Date.now, deferredLifetimeS },
    failed: () => undefined,
    parked: (_handler, reason) => void parked.push(reason),
  };
  const edge = newEdge({ seed, users, store, queue });
  const { host, sipPort } = await edge.listen();
  edge.gate.open();
  const random = new Random(seed);
  const faulty = (make: (context: FunctionContext) => Handler): Handler =>
    faultyFunction({ context, make, random, toll, late });
  const commands: Handler = (event) => edge.commands(event);
  const handlers = [
    [queueNames.participation, faulty(participationHandler)],
    [queueNames.registration, faulty(registrationHandler)],
    [queueNames.commands, commands],
    [commandQueue(edgeName), commands],
  ] as const;
  const pumps: readonly Pump[] = handlers.map(([queueName, handler]) =>
    startPump({ queue, queueName, handler, log }),
  );
  return {
    sip: { host, port: sipPort },
    toll,
    parked,
    close: async () => {
      await edge.close();
      await Promise.all(pumps.map((pump) => pump.stop()));
      await Promise.all(late);
    },
  };
}

function newEdge({ users, store, queue }: SiteOptions): Edge {
  const env = { REJOIN_DOMAIN: domain, REJOIN_SIP_PORT: '0', REJOIN_MSRP_PORT: '0' };
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return new Edge({
    name: edgeName,
    settings: loaded.settings,
    users: users.map((name) => ({ uri: `sip:${name}@${domain}`, password })),
    store,
    queue,
    log,
    metrics: new Metrics(() => Promise.reject(new Error('nobody asks for levels'))),
  });
}
