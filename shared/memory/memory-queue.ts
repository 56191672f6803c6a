/**
 * Queues in memory, for the simulator and for tests: the semantics of the port with nothing durable. The clock is injected, and
 * with `waitMs` 0 no timer is ever started.
 */
import { setTimeout as sleepFor } from 'node:timers/promises';
import type {
  PeekedRecord,
  Queue,
  QueueDepth,
  QueueEntry,
  QueueRecord,
  ReceiveOptions,
} from '../ports/queue.ts';
import type { Page } from '../ports/store.ts';
import {
  bodyStartLength,
  bytesMaxDefault,
  deduplicationMs,
  receiveMax,
  receivesMaxDefault,
  recheckMs,
  theseMax,
} from './limit.ts';
import { type Exhausted, type Lease, QueueIndex } from './queue-index.ts';
import { checkEntry, deadLetterQueue, isFifo } from './queue-name.ts';

export type MemoryQueueOptions = {
  readonly nowMs: () => number;
  /** Receipts after which a record moves to the dead letters. */
  readonly receivesMax?: number;
  /** The bodies of all queues together, in characters. */
  readonly bytesMax?: number;
  /** Waits for a time or for the signal, whichever is first; must not reject. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

type Kept = {
  readonly body: string;
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sentAtMs: number;
};

type Waiter = { readonly queue: string; readonly wake: () => void };

type OneQueue = {
  readonly index: QueueIndex;
  /** Deduplication ids and when each is forgotten, oldest first. */
  readonly ids: Map<string, number>;
};

/** Makes the queues; a queue exists from its first entry on. */
export function memoryQueue(options: MemoryQueueOptions): Queue {
  return new MemoryQueue(options);
}

class MemoryQueue implements Queue {
  readonly #options: MemoryQueueOptions;
  readonly #queues = new Map<string, OneQueue>();
  readonly #records = new Map<number, Kept>();
  readonly #waiters = new Set<Waiter>();
  readonly #gatherers = new Set<Waiter>();
  #sequence = 0;
  #bytes = 0;

  constructor(options: MemoryQueueOptions) {
    this.#options = options;
  }

