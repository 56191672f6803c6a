/** One process with everything in it: the embedded system and its HTTP side. Used by `npm start`, the demo and the tests. */
import type { Logger } from 'pino';
import type { Queue } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import type { Backend } from './backend.ts';
import { Embedded } from './embedded.ts';
import { createHttp } from './http.ts';
import { createMask } from './log.ts';
import { type Levels, Metrics } from './metrics.ts';
import { openCloud, openEmbedded } from './open-store.ts';
import { makeOperator } from './operator.ts';
import { participationEntries } from './participation-view.ts';
import { readinessOf } from './readiness.ts';
import { version } from './version.ts';
import { type Totals, WaitingTotals } from './waiting-totals.ts';

export type SystemOptions = {
  readonly settings: Settings;
  readonly users: readonly User[];
  readonly log: Logger;
  readonly edgeName: string;
  /** Has to be over before anybody is served. */
  readonly prepared?: Promise<void>;
};

export type System = {
  readonly addresses: readonly { readonly name: string; readonly address: string }[];
  /** Lets other users register from now on. */
  readonly replaceUsers: (users: readonly User[]) => void;
  /** Drains and closes everything. */
  readonly stop: () => Promise<void>;
};

/** Starts everything; rejects with what is wrong and what to change. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { settings, log } = options;
  const startedMs = performance.now();
  let isReady = false;
  const metrics = new Metrics(() => levelsOf(backend));
  metrics.watchProcess();
  const { backend, store, queue, totals } = await openBackend(options, metrics);
  await options.prepared;
  const http = createHttp({
    ...(settings.adminToken === undefined ? {} : { adminToken: settings.adminToken }),
    readiness: () => readinessOf(isReady, store),
    metrics,
    participations: (user) => participationEntries(store, user),
    operator: makeOperator({
      store,
      queue,
      served: backend.served,
      mask: createMask({ identities: settings.log.identities }),
    }),
    status: async () => {
      const { waiting, oldestMs } = await totals();
      const { registered, groups } = backend.edge.counts;
      return {
        domain: settings.domain,
        version,
        network: settings.network,
        store: settings.store,
        isReady,
        reasons: [],
        uptimeMs: performance.now() - startedMs,
        addresses,
        registered,
        groups,
        deadLetters: await backend.deadLetters(),
        waiting,
        oldestWaitingMs: oldestMs === undefined ? undefined : Date.now() - oldestMs,
        ...metrics.totals,
      };
    },
    onFault: (error) => log.error({ err: error }, 'an HTTP request has failed'),
  });
  const httpPort = await http.listen({
    host: settings.host,
    port: settings.http.port,
    setting: 'REJOIN_HTTP_PORT (http.port)',
  });
  const { host, sipPort, msrpPort } = await backend.start();
  const addresses = [
    { name: 'sip', address: `${host}:${sipPort} (udp, tcp)` },
    { name: 'msrp', address: `${host}:${msrpPort} (tcp)` },
    { name: 'http', address: `http://${host}:${httpPort}/` },
  ];
  isReady = true;
  return {
    addresses,
    replaceUsers: (others) => backend.edge.replaceUsers(others),
    stop: async () => {
      isReady = false;
      await backend.stop();
      await http.close();
    },
  };
}

type OpenedBackend = {
  readonly backend: Backend;
  readonly store: Store;
  readonly queue: Queue;
  /** How much waits in all. */
  readonly totals: () => Promise<Totals>;
};

async function openBackend(options: SystemOptions, metrics: Metrics): Promise<OpenedBackend> {
  const { settings } = options;
  if (settings.store === 'aws:') {
    const { Cloud } = await import('./cloud.ts');
    const opened = await openCloud(settings);
    const { store, queue } = opened;
    // What waits in all is a metric of the functions there: counting it here would read the whole table.
    const totals = async (): Promise<Totals> => ({ waiting: undefined, oldestMs: undefined });
    return { backend: new Cloud({ ...options, opened, metrics }), store, queue, totals };
  }
  const opened = await openEmbedded(settings.store);
  const totals = new WaitingTotals(opened.store);
  const { store } = totals;
  const backend = new Embedded({ ...options, opened: { ...opened, store }, metrics });
  return { backend, store, queue: opened.queue, totals: () => totals.totals() };
}

async function levelsOf(backend: Backend): Promise<Levels> {
  const { counts } = backend.edge;
  return {
    registrations: counts.registered,
    groups: counts.groups,
    participations: { held: counts.participations },
    queues: await backend.queueDepths(),
    deadLetters: await backend.deadLetters(),
    connections: {
      sip: counts.sipConnections,
      msrp: counts.msrpConnections,
      'msrp-relayed': counts.relayedConnections,
    },
  };
}
