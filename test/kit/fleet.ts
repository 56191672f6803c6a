/** Several edges of one service in this process, on a store and queues in memory, each listening on loopback; and the functions. */
import { pino } from 'pino';
import { Cloud } from '../../edge/runtime/cloud.ts';
import { Metrics } from '../../edge/runtime/metrics.ts';
import type { OpenedCloud } from '../../edge/runtime/open-store.ts';
import type { FunctionContext } from '../../lambdas/context.ts';
import { groupHandler } from '../../lambdas/group.ts';
import { participationHandler } from '../../lambdas/participation.ts';
import { registrationHandler } from '../../lambdas/registration.ts';
import { type Pump, startPump } from '../../shared/app/pump.ts';
import { queueNames } from '../../shared/app/queue-names.ts';
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../shared/memory/memory-store.ts';
import { loadSettings } from '../../shared/settings.ts';
import type { Place } from './balancer.ts';

const domain = 'rejoin.test';
const log = pino({ level: 'silent' });

export type FleetEdge = { readonly cloud: Cloud; readonly sip: Place; readonly msrp: Place };

export class Fleet {
  readonly #opened: OpenedCloud;
  readonly #users: readonly string[];
  readonly #pumps: readonly Pump[];
  /** Those that run. */
  readonly edges: FleetEdge[] = [];

  constructor(users: readonly string[]) {
    const store = memoryStore();
    const cloudOnly = { make: async () => {}, drop: async () => {}, close: () => {} };
    const queue = Object.assign(memoryQueue({ nowMs: Date.now }), cloudOnly);
    this.#users = users;
    this.#opened = { store, queue, close: async () => {} };
    const context: FunctionContext = {
      ports: { store, queue, nowMs: Date.now, deferredLifetimeS: 3_600 },
      failed: () => {},
      parked: () => {},
    };
    const handlers = [
      [queueNames.participation, participationHandler(context)],
      [queueNames.registration, registrationHandler(context)],
      [queueNames.group, groupHandler(context)],
    ] as const;
    this.#pumps = handlers.map(([queueName, handler]) =>
      startPump({ queue, queueName, handler, log }),
    );
  }

  async start(edgeName: string, env: Readonly<Record<string, string>>): Promise<FleetEdge> {
    const ports = { REJOIN_SIP_PORT: '0', REJOIN_MSRP_PORT: '0' };
    const loaded = loadSettings({ env: { ...ports, ...env }, readFile: () => '' });
    if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
    const cloud = new Cloud({
      settings: loaded.settings,
      users: this.#users.map((name) => ({ uri: `sip:${name}@${domain}`, password: 'demo' })),
      opened: this.#opened,
      log,
      metrics: new Metrics(() => Promise.reject(new Error('nobody asks for levels'))),
      edgeName,
    });
    const { host, sipPort, msrpPort } = await cloud.start();
    const edge = { cloud, sip: { host, port: sipPort }, msrp: { host, port: msrpPort } };
    this.edges.push(edge);
    return edge;
  }

  /** Lets an edge drain and end. */
  async end(edge: FleetEdge): Promise<void> {
    this.edges.splice(this.edges.indexOf(edge), 1);
    await edge.cloud.stop();
  }

  async close(): Promise<void> {
    for (const edge of [...this.edges]) await this.end(edge);
    await Promise.all(this.#pumps.map((pump) => pump.stop()));
    await this.#opened.store.close();
  }
}
