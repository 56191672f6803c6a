/** A delivery with everything around it in plain lists: what it reads, sends and makes durable. */
import { Delivery, type StoredRun } from '../../../edge/participating/delivery.ts';
import type { StoredMessage } from '../../../shared/core/segment.ts';
import { storedMessage } from './arrivals.ts';

export type Sent = { readonly position: number; readonly message: StoredMessage };

export class Delivering {
  readonly delivery: Delivery;
  readonly reads: { readonly after: number; readonly bytesMax: number }[] = [];
  readonly rereadsMs: number[] = [];
  readonly sent: Sent[] = [];
  readonly kept: number[] = [];
  /** Whether the client's queue takes more behind what was sent last. */
  hasRoom = true;
  lastStored: number;

  constructor(options: { cursor?: number; isEndUnknown?: boolean; lastStored?: number } = {}) {
    const { cursor = 0, isEndUnknown = false, lastStored = 0 } = options;
    this.lastStored = lastStored;
    this.delivery = new Delivery(
      cursor,
      { isEndUnknown },
      {
        read: (_nowMs, after, bytesMax) => this.reads.push({ after, bytesMax }),
        readLater: (delayMs) => this.rereadsMs.push(delayMs),
        send: (_nowMs, position, message) => {
          this.sent.push({ position, message });
          return this.hasRoom;
        },
        keepCursor: (_nowMs, cursor) => this.kept.push(cursor),
      },
    );
  }

  get positions(): readonly number[] {
    return this.sent.map(({ position }) => position);
  }

  get isNearEnd(): boolean {
    return this.delivery.isNearEnd(this.lastStored);
  }

  get isFinished(): boolean {
    return this.delivery.isFinished(this.lastStored);
  }

  start(): void {
    this.delivery.start(0, this.lastStored);
  }

  read(...runs: readonly StoredRun[]): void {
    this.delivery.segmentsRead(0, runs, this.lastStored);
  }

  acknowledge(...positions: readonly number[]): void {
    for (const position of positions) this.delivery.acknowledged(0, position);
  }

  keep(isKept = true): void {
    this.delivery.cursorKept(0, isKept, this.lastStored);
  }

  /** Started, with so many messages from position 1 read. */
  static withRead(count: number, more?: Partial<StoredMessage>): Delivering {
    const delivering = new Delivering({ lastStored: count });
    delivering.start();
    delivering.read(runOf(1, count, more));
    return delivering;
  }
}

export function runOf(first: number, count: number, more?: Partial<StoredMessage>): StoredRun {
  const messages = Array.from({ length: count }, (_, index) =>
    storedMessage(`m${first + index}`, more),
  );
  return { first, messages };
}

/** Consecutive positions. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
