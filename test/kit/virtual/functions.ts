/**
 * The functions of a virtual world: the product's handlers over store and queues in memory, called a moment after something came into a
 * queue. Store and queue can be made to fail. What edges are told is handed to those that live; the shared queue to the first of them.
 */
import { groupHandler } from '../../../lambdas/group.ts';
import { participationHandler } from '../../../lambdas/participation.ts';
import { registrationHandler } from '../../../lambdas/registration.ts';
import type { Ports } from '../../../shared/app/handle-participation.ts';
import { commandQueue, queueNames } from '../../../shared/app/queue-names.ts';
import { sqsEventOf } from '../../../shared/app/sqs-event.ts';
import { participationKey, segmentKey } from '../../../shared/core/key.ts';
import { type CommandMessage, readCommandMessage } from '../../../shared/core/message.ts';
import type { ParticipationRecord } from '../../../shared/core/participation/fold.ts';
import type { Participation, ParticipationName } from '../../../shared/core/participation/state.ts';
import { unpackSegment } from '../../../shared/core/segment.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Queue, QueueEntry, QueueRecord } from '../../../shared/ports/queue.ts';
import type { Store } from '../../../shared/ports/store.ts';
import type { Clock, Life } from './clock.ts';

/** An edge, as the functions see it. */
export type CommandedEdge = {
  readonly name: string;
  readonly life: Life;
  readonly command: (message: CommandMessage, group: string) => void;
};

type Handler = ReturnType<typeof participationHandler>;

const latencyMs = 1;
const visibilityMs = 30_000;
const againMs = 200;

export class Functions {
  readonly store: Store = memoryStore();
  readonly queue: Queue;
  readonly edges: CommandedEdge[] = [];
  /** What failed or was parked; a test looks that nothing did that it didn't cause. */
  readonly problems: string[] = [];
  /** Nothing is handled until they are up again. */
  isDown = false;
  /** The queues take nothing. */
  isQueueDown = false;
  readonly #clock: Clock;
  readonly #life: Life = { isOver: false };
  readonly #handlers: readonly (readonly [string, Handler])[];
  #isAwake = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.queue = memoryQueue({ nowMs: () => clock.nowMs });
    const context = {
      ports: this.ports,
      failed: (handler: string, _group: string, error: unknown) => {
        this.problems.push(`${handler}: ${String(error)}`);
      },
      parked: (handler: string, reason: string) => void this.problems.push(`${handler}: ${reason}`),
    };
    this.#handlers = [
      [queueNames.registration, registrationHandler(context)],
      [queueNames.participation, participationHandler(context)],
      [queueNames.group, groupHandler(context)],
    ];
  }

  get ports(): Ports {
    return {
      store: this.store,
      queue: this.queue,
      nowMs: () => this.#clock.nowMs,
      deferredLifetimeS: 3600,
      policy: { discardCodes: [603] },
    };
  }

  /** Takes entries; resolves when they are durable. */
  async send(entries: readonly QueueEntry[]): Promise<void> {
    if (this.isQueueDown) throw new Error('the queue does not answer');
    await this.queue.send(entries);
    this.wake();
  }

  /** Something may be in a queue. */
  wake(delayMs: number = latencyMs): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#clock.after(this.#life, delayMs, () => {
      this.#isAwake = false;
      if (!this.isDown) void this.#run();
    });
  }

  async state(name: ParticipationName): Promise<Participation | undefined> {
    const key = participationKey(name);
    const item = await this.store.read(key.partition, key.sort);
    return (item?.data as ParticipationRecord | undefined)?.state;
  }

  /** Message-IDs that are kept, in order. */
  async kept(name: ParticipationName): Promise<readonly string[]> {
    const segments = await this.store.segments(segmentKey(name), { after: 0, bytesMax: 1e9 });
    return segments.flatMap(({ bytes }) => unpackSegment(bytes).map(({ messageId }) => messageId));
  }

  async #run(): Promise<void> {
    for (let count = 1; count > 0; ) {
      count = 0;
      for (const [queueName, handler] of this.#handlers) {
        count += await this.#handle(queueName, handler);
      }
      count += await this.#command(queueNames.commands, this.edges.find(isAlive));
      for (const edge of this.edges.filter(isAlive)) {
        count += await this.#command(commandQueue(edge.name), edge);
      }
    }
  }

  async #handle(queueName: string, handler: Handler): Promise<number> {
    const records = await this.#receive(queueName);
    if (records.length === 0) return 0;
    const response = await handler(sqsEventOf(queueName, records), {} as never);
    const failed = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const receipts = (isFailed: boolean): readonly string[] =>
      records.filter(({ id }) => failed.has(id) === isFailed).map(({ receipt }) => receipt);
    await this.queue.release(queueName, receipts(true), againMs);
    await this.queue.remove(queueName, receipts(false));
    if (failed.size > 0) this.#clock.after(this.#life, againMs, () => this.wake());
    return records.length;
  }

  async #command(queueName: string, edge: CommandedEdge | undefined): Promise<number> {
    if (edge === undefined) return 0;
    const records = await this.#receive(queueName);
    for (const { body, group } of records) {
      const message = readCommandMessage(body);
      if (message !== undefined) edge.command(message, group ?? '');
    }
    await this.queue.remove(
      queueName,
      records.map(({ receipt }) => receipt),
    );
    return records.length;
  }

  #receive(queueName: string): Promise<readonly QueueRecord[]> {
    return this.queue.receive(queueName, { max: 10, waitMs: 0, visibilityMs });
  }
}

function isAlive(edge: CommandedEdge): boolean {
  return !edge.life.isOver;
}
