/**
 * Reports on their way to the queues. Reports of one group keep their order: one hand-over of a group is under way at a time, and
 * what comes meanwhile goes with the next. A hand-over that fails is tried again; messages that the queue has not taken in time are
 * given back as not stored, everything else waits until the queue works, within a bound.
 */
import type { Queue, QueueEntry } from '../../shared/ports/queue.ts';
import type { Fence } from './fence.ts';
import { outboxEntriesMax, reportRetryMaxMs, reportRetryMinMs, storeAnswerMs } from './limit.ts';

type Waiting = {
  readonly entry: QueueEntry;
  /** Given up at this time; undefined: never. */
  readonly untilMs: number | undefined;
  readonly done: (isStored: boolean) => void;
};

type Group = { waiting: Waiting[]; isOut: boolean; retryMs: number };

export type OutboxOptions = {
  readonly queue: Queue;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
  /** Holds back what would be promised while others may take this edge for lost. */
  readonly fence?: Pick<Fence, 'isOpen' | 'pass'>;
  /** Waits before another attempt; by the platform's timers unless given. */
  readonly pause?: (ms: number) => Promise<void>;
};

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #groups = new Map<string, Group>();
  #size = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pause;
  }

  /** Reports that are not handed over yet. */
  get size(): number {
    return this.#size;
  }

  /** Hands an entry over; `isUrgent` ones are given back if the queue doesn't take them in time. */
  send(entry: QueueEntry, isUrgent: boolean, done: (isStored: boolean) => void): void {
    if (isUrgent && this.#size >= outboxEntriesMax) {
      done(false);
      return;
    }
    const key = `${entry.queue} ${entry.group ?? ''}`;
    const group = this.#groups.get(key) ?? { waiting: [], isOut: false, retryMs: 0 };
    this.#groups.set(key, group);
    const untilMs = isUrgent ? this.#options.nowMs() + storeAnswerMs : undefined;
    group.waiting.push({ entry, untilMs, done });
    this.#size++;
    if (!group.isOut) void this.#handOver(key, group);
  }

  /** Resolves when everything has been handed over or given back. */
  async settled(): Promise<void> {
    while (this.#size > 0) await this.#pause(5);
  }

  async #handOver(key: string, group: Group): Promise<void> {
    group.isOut = true;
    while (group.waiting.length > 0) {
      const batch = group.waiting;
      group.waiting = [];
      const isStored = await this.#try(batch);
      if (isStored) {
        const { fence } = this.#options;
        if (fence?.isOpen === false) await fence.pass();
        group.retryMs = 0;
        this.#size -= batch.length;
        for (const waiting of batch) waiting.done(true);
      } else {
        group.waiting = [...this.#stillWanted(batch), ...group.waiting];
        group.retryMs = Math.min(Math.max(group.retryMs * 2, reportRetryMinMs), reportRetryMaxMs);
        await this.#pause(group.retryMs);
      }
    }
    group.isOut = false;
    this.#groups.delete(key);
  }

  async #try(batch: readonly Waiting[]): Promise<boolean> {
    try {
      await this.#options.queue.send(batch.map(({ entry }) => entry));
      return true;
    } catch (error) {
      // Decided here: the reports stay, and go again when the queue works.
      this.#options.failed(error);
      return false;
    }
  }

  #stillWanted(batch: readonly Waiting[]): Waiting[] {
    const nowMs = this.#options.nowMs();
    const late = batch.filter(({ untilMs }) => untilMs !== undefined && untilMs <= nowMs);
    for (const waiting of late) {
      this.#size--;
      waiting.done(false);
    }
    return batch.filter((waiting) => !late.includes(waiting));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
