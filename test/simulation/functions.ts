/**
 * The functions behind their queues: records are received in batches and given to the real handlers, each call a process of its own that
 * may die or stall at any call of a port. A record is removed only when its handler has worked; else it comes back.
 */
import { participationHandler } from '../../lambdas/participation.ts';
import { registrationHandler } from '../../lambdas/registration.ts';
import type { Ports } from '../../shared/app/handle-participation.ts';
import { queueNames } from '../../shared/app/queue-names.ts';
import { sqsEventOf } from '../../shared/app/sqs-event.ts';
import type { Queue, QueueRecord } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Process } from './clock.ts';
import type { EdgeProcess } from './edge-process.ts';
import type { Simulation } from './simulation.ts';
import { stepped } from './stepped-ports.ts';

export type Cloud = {
  readonly simulation: Simulation;
  readonly store: Store;
  readonly queue: Queue;
  readonly deferredLifetimeS: number;
  readonly edges: () => readonly EdgeProcess[];
  readonly logged: (details: unknown, text: string) => void;
  readonly parked: (reason: string) => void;
};

const visibilityMs = 30_000;
const makers = {
  [queueNames.participation]: participationHandler,
  [queueNames.registration]: registrationHandler,
} as const;

export class Functions {
  readonly #cloud: Cloud;
  readonly #polls = new Set<string>();
  #calls = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Something may be in a queue: it is looked at soon. */
  wake(queue: string, delayMs = 1): void {
    const { simulation } = this.#cloud;
    const isSoon = delayMs < visibilityMs;
    if (isSoon && this.#polls.has(queue)) return;
    if (isSoon) this.#polls.add(queue);
    simulation.after(simulation.world, delayMs, () => {
      if (isSoon) this.#polls.delete(queue);
      this.#poll(queue);
    });
  }

  #poll(queue: string): void {
    const { simulation } = this.#cloud;
    const edge = this.#edgeFor(queue);
    const isServed = queue in makers || edge !== undefined;
    if (!isServed) return;
    simulation.isStirred = true;
    const max = simulation.random.pick([1, 3, 10]);
    const received = this.#cloud.queue.receive(queue, { max, waitMs: 0, visibilityMs });
    void received.then((records) => {
      if (records.length === 0) return;
      this.wake(queue);
      this.wake(queue, visibilityMs + 1);
      if (edge === undefined) this.#handle(queue, records);
      else this.#command(edge, queue, records);
    });
  }

  #edgeFor(queue: string): EdgeProcess | undefined {
    const living = this.#cloud.edges();
    const own = living.find((edge) => edge.commandQueue === queue);
    const isShared = queue === queueNames.commands && living.length > 0;
    return own ?? (isShared ? this.#cloud.simulation.random.pick(living) : undefined);
  }

  #command(edge: EdgeProcess, queue: string, records: readonly QueueRecord[]): void {
    const { simulation } = this.#cloud;
    simulation.after(edge.process, simulation.random.between(0, 3), () => {
      edge.commands(records);
      const receipts = records.map(({ receipt }) => receipt);
      const removed = edge.queue.remove(queue, receipts);
      removed.then(
        () => this.wake(queue),
        () => undefined,
      );
    });
  }

  #handle(queue: string, records: readonly QueueRecord[]): void {
    const { simulation, store, queue: base, logged, parked } = this.#cloud;
    const process: Process = { name: `call${++this.#calls}`, isDead: false };
    const dying = {
      process,
      die: () => {
        process.isDead = true;
      },
      deathRate: () => simulation.rates.functionDeath,
    };
    const own = stepped(simulation, base, dying);
    const ports: Ports = {
      store: stepped(simulation, store, dying),
      queue: own,
      nowMs: () => simulation.nowMs,
      deferredLifetimeS: this.#cloud.deferredLifetimeS,
    };
    simulation.trace(() => `${process.name} ${queue} ${records.map((one) => one.id).join(' ')}`);
    const handler = (makers as Record<string, typeof participationHandler>)[queue];
    const context = {
      ports,
      failed: (_handler: string, _group: string, error: unknown) => logged(error, 'failed'),
      parked: (_handler: string, reason: string) => parked(reason),
    };
    if (handler === undefined) return;
    void this.#call(handler(context), { queue, records, own });
  }

  async #call(
    handler: ReturnType<typeof participationHandler>,
    call: { readonly queue: string; readonly records: readonly QueueRecord[]; readonly own: Queue },
  ): Promise<void> {
    const { queue, records, own } = call;
    const response = await handler(sqsEventOf(queue, records), {} as never);
    const failed = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const receipts = (isFailed: boolean): readonly string[] =>
      records.filter(({ id }) => failed.has(id) === isFailed).map(({ receipt }) => receipt);
    try {
      if (failed.size > 0) await own.release(queue, receipts(true), 200);
      await own.remove(queue, receipts(false));
    } catch {
      // Told in vain: the records come back when their time is over, though done.
      return;
    }
    this.wake(queue);
    if (failed.size > 0) this.wake(queue, 201);
  }
}
