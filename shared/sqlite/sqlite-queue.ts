/**
 * The queue's port on the embedded store. A wait for records is kept here, not in the worker: when a batch goes out that sends to a
 * queue, or frees its records, the receipts that wait for that queue ride along and see what it brings.
 */
import { recheckMs, theseMax } from '../memory/limit.ts';
import { checkEntry } from '../memory/queue-name.ts';
import type {
  PeekedRecord,
  Queue,
  QueueDepth,
  QueueEntry,
  QueueRecord,
  ReceiveOptions,
} from '../ports/queue.ts';
import type { Page } from '../ports/store.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Operation, Received } from './operation.ts';

type Ask = () => void;

export class SqliteQueue implements Queue {
  readonly #commits: GroupCommit;
  readonly #nowMs: () => number;
  readonly #waiting = new Map<string, Set<Ask>>();
  readonly #gathering = new Map<string, Set<Ask>>();

  constructor(commits: GroupCommit, nowMs: () => number) {
    this.#commits = commits;
    this.#nowMs = nowMs;
    commits.onBatch((operations) => this.#wake(operations));
  }

  async send(entries: readonly QueueEntry[]): Promise<void> {
    for (const entry of entries) checkEntry(entry);
    const bytes = entries.reduce((sum, entry) => sum + entry.body.length, 0);
    if (entries.length > 0) await this.#commits.run('send', { entries }, { bytes });
  }

  async receive(queue: string, options: ReceiveOptions): Promise<readonly QueueRecord[]> {
    const { gatherMs = 0, waitMs } = options;
    if (gatherMs > 0) await this.#gather(queue, gatherMs);
    if (this.#commits.isEnded) return [];
    const untilMs = performance.now() + waitMs;
    let received = await this.#ask(queue, options);
    while (received.records.length === 0 && performance.now() < untilMs) {
      if (this.#commits.isEnded) return [];
      received = await this.#askLater(queue, options, { untilMs, nextAtMs: received.nextAtMs });
    }
    return received.records;
  }

  async remove(queue: string, receipts: readonly string[]): Promise<void> {
    if (receipts.length > 0) await this.#commits.run('removeRecords', { queue, receipts });
  }

  async release(queue: string, receipts: readonly string[], delayMs: number): Promise<void> {
    if (receipts.length > 0) await this.#commits.run('release', { queue, receipts, delayMs });
  }

  depth(queue: string): Promise<QueueDepth> {
    return this.#commits.run('depth', { queue });
  }

  peek(queue: string, { limit, after }: Page): Promise<readonly PeekedRecord[]> {
    return this.#commits.run('peek', { queue, after, limit: Math.min(limit, theseMax) });
  }

  async receiveThese(
    queue: string,
    ids: readonly string[],
    visibilityMs: number,
  ): Promise<readonly QueueRecord[]> {
    const given = { queue, ids: ids.slice(0, theseMax), visibilityMs };
    return await this.#commits.run('receiveThese', given);
  }

  async names(): Promise<readonly string[]> {
    return (await this.#commits.run('names', undefined)).names;
  }

  /** Ends the waits, with nothing. */
  stopWaiting(): void {
    for (const asks of this.#waiting.values()) callAll(asks);
    for (const ends of this.#gathering.values()) callAll(ends);
  }

  #gather(queue: string, ms: number): Promise<void> {
    const ends = this.#gathering.get(queue) ?? new Set<Ask>();
    this.#gathering.set(queue, ends);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      ends.add(end);
    });
  }

  #ask(queue: string, { max, visibilityMs }: ReceiveOptions): Promise<Received> {
    return this.#commits.run('receive', { queue, max, visibilityMs });
  }

  /** Asks again when something may have come, at the latest when the wait is over. */
  #askLater(
    queue: string,
    options: ReceiveOptions,
    times: { readonly untilMs: number; readonly nextAtMs: number | undefined },
  ): Promise<Received> {
    const nextMs = times.nextAtMs === undefined ? recheckMs : times.nextAtMs - this.#nowMs();
    const ms = Math.max(1, Math.min(times.untilMs - performance.now(), nextMs, recheckMs));
    const asks = this.#waiting.get(queue) ?? new Set<Ask>();
    this.#waiting.set(queue, asks);
    return new Promise((resolve, reject) => {
      const ask = (): void => {
        clearTimeout(timer);
        asks.delete(ask);
        if (this.#commits.isEnded) resolve({ records: [], nextAtMs: undefined });
        else this.#ask(queue, options).then(resolve, reject);
      };
      const timer = setTimeout(ask, ms);
      asks.add(ask);
    });
  }

  #wake(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.kind === 'send') this.#sent(operation.given.entries);
      if (operation.kind === 'removeRecords' || operation.kind === 'release') {
        callAll(this.#waiting.get(operation.given.queue)); // More of its groups may show.
      }
    }
  }

  #sent(entries: readonly QueueEntry[]): void {
    for (const { queue, canWait } of entries) {
      callAll(this.#waiting.get(queue));
      if (!canWait) callAll(this.#gathering.get(queue));
    }
  }
}

/** Each takes itself out of the set. */
function callAll(asks: ReadonlySet<Ask> | undefined): void {
  if (asks !== undefined) for (const ask of asks) ask();
}