  async send(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) checkEntry(entry);
    const { bytesMax = bytesMaxDefault } = this.#options;
    const more = entries.reduce((sum, entry) => sum + entry.body.length, 0);
    if (this.#bytes + more > bytesMax) {
      throw new Error(`the queues in memory are full (${bytesMax} characters of bodies)`);
    }
    for (const entry of entries) this.#sendOne(entry);
    for (const name of new Set(entries.map((entry) => entry.queue))) this.#wake(name);
    for (const { queue, canWait } of entries) if (canWait !== true) this.#hurry(queue);
  }

  async receive(queue: string, options: ReceiveOptions): Promise<readonly QueueRecord[]> {
    const { gatherMs = 0, waitMs } = options;
    if (gatherMs > 0) await this.#sleep(this.#gatherers, queue, gatherMs);
    const untilMs = this.#options.nowMs() + waitMs;
    for (;;) {
      const taken = this.#take(queue, options);
      if (taken.length > 0 || this.#options.nowMs() >= untilMs) return taken;
      await this.#waitForWake(queue, untilMs);
    }
  }

  async remove(queue: string, receipts: readonly string[]): Promise<void> {
    const index = this.#queues.get(queue)?.index;
    for (const receipt of receipts) {
      const found = index?.find(receipt);
      if (found === undefined) continue;
      this.#bytes -= this.#records.get(found)?.body.length ?? 0;
      this.#records.delete(found);
      index?.remove(receipt);
    }
    this.#wake(queue);
  }

  async release(queue: string, receipts: readonly string[], delayMs: number): Promise<void> {
    const visibleAtMs = this.#options.nowMs() + delayMs;
    const index = this.#queues.get(queue)?.index;
    for (const receipt of receipts) index?.release(receipt, visibleAtMs);
    this.#wake(queue);
  }

  async depth(queue: string): Promise<QueueDepth> {
    const depth = this.#queues.get(queue)?.index.depth(this.#options.nowMs());
    const oldest = depth?.oldest === undefined ? undefined : this.#records.get(depth.oldest);
    const { visible = 0, inFlight = 0 } = depth ?? {};
    return { visible, inFlight, oldestMs: oldest?.sentAtMs };
  }

  async peek(queue: string, { limit, after = '0' }: Page): Promise<readonly PeekedRecord[]> {
    const index = this.#queues.get(queue)?.index;
    const nowMs = this.#options.nowMs();
    const range = { after: Number(after), limit: Math.min(limit, theseMax), nowMs };
    const sequences = index?.behind(range) ?? [];
    return sequences.flatMap((sequence) => {
      const kept = this.#records.get(sequence);
      if (kept === undefined || index === undefined) return [];
      const { body, group, sentAtMs } = kept;
      const bodyStart = body.slice(0, bodyStartLength);
      return [{ id: String(sequence), group, sentAtMs, bodyStart, ...index.look(sequence) }];
    });
  }

  async receiveThese(
    queue: string,
    ids: readonly string[],
    visibilityMs: number,
  ): Promise<readonly QueueRecord[]> {
    const records = ids.slice(0, theseMax).map((id) => {
      const sequence = Number(id);
      return { sequence, group: this.#records.get(sequence)?.group ?? '' };
    });
    const nowMs = this.#options.nowMs();
    const leases = this.#queues.get(queue)?.index.takeThese(records, { nowMs, visibilityMs });
    return this.#recordsOf(leases ?? []);
  }

  async names(): Promise<readonly string[]> {
    return [...this.#queues.keys()];
  }

  #queueOf(name: string): OneQueue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const { receivesMax = receivesMaxDefault } = this.#options;
    const hasDeadLetters = deadLetterQueue(name) !== undefined;
    const index = new QueueIndex({
      isFifo: isFifo(name),
      receivesMax: hasDeadLetters ? receivesMax : Number.POSITIVE_INFINITY,
    });
    const made = { index, ids: new Map<string, number>() };
    this.#queues.set(name, made);
    return made;
  }

  #sendOne(entry: QueueEntry): void {
    const now = this.#options.nowMs();
    const { index, ids } = this.#queueOf(entry.queue);
    const { body, group, deduplicationId, delayMs = 0 } = entry;
    if (deduplicationId !== undefined && isRepeat(ids, deduplicationId, now)) return;
    this.#sequence++;
    const sequence = this.#sequence;
    this.#bytes += body.length;
    this.#records.set(sequence, { body, group, deduplicationId, sentAtMs: now });
    const visible = delayMs > 0 ? { visibleAtMs: now + delayMs } : {};
    index.add({ sequence, group: group ?? '', ...visible });
  }

  #wake(queue: string): void {
    for (const waiter of this.#waiters) if (waiter.queue === queue) waiter.wake();
  }

  #hurry(queue: string): void {
    for (const gatherer of this.#gatherers) if (gatherer.queue === queue) gatherer.wake();
  }

  #take(queue: string, { max, visibilityMs }: ReceiveOptions): readonly QueueRecord[] {
    const nowMs = this.#options.nowMs();
    const index = this.#queues.get(queue)?.index;
    const taken = index?.take({ max: Math.min(max, receiveMax), nowMs, visibilityMs });
    if (taken === undefined) return [];
    this.#bury(queue, taken.exhausted);
    return this.#recordsOf(taken.leases);
  }

  #recordsOf(leases: readonly Lease[]): readonly QueueRecord[] {
    return leases.flatMap(({ sequence, receipt, receives }) => {
      const kept = this.#records.get(sequence);
      return kept === undefined ? [] : [{ id: String(sequence), receipt, receives, ...kept }];
    });
  }

  #bury(queue: string, exhausted: readonly Exhausted[]): void {
    const dead = deadLetterQueue(queue);
    if (dead === undefined || exhausted.length === 0) return;
    for (const record of exhausted) this.#queueOf(dead).index.add(record);
    this.#wake(dead);
  }

  async #waitForWake(queue: string, untilMs: number): Promise<void> {
    const nowMs = this.#options.nowMs();
    const next = this.#queues.get(queue)?.index.nextAtMs() ?? untilMs;
    const ms = Math.max(1, Math.min(untilMs - nowMs, next - nowMs, recheckMs));
    await this.#sleep(this.#waiters, queue, ms);
  }

  /** Sleeps, or until it's woken as one of these. */
  async #sleep(sleepers: Set<Waiter>, queue: string, ms: number): Promise<void> {
    const { sleep = sleepUnlessAborted } = this.#options;
    const controller = new AbortController();
    const waiter = { queue, wake: () => controller.abort() };
    sleepers.add(waiter);
    await sleep(ms, controller.signal);
    sleepers.delete(waiter);
  }
}

/** Remembers a deduplication id; answers whether it was known. Forgets outdated ones first, which bounds the memory. */
function isRepeat(ids: Map<string, number>, id: string, nowMs: number): boolean {
  for (const [old, untilMs] of ids) {
    if (untilMs > nowMs) break;
    ids.delete(old);
  }
  if (ids.has(id)) return true;
  ids.set(id, nowMs + deduplicationMs);
  return false;
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  // A rejection only tells of the abort, which is what ends the wait early.
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}
