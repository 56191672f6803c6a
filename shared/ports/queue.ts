/**
 * Queues as the rest of the program sees them, with the semantics of SQS: FIFO queues order by group, hold a group back while
 * one of its records is out, and drop an id that is repeated in its group for five minutes; a record comes back when its visibility
 * ends, and after `receivesMax` receipts goes to the dead letters. A queue whose name ends in `.fifo` is a FIFO queue.
 */
import type { Page } from './store.ts';

export type QueueEntry = {
  readonly queue: string;
  readonly body: string;
  /** FIFO queues only; both are required there. */
  readonly group?: string;
  readonly deduplicationId?: string;
  /** Standard queues only. */
  readonly delayMs?: number;
  /** Nobody waits for what becomes of it, so that it may gather with others until they are received together. */
  readonly canWait?: true;
};

export type QueueRecord = {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  /** How often it has been received, this time included. */
  readonly receives: number;
  readonly sentAtMs: number;
};

export type ReceiveOptions = {
  /** At most 10. */
  readonly max: number;
  /** How long to wait for a first record. */
  readonly waitMs: number;
  readonly visibilityMs: number;
  /**
   * Records gather so long before any is taken, or until one is sent that can't wait. SQS, where each receipt is a call over a network,
   * has its own ways and takes what there is.
   */
  readonly gatherMs?: number;
};

/** A record as it stands in its queue, looked at without receiving it. */
export type PeekedRecord = {
  readonly id: string;
  readonly group: string | undefined;
  /** How often it has been received. */
  readonly receives: number;
  readonly sentAtMs: number;
  /** With a receiver, or held back until a time. */
  readonly isOut: boolean;
  /** The body's first characters, at least 1,024 if there are so many. */
  readonly bodyStart: string;
};

export type QueueDepth = {
  readonly visible: number;
  readonly inFlight: number;
  readonly oldestMs: number | undefined;
};

export type Queue = {
  /** Resolves once all entries are durable; rejects if any is not, with `QueueAbsent` if a queue isn't there. */
  send(entries: readonly QueueEntry[]): Promise<void>;
  receive(queue: string, options: ReceiveOptions): Promise<readonly QueueRecord[]>;
  remove(queue: string, receipts: readonly string[]): Promise<void>;
  /** Makes records visible again after a delay, counted as failed receipts. */
  release(queue: string, receipts: readonly string[], delayMs: number): Promise<void>;
  depth(queue: string): Promise<QueueDepth>;
  /** Looks at records, oldest first; `page.after` is the id of the last one. At most 100. */
  peek(queue: string, page: Page): Promise<readonly PeekedRecord[]>;
  /**
   * Receives these records in this order, whatever stands before them in their groups. Those that are gone or out are left out, and so are
   * those of a FIFO group of which a record is out. At most 100.
   */
  receiveThese(
    queue: string,
    ids: readonly string[],
    visibilityMs: number,
  ): Promise<readonly QueueRecord[]>;
  /** The names of all queues; they stay when the queues are empty. */
  names(): Promise<readonly string[]>;
};
