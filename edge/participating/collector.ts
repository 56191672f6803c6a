/**
 * Messages on their way into the store: while one hand-over to the queue is under way, further ones collect, and the next
 * hand-over takes them all (group commit: no added delay when idle, large batches under load). Gives the positions.
 */
import { epochStart, positionOf } from '../../shared/core/position.ts';
import { type Part, type StoredMessage, storedBytes } from '../../shared/core/segment.ts';
import type { Arrival } from './arrival.ts';
import type { BridgeOptions } from './bridge-ports.ts';
import {
  collectedBytesMax,
  collectedMessagesMax,
  segmentBytesMax,
  segmentMessagesMax,
} from './limit.ts';

export type HandOver = {
  readonly first: number;
  readonly messages: readonly StoredMessage[];
  /** The arrivals that are stored whole with this hand-over; one that is stored in parts counts with its last one. */
  readonly arrivals: readonly Arrival[];
};

export type CollectorPorts = {
  /** Starts a hand-over; its outcome comes by `handedOver`. */
  readonly handOver: (nowMs: number, handOver: HandOver) => void;
  /** An arrival is durable. */
  readonly stored: (nowMs: number, arrival: Arrival) => void;
  /** An arrival could not be made durable. */
  readonly failed: (nowMs: number, arrival: Arrival) => void;
};

export class Collector {
  readonly #ports: CollectorPorts;
  readonly #epoch: number;
  #waiting: Arrival[] = [];
  #waitingBytes = 0;
  #out: HandOver | undefined;
  #count: number;
  /** Bytes of the first waiting arrival that were handed over in parts. */
  #partAt = 0;
  #lastStored = 0;

  /** Goes on behind `last` if that is of this epoch: no position is given twice. */
  constructor({ epoch, last }: Pick<BridgeOptions, 'epoch' | 'last'>, ports: CollectorPorts) {
    this.#epoch = epoch;
    this.#count = Math.max(0, last - epochStart(epoch));
    this.#ports = ports;
  }

  /** The last position that is durable; 0 if none of this epoch is. */
  get lastStored(): number {
    return this.#lastStored;
  }

  /** The last position that was given; 0 if none of this epoch was. */
  get lastGiven(): number {
    return this.#count === 0 ? 0 : positionOf(this.#epoch, this.#count);
  }

  get isIdle(): boolean {
    return this.#out === undefined && this.#waiting.length === 0;
  }

  get isFull(): boolean {
    return this.#waitingBytes > collectedBytesMax || this.#waiting.length > collectedMessagesMax;
  }

  /** Below this the focus's connection is read again. */
  get hasRoom(): boolean {
    return (
      this.#waitingBytes < collectedBytesMax / 2 && this.#waiting.length < collectedMessagesMax / 2
    );
  }

  add(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#waitingBytes += storedBytes(arrival);
  }

  /** Hands over what waits, unless a hand-over is under way. Called at the end of each step, so that one step's add up. */
  flush(nowMs: number): void {
    if (this.#out !== undefined || this.#waiting.length === 0) return;
    const batch = this.#takePart() ?? this.#takeBatch();
    this.#out = { first: positionOf(this.#epoch, this.#count + 1), ...batch };
    this.#count += batch.messages.length;
    this.#ports.handOver(nowMs, this.#out);
  }

  /** The hand-over is durable, or has failed. */
  handedOver(nowMs: number, isStored: boolean): void {
    const out = this.#out;
    if (out === undefined) return;
    this.#out = undefined;
    const last = out.first + out.messages.length - 1;
    if (isStored) this.#lastStored = last;
    else this.#failParts(nowMs);
    for (const [index, arrival] of out.arrivals.entries()) {
      if (isStored) {
        arrival.position = last - out.arrivals.length + 1 + index;
        this.#ports.stored(nowMs, arrival);
      } else this.#ports.failed(nowMs, arrival);
    }
    this.flush(nowMs);
  }

  /** The next part of a message that is too long for one segment. */
  #takePart(): Omit<HandOver, 'first'> | undefined {
    const arrival = this.#waiting[0];
    if (arrival === undefined || storedBytes(arrival) <= segmentBytesMax) return undefined;
    const from = this.#partAt;
    const to = Math.min(from + segmentBytesMax, arrival.body.length);
    const isLast = to === arrival.body.length;
    const part = partOf(from === 0, isLast);
    const message: StoredMessage = { ...arrival, body: arrival.body.subarray(from, to), part };
    this.#partAt = isLast ? 0 : to;
    if (isLast) this.#drop(1, storedBytes(arrival));
    return { messages: [message], arrivals: isLast ? [arrival] : [] };
  }

  /** A message of which a part could not be made durable fails as a whole, though further parts would have followed. */
  #failParts(nowMs: number): void {
    const arrival = this.#waiting[0];
    if (arrival === undefined || this.#partAt === 0) return;
    this.#partAt = 0;
    this.#drop(1, storedBytes(arrival));
    this.#ports.failed(nowMs, arrival);
  }

  #takeBatch(): Omit<HandOver, 'first'> {
    let bytes = 0;
    let count = 0;
    for (const arrival of this.#waiting) {
      const size = storedBytes(arrival);
      if (bytes + size > segmentBytesMax || count >= segmentMessagesMax) break;
      bytes += size;
      count++;
    }
    const arrivals = this.#waiting.slice(0, count);
    this.#drop(count, bytes);
    return { messages: arrivals, arrivals };
  }

  #drop(count: number, bytes: number): void {
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    this.#waitingBytes -= bytes;
  }
}

/** A body that a segment takes is whole, even if its names make it a segment of its own. */
function partOf(isFirst: boolean, isLast: boolean): Part {
  if (isFirst) return isLast ? 'whole' : 'first';
  return isLast ? 'last' : 'middle';
}
