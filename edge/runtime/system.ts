/** One process with everything in it: the embedded system and its HTTP side. Used by `npm start`, the demo and the tests. */
import type { Logger } from 'pino';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import { Embedded, openStore } from './embedded.ts';
import { createHttp } from './http.ts';
import { createMask } from './log.ts';
import { type Levels, Metrics } from './metrics.ts';
import { makeOperator } from './operator.ts';
import { participationEntries } from './participation-view.ts';
import { readinessOf } from './readiness.ts';
import { version } from './version.ts';
import { WaitingTotals } from './waiting-totals.ts';

export type SystemOptions = {
  readonly settings: Settings;
  readonly users: readonly User[];
  readonly log: Logger;
  readonly edgeName: string;
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
  const opened = await openStore(settings.store);
  const metrics = new Metrics(() => levelsOf(embedded));
  const totals = new WaitingTotals(opened.store);
  const { store } = totals;
  const embedded = new Embedded({ ...options, opened: { ...opened, store }, metrics });
  const http = createHttp({
    ...(settings.adminToken === undefined ? {} : { adminToken: settings.adminToken }),
    readiness: () => readinessOf(isReady, store),
    metrics,
    participations: (user) => participationEntries(store, user),
    operator: makeOperator({
      store,
      queue: opened.queue,
      served: embedded.served,
      mask: createMask({ identities: settings.log.identities }),
    }),
    status: async () => {
      const { waiting, oldestMs } = await totals.totals();
      const { registered, groups } = embedded.edge.counts;
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
        deadLetters: await embedded.deadLetters(),
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
  const { host, sipPort, msrpPort } = await embedded.start();
  const addresses = [
    { name: 'sip', address: `${host}:${sipPort} (udp, tcp)` },
    { name: 'msrp', address: `${host}:${msrpPort} (tcp)` },
    { name: 'http', address: `http://${host}:${httpPort}/` },
  ];
  isReady = true;
  return {
    addresses,
    replaceUsers: (others) => embedded.edge.replaceUsers(others),
    stop: async () => {
      isReady = false;
      await embedded.stop();
      await http.close();
    },
  };
}

async function levelsOf(embedded: Embedded): Promise<Levels> {
  const { registered, groups, participations, sipConnections, msrpConnections } =
    embedded.edge.counts;
  return {
    registrations: registered,
    groups,
    participations: { held: participations },
    queues: await embedded.queueDepths(),
    deadLetters: await embedded.deadLetters(),
    connections: { sip: sipConnections, msrp: msrpConnections },
  };
}
