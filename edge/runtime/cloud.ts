/**
 * An edge in front of functions in the cloud: it reports into their queues, takes commands from a queue of its own and from the shared
 * one, and reads the table. It says that it lives; an edge that has not for a while is taken over by those that have (design 7).
 */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { heartbeatMs } from '../../shared/app/edges-limit.ts';
import type { Ports } from '../../shared/app/handle-participation.ts';
import { type Pump, startPump } from '../../shared/app/pump.ts';
import { commandQueue, queueNames } from '../../shared/app/queue-names.ts';
import { takeOver } from '../../shared/app/recover.ts';
import { indexLagMs } from '../../shared/dynamodb/limit.ts';
import { deadLetterQueue } from '../../shared/memory/queue-name.ts';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import type { Backend } from './backend.ts';
import type { Addresses } from './build.ts';
import { Edge } from './edge.ts';
import { Fence } from './fence.ts';
import { commandVisibilityS, doubtMs, handedOverMs, receivesMax } from './limit.ts';
import { type MetricReporter, startMetricReporter } from './metric-reporter.ts';
import type { Metrics } from './metrics.ts';
import { Neighbours } from './neighbours.ts';
import type { OpenedCloud } from './open-store.ts';

export type CloudOptions = {
  readonly settings: Settings;
  readonly users: readonly User[];
  readonly opened: OpenedCloud;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Names this run of the process. */
  readonly edgeName: string;
};

export class Cloud implements Backend {
  readonly edge: Edge;
  readonly #options: CloudOptions;
  readonly #ports: Ports;
  readonly #neighbours: Neighbours;
  #pumps: readonly Pump[] = [];
  #reporter: MetricReporter | undefined;

  constructor(options: CloudOptions) {
    const { settings, users, opened, log, metrics, edgeName } = options;
    const { store, queue } = opened;
    const fence = new Fence();
    this.#options = options;
    this.#ports = {
      store,
      queue,
      nowMs: Date.now,
      deferredLifetimeS: settings.deferredLifetimeS,
      imdnLifetimeS: settings.imdnLifetimeS,
      ownedLagMs: indexLagMs,
    };
    this.#neighbours = new Neighbours({
      store,
      edge: edgeName,
      nowMs: Date.now,
      fence,
      isGone,
      lost: (edge) => this.#takeOver(edge),
      changed: () => this.edge.rehome(),
      gone: ({ host, sipPort }) => this.edge.unreachable({ host, port: sipPort }),
      failed: (error) => log.error({ err: error }, 'the other edges could not be looked at'),
      fenced: () => {
        log.fatal('this edge was taken for lost and taken over: it ends, and may be started anew');
        process.exit(1);
      },
    });
    this.edge = new Edge({
      name: edgeName,
      settings,
      users,
      store,
      queue,
      log,
      metrics,
      neighbours: this.#neighbours,
      fence,
    });
  }

  async start(): Promise<Addresses> {
    const { edgeName, opened, log } = this.#options;
    const own = commandQueue(edgeName);
    await opened.queue.make(own, { receivesMax, visibilityS: commandVisibilityS });
    const addresses = await this.edge.listen();
    await this.#neighbours.start(addresses);
    this.#reporter = this.#startReporter();
    // What a lost edge has left is for its users' home to go on with; nothing of it says that it is all handled.
    this.edge.gate.open();
    this.#pumps = [own, queueNames.commands].map((queueName) =>
      startPump({
        queue: opened.queue,
        queueName,
        handler: (event) => this.edge.commands(event),
        log,
      }),
    );
    return addresses;
  }

  async stop(): Promise<void> {
    const { edgeName, opened } = this.#options;
    await this.#neighbours.leave();
    this.#reporter?.stop();
    if (this.#neighbours.heirOf(edgeName) !== undefined) await this.#giveAway();
    await this.edge.close();
    await this.#neighbours.fallSilent();
    await this.#handOver();
    await Promise.all(this.#pumps.map((pump) => pump.stop()));
    await this.#neighbours.stop();
    await opened.queue.drop(commandQueue(edgeName));
    await opened.close();
  }

  get served(): readonly string[] {
    return [...Object.values(queueNames), commandQueue(this.#options.edgeName)];
  }

  async queueDepths(): Promise<Readonly<Record<string, number>>> {
    const depths = Object.values(queueNames).map(async (name) => {
      const { visible, inFlight } = await this.#options.opened.queue.depth(name);
      return [name, visible + inFlight] as const;
    });
    return Object.fromEntries(await Promise.all(depths));
  }

  async deadLetters(): Promise<number> {
    const depths = this.served.map(async (name) => {
      const { visible } = await this.#options.opened.queue.depth(deadLetterQueue(name) ?? name);
      return visible;
    });
    return (await Promise.all(depths)).reduce((sum, depth) => sum + depth, 0);
  }

  /** A user's participations go to the user's new home. */
  readonly #homeOf = (user: string): string => this.#neighbours.homeOf(user);

  #startReporter(): MetricReporter {
    const { settings, metrics, log } = this.#options;
    return startMetricReporter({
      service: settings.aws.table,
      held: () => {
        const { participations, sipConnections, msrpConnections } = this.edge.counts;
        return { sessions: participations, connections: sipConnections + msrpConnections };
      },
      happened: () => ({ ...metrics.totals, ...metrics.troubles }),
      log,
      nowMs: Date.now,
    });
  }

  /** Whatever goes on elsewhere is given away while this edge can still be reached. */
  async #giveAway(): Promise<void> {
    // By then all others know that this edge is nobody's home any more.
    await pause(heartbeatMs);
    await this.edge.handOver(this.#homeOf);
    await pause(handedOverMs);
  }

  /** What this edge still owns goes to the others, if there are any; otherwise to whoever comes next. */
  async #handOver(): Promise<void> {
    const { edgeName } = this.#options;
    const heir = this.#neighbours.heirOf(edgeName);
    if (heir !== undefined) await takeOver(this.#ports, edgeName, heir, this.#homeOf);
  }

  async #takeOver(edge: string): Promise<void> {
    const { edgeName, log, opened } = this.#options;
    const count = await takeOver(this.#ports, edge, edgeName, this.#homeOf);
    log.warn({ edge, participations: count }, 'took over from a lost edge');
    // Its commands are decided on anew, for their new owner.
    await opened.queue.drop(commandQueue(edge));
  }
}

/** Nobody listens there any more. An edge that is there, however busy, takes a connection or says nothing. */
function isGone({ host, sipPort }: Addresses): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: sipPort, timeout: doubtMs });
    const answer = (isRefused: boolean): void => {
      socket.destroy();
      resolve(isRefused);
    };
    socket.once('connect', () => answer(false)).once('timeout', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'));
  });
}
