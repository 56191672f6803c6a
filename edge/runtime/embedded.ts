/**
 * Everything in one process on the embedded store: the edge, the functions behind their queues, and the pumps that feed the functions
 * the records in the shape that the cloud would (design 2). Also the memory store, for tests.
 */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { FunctionContext } from '../../lambdas/context.ts';
import { groupHandler } from '../../lambdas/group.ts';
import { participationHandler } from '../../lambdas/participation.ts';
import { registrationHandler } from '../../lambdas/registration.ts';
import type { Ports } from '../../shared/app/handle-participation.ts';
import { discardDelivered, emptyCommands } from '../../shared/app/housekeeping.ts';
import { type Pump, startPump } from '../../shared/app/pump.ts';
import { commandQueue, queueNames } from '../../shared/app/queue-names.ts';
import { announceEdge, forgetEdge, isHandled, takeOver } from '../../shared/app/recover.ts';
import { deadLetterQueue } from '../../shared/memory/queue-name.ts';
import type { Settings } from '../../shared/settings.ts';
import type { User } from '../../shared/users.ts';
import type { Backend } from './backend.ts';
import type { Addresses } from './build.ts';
import { Edge } from './edge.ts';
import { expireEveryMs, gatePollMs } from './limit.ts';
import type { Metrics } from './metrics.ts';
import type { Opened } from './open-store.ts';

export type EmbeddedOptions = {
  readonly settings: Settings;
  readonly users: readonly User[];
  readonly opened: Opened;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Names this run of the process. */
  readonly edgeName: string;
};

export class Embedded implements Backend {
  readonly #options: EmbeddedOptions;
  readonly #ports: Ports;
  readonly edge: Edge;
  #pumps: readonly Pump[] = [];
  #expiring: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: EmbeddedOptions) {
    const { settings, users, opened, log, metrics, edgeName } = options;
    const { store, queue } = opened;
    this.#options = options;
    this.#ports = {
      store,
      queue,
      nowMs: Date.now,
      deferredLifetimeS: settings.deferredLifetimeS,
      imdnLifetimeS: settings.imdnLifetimeS,
      policy: { discardCodes: settings.delivery.discardCodes },
    };
    this.edge = new Edge({ name: edgeName, settings, users, store, queue, log, metrics });
  }

  /** Binds the ports, takes over what an earlier run has left, and starts the functions. */
  async start(): Promise<Addresses> {
    const { edgeName, log } = this.#options;
    const addresses = await this.edge.listen();
    const others = await announceEdge(this.#ports, edgeName);
    for (const other of others) {
      const count = await takeOver(this.#ports, other, edgeName);
      log.info({ edge: other, participations: count }, 'took over from an earlier run');
      await emptyCommands(this.#options.opened.queue, other);
    }
    const takenOverMs = Date.now();
    this.#pumps = this.#startPumps();
    void this.#openGate(takenOverMs);
    this.#expiring = setInterval(() => void this.#expire(), expireEveryMs);
    return addresses;
  }

  /** Users are served when what was reported until then is handled: none of it can change what is known of them any more. */
  async #openGate(untilMs: number): Promise<void> {
    while (!this.#isStopping) {
      try {
        if (await isHandled(this.#ports, untilMs)) break;
      } catch (error) {
        this.#options.log.error({ err: error }, 'the queue could not be looked at');
      }
      await setTimeout(gatePollMs);
    }
    this.edge.gate.open();
  }

  /** Takes nothing new, finishes what is under way, closes the store last. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#expiring);
    await this.edge.close();
    await Promise.all(this.#pumps.map((pump) => pump.stop()));
    await this.#options.opened.close();
  }

  /** The queues that this process takes records from. */
  get served(): readonly string[] {
    return [...Object.values(queueNames), commandQueue(this.#options.edgeName)];
  }

  /** Records that wait, by queue. */
  async queueDepths(): Promise<Readonly<Record<string, number>>> {
    const depths: Record<string, number> = {};
    for (const name of Object.values(queueNames)) {
      const { visible, inFlight } = await this.#options.opened.queue.depth(name);
      depths[name] = visible + inFlight;
    }
    return depths;
  }

  /** Records that were given up, over all queues. */
  async deadLetters(): Promise<number> {
    let count = 0;
    for (const name of this.served) {
      const dead = deadLetterQueue(name) ?? name;
      count += (await this.#options.opened.queue.depth(dead)).visible;
    }
    return count;
  }

  /** Nothing of this run is left to take over. */
  async forget(): Promise<void> {
    await forgetEdge(this.#ports, this.#options.edgeName);
  }

  #startPumps(): readonly Pump[] {
    const { log, edgeName, opened } = this.#options;
    const context: FunctionContext = {
      ports: this.#ports,
      failed: (handler, _group, error) =>
        log.error({ err: error, handler }, 'a function has failed; its records come back'),
      parked: (handler, reason) => log.error({ handler, reason }, 'a record was parked'),
    };
    const commands = (event: Parameters<Edge['commands']>[0]) => this.edge.commands(event);
    const handlers = [
      [queueNames.participation, participationHandler(context)],
      [queueNames.registration, registrationHandler(context)],
      [queueNames.group, groupHandler(context)],
      [queueNames.commands, commands],
      [commandQueue(edgeName), commands],
    ] as const;
    return handlers.map(([queueName, handler]) =>
      startPump({
        queue: opened.queue,
        queueName,
        handler,
        log,
      }),
    );
  }

  async #expire(): Promise<void> {
    try {
      const { store } = this.#options.opened;
      const nowMs = Date.now();
      await store.expire(Math.floor(nowMs / 1000));
      await discardDelivered(store, nowMs);
    } catch (error) {
      // The next sweep tries again; nothing waits for this one.
      this.#options.log.error({ err: error }, 'what nobody needs any more could not be removed');
    }
  }
}
