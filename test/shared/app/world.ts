/**
 * The functions over stores and queues in memory: edges report, functions handle what is in the queues, and what edges are told is
 * read back. Everything that a port is asked for can fail, before or after it has happened, as if the function had died there.
 */
import { participationHandler } from '../../../lambdas/participation.ts';
import { registrationHandler } from '../../../lambdas/registration.ts';
import type { Ports } from '../../../shared/app/handle-participation.ts';
import { participationGroup, queueNames } from '../../../shared/app/queue-names.ts';
import { sqsEventOf } from '../../../shared/app/sqs-event.ts';
import { participationKey, segmentKey } from '../../../shared/core/key.ts';
import { type CommandMessage, readCommandMessage } from '../../../shared/core/message.ts';
import type {
  LegEvent,
  MessagesEvent,
  ParticipationEvent,
} from '../../../shared/core/participation/event.ts';
import type { ParticipationRecord } from '../../../shared/core/participation/fold.ts';
import type { Participation, ParticipationName } from '../../../shared/core/participation/state.ts';
import type { StoredBinding } from '../../../shared/core/registration.ts';
import { packSegment, unpackSegment } from '../../../shared/core/segment.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Queue, QueueRecord } from '../../../shared/ports/queue.ts';
import type { Store } from '../../../shared/ports/store.ts';
import { name } from '../core/participation/spec.ts';

/** What becomes of the n-th thing that a port is asked for. */
export type Fault = 'none' | 'before' | 'after';

const commandQueues = ['commands-a.fifo', 'commands-b.fifo', 'commands-c.fifo', 'commands.fifo'];

export class World {
  nowMs = 1000;
  readonly store: Store = memoryStore();
  readonly queue: Queue = memoryQueue({ nowMs: () => this.nowMs, receivesMax: 1000 });
  readonly parked: string[] = [];
  readonly failures: unknown[] = [];
  /** Asked before each call of a port. */
  fault: () => Fault = () => 'none';

  /** Ports that may fail. */
  get ports(): Ports {
    return {
      store: failing(this.store, () => this.fault()),
      queue: failing(this.queue, () => this.fault()),
      nowMs: () => this.nowMs,
      deferredLifetimeS: 3600,
    };
  }

  /** Puts an event into the participation's queue. */
  async send(body: object, of: ParticipationName = name): Promise<void> {
    await this.queue.send([
      {
        queue: queueNames.participation,
        group: participationGroup(of),
        deduplicationId: `${Math.random()}`,
        body: JSON.stringify(body),
      },
    ]);
  }

  /** An event that no edge counts. */
  async outside(event: Omit<ParticipationEvent, 'atMs'> & object): Promise<void> {
    await this.send({ name, event: { ...event, atMs: this.nowMs } });
  }

  /** A report of a user's bindings. */
  async register(atMs: number, ...bindings: readonly StoredBinding[]): Promise<void> {
    const event = { kind: 'registration', user: name.user, bindings, atMs };
    await this.queue.send([
      {
        queue: queueNames.registration,
        group: name.user,
        deduplicationId: `${Math.random()}`,
        body: JSON.stringify({ event }),
      },
    ]);
  }

  /** Lets the functions handle what is in their queues until nothing is left, `max` records at a time. */
  async run(max = 10): Promise<void> {
    const context = {
      ports: this.ports,
      failed: (_handler: string, _group: string, error: unknown) => void this.failures.push(error),
      parked: (_handler: string, reason: string) => void this.parked.push(reason),
    };
    const handlers = [
      [queueNames.registration, registrationHandler(context)],
      [queueNames.participation, participationHandler(context)],
    ] as const;
    for (let rounds = 0; rounds < 1000; rounds++) {
      let count = 0;
      for (const [queueName, handler] of handlers) {
        const records = await this.#receive(queueName, max);
        count += records.length;
        if (records.length > 0) await this.#handle(queueName, records, handler);
      }
      if (count === 0) return;
    }
    throw new Error('the queues are never empty');
  }

  async record(): Promise<{ version: number; data: ParticipationRecord } | undefined> {
    const key = participationKey(name);
    const item = await this.store.read(key.partition, key.sort);
    return item && { version: item.version, data: item.data as ParticipationRecord };
  }

