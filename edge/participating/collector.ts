/**
 * Messages on their way into the store: while one hand-over to the queue is under way, further ones collect, and the next
 * hand-over takes them all (group commit: no added delay when idle, large batches under load). Gives the positions.
 */
import { epochStart, positionOf } from '../../shared/core/position.ts';
import { storedBytes } from '../../shared/core/segment.ts';
import type { Arrival } from './arrival.ts';
import {
  collectedBytesMax,
  collectedMessagesMax,
  segmentBytesMax,
  segmentMessagesMax,
} from './limit.ts';

export type HandOver = { readonly first: number; readonly arrivals: readonly Arrival[] };

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
  #count = 0;
  #lastStored: number;

  constructor(epoch: number, ports: CollectorPorts) {
    this.#epoch = epoch;
    this.#ports = ports;
    this.#lastStored = epochStart(epoch);
  }

  /** The last position that is durable. */
  get lastStored(): number {
    return this.#lastStored;
  }

  /** The last position that was given. */
  get lastGiven(): number {
    return positionOf(this.#epoch, this.#count);
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
    const arrivals = this.#takeBatch();
    this.#out = { first: positionOf(this.#epoch, this.#count + 1), arrivals };
    this.#count += arrivals.length;
    this.#ports.handOver(nowMs, this.#out);
  }

  /** The hand-over is durable, or has failed. */
  handedOver(nowMs: number, isStored: boolean): void {
    const out = this.#out;
    if (out === undefined) return;
    this.#out = undefined;
    if (isStored) this.#lastStored = out.first + out.arrivals.length - 1;
    for (const [index, arrival] of out.arrivals.entries()) {
      if (isStored) {
        arrival.position = out.first + index;
        this.#ports.stored(nowMs, arrival);
      } else this.#ports.failed(nowMs, arrival);
    }
    this.flush(nowMs);
  }

  #takeBatch(): readonly Arrival[] {
    let bytes = 0;
    let count = 0;
    for (const arrival of this.#waiting) {
      const size = storedBytes(arrival);
      if (count > 0 && (bytes + size > segmentBytesMax || count >= segmentMessagesMax)) break;
      bytes += size;
      count++;
    }
    this.#waitingBytes -= bytes;
    const batch = this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    return batch;
  }
}