  async state(): Promise<Participation | undefined> {
    return (await this.record())?.data.state;
  }

  /** What edges are told, each command once, as an edge does it; `queue command`. */
  async commands(): Promise<readonly string[]> {
    return (await this.commandMessages()).map(({ queue, message }) => {
      const { command } = message;
      const more = 'call' in command ? command.call : command.participation.phase;
      return `${queue} ${command.kind} ${more}`;
    });
  }

  async commandMessages(): Promise<readonly { queue: string; message: CommandMessage }[]> {
    const done = new Set<string>();
    const told: { queue: string; message: CommandMessage }[] = [];
    for (const queue of commandQueues) {
      for (const record of await this.#receiveAll(queue)) {
        const message = readCommandMessage(record.body);
        if (message === undefined || done.has(message.id)) continue;
        done.add(message.id);
        told.push({ queue: queue.replace('.fifo', ''), message });
      }
    }
    return told;
  }

  /** The Message-IDs that wait, in order. */
  async waiting(): Promise<readonly string[]> {
    const after = (await this.state())?.cursor ?? 0;
    const segments = await this.store.segments(segmentKey(name), { after, bytesMax: 1e9 });
    return segments.flatMap((segment) =>
      unpackSegment(segment.bytes)
        .filter((_message, index) => segment.first + index > after)
        .map((message) => message.messageId),
    );
  }

  async #handle(
    queueName: string,
    records: readonly QueueRecord[],
    handler: ReturnType<typeof participationHandler>,
  ): Promise<void> {
    const response = await handler(sqsEventOf(queueName, records), {} as never);
    const failed = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const receipts = (isFailed: boolean) =>
      records.filter(({ id }) => failed.has(id) === isFailed).map(({ receipt }) => receipt);
    await this.queue.release(queueName, receipts(true), 0);
    await this.queue.remove(queueName, receipts(false));
  }

  #receive(queue: string, max: number): Promise<readonly QueueRecord[]> {
    return this.queue.receive(queue, { max, waitMs: 0, visibilityMs: 30_000 });
  }

  async #receiveAll(queue: string): Promise<readonly QueueRecord[]> {
    const all: QueueRecord[] = [];
    for (;;) {
      const records = await this.#receive(queue, 10);
      if (records.length === 0) return all;
      all.push(...records);
      await this.queue.remove(
        queue,
        records.map(({ receipt }) => receipt),
      );
    }
  }
}

/** An edge that reports: it numbers its events. */
export class ReportingEdge {
  readonly #world: World;
  readonly #name: string;
  readonly #epoch: number;
  #counter = 0;
  #count = 0;

  constructor(world: World, edge: string, epoch = 1) {
    this.#world = world;
    this.#name = edge;
    this.#epoch = epoch;
  }

  /** The last position given. */
  get last(): number {
    return this.#count === 0 ? 0 : this.#epoch * 2 ** 32 + this.#count;
  }

  async report(event: LegEvent): Promise<void> {
    this.#counter++;
    const source = { edge: this.#name, epoch: this.#epoch, counter: this.#counter };
    await this.#world.send({ name, source, event: { ...event, atMs: this.#world.nowMs } });
  }

  /** Messages to keep, as one segment. */
  async store(...messageIds: readonly string[]): Promise<void> {
    const receivedAtMs = this.#world.nowMs;
    const first = this.#epoch * 2 ** 32 + this.#count + 1;
    this.#count += messageIds.length;
    const bytes = packSegment(
      messageIds.map((messageId) => ({
        messageId,
        contentType: 'text/plain',
        body: new Uint8Array(),
        receivedAtMs,
      })),
    );
    const event: MessagesEvent = {
      kind: 'messages',
      first,
      last: this.last,
      count: messageIds.length,
      oldestMs: receivedAtMs,
      bytes: Buffer.from(bytes).toString('base64'),
    };
    await this.#world.send({ name, event });
  }
}

/** A port whose every call may fail. */
export function failing<Port extends object>(port: Port, next: () => Fault): Port {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const fault = next();
        if (fault === 'before') throw new Error(`${String(key)} was not begun`);
        const result: unknown = await method.apply(target, args);
        if (fault === 'after') throw new Error(`${String(key)} was not heard of again`);
        return result;
      };
    },
  });
}
