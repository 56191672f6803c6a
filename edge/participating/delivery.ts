/**
 * Streams stored messages to a client: reads segments in order, keeps a window of SENDs in flight, moves the cursor as the
 * client acknowledges, and reports the cursor so that it is durable. No more is ever sent than `windowMessagesMax` beyond the
 * durable cursor: after a crash at most that much comes twice (promise 3).
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import {
  awaitedReadsMax,
  readBytesMax,
  rereadMaxMs,
  rereadMinMs,
  windowBytesMax,
  windowMessagesMax,
} from './limit.ts';
import { PartJoiner } from './part-joiner.ts';
import { ReadAhead, type Ready } from './read-ahead.ts';
import { Repeats } from './repeats.ts';

export type StoredRun = { readonly first: number; readonly messages: readonly StoredMessage[] };

export type DeliveryPorts = {
  /** Reads segments behind a position; the answer comes by `segmentsRead`. */
  readonly read: (nowMs: number, after: number, bytesMax: number) => void;
  /** Reads again after a while, by `readAgain`. */
  readonly readLater: (delayMs: number) => void;
  /** Sends one message to the client, with its position as reference; false if the client's queue is full now. */
  readonly send: (nowMs: number, position: number, message: StoredMessage) => boolean;
  /** Makes the cursor durable; the outcome comes by `cursorKept`. */
  readonly keepCursor: (nowMs: number, cursor: number) => void;
};

type Sent = { readonly position: number; readonly bytes: number; isAcknowledged: boolean };

export class Delivery {
  readonly #ports: DeliveryPorts;
  readonly #ready = new ReadAhead();
  /** Messages sent and not yet passed by the cursor, in order. */
  #sent: Sent[] = [];
  #sentAt = 0;
  #sentBytes = 0;
  #unconfirmed = 0;
  #cursor: number;
  #keptCursor: number;
  #keeping: { readonly cursor: number; readonly messages: number } | undefined;
  #readThrough: number;
  /** The last position that was ever read: messages of an earlier owner among them. */
  #lastRead: number;
  /** Stored here before, and perhaps not in the table yet; not awaited for ever, for it may be gone. */
  #awaited: number;
  #awaitedReads = 0;
  readonly #joiner = new PartJoiner();
  readonly #repeats = new Repeats();
  #isReading = false;
  #rereadMs = rereadMinMs;
  /** The store may hold more than this edge has put there: only an empty read shows the end. */
  #isEndUnknown: boolean;
  #isStopped = true;
  #isBlocked = false;
  #isHeld = false;

  constructor(
    cursor: number,
    options: { readonly isEndUnknown: boolean; readonly lastStored?: number },
    ports: DeliveryPorts,
  ) {
    this.#awaited = options.lastStored ?? 0;
    this.#cursor = cursor;
    this.#keptCursor = cursor;
    this.#readThrough = cursor;
    this.#lastRead = cursor;
    this.#isEndUnknown = options.isEndUnknown;
    this.#ports = ports;
  }

  /** Position up to which the client has acknowledged. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Messages sent beyond the durable cursor. */
  get unconfirmed(): number {
    return this.#unconfirmed;
  }

  /** Nothing is sent or read: the client is gone, or gets by other ways what is stored. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Everything up to the durable end was read; what is left is in memory. */
  isNearEnd(lastStored: number): boolean {
    return !this.#isMore(lastStored) && !this.#isReading;
  }

  /** Everything up to the durable end was sent and acknowledged. */
  isFinished(lastStored: number): boolean {
    return this.isNearEnd(lastStored) && this.#ready.isEmpty && this.#sent.length === this.#sentAt;
  }

  /** The client is there: go on from the cursor. */
  start(nowMs: number, lastStored: number): void {
    this.#isStopped = false;
    this.#isBlocked = false;
    this.advance(nowMs, lastStored);
  }

  /** No more is sent; what the client still acknowledges counts. */
  hold(): void {
    this.#isHeld = true;
  }

  /** The client is gone: what it has not acknowledged will be sent again. */
  stop(): void {
    this.#isStopped = true;
    this.#unconfirmed -= this.#sent.length - this.#sentAt;
    this.#ready.clear();
    this.#sent = [];
    this.#sentAt = 0;
    this.#sentBytes = 0;
    this.#readThrough = this.#cursor;
    this.#joiner.clear();
    this.#isReading = false;
  }

  /** Everything is delivered; from here on the client gets by other ways what is stored. The cursor passes what was never stored whole. */
  finish(nowMs: number): void {
    this.#cursor = this.#readThrough;
    this.stop();
    this.keep(nowMs);
  }

  /** Sends and reads as far as window and memory allow. */
  advance(nowMs: number, lastStored: number): void {
    if (this.#isStopped || this.#isHeld) return;
    this.#fillWindow(nowMs);
    if (this.#isReading || !this.#isMore(lastStored) || this.#ready.isFull) return;
    this.#isReading = true;
    this.#ports.read(nowMs, this.#readThrough, readBytesMax);
  }

  /** Stored messages, or none if nothing stands behind `after` yet. */
  segmentsRead(nowMs: number, runs: readonly StoredRun[], lastStored: number): void {
    if (this.#isStopped) return;
    this.#isReading = false;
    for (const run of runs) this.#take(run);
    if (runs.length > 0) {
      this.#rereadMs = rereadMinMs;
      this.#awaitedReads = 0;
    } else if (!this.#isBehind(lastStored)) this.#isEndUnknown = false;
    else if (this.#awaited > 0 && this.#awaitedReads >= awaitedReadsMax) this.#awaited = 0;
    else {
      this.#awaitedReads++;
      // Handed over to the queue, not yet in the table.
      this.#isReading = true;
      this.#ports.readLater(this.#rereadMs);
      this.#rereadMs = Math.min(this.#rereadMs * 2, rereadMaxMs);
      return;
    }
    this.advance(nowMs, lastStored);
  }

  /** The time of `readLater` has come. */
  readAgain(nowMs: number, lastStored: number): void {
    this.#isReading = false;
    this.advance(nowMs, lastStored);
  }

  /** The client's queue has room again. */
  unblock(nowMs: number, lastStored: number): void {
    this.#isBlocked = false;
    this.advance(nowMs, lastStored);
  }

  /** The client has answered a message, with 200 or for good with an error. */
  acknowledged(nowMs: number, position: number): void {
    const entry = this.#find(position);
    if (entry === undefined) return;
    entry.isAcknowledged = true;
    let head = this.#sent[this.#sentAt];
    while (head?.isAcknowledged === true) {
      this.#cursor = head.position;
      this.#sentBytes -= head.bytes;
      this.#sentAt++;
      head = this.#sent[this.#sentAt];
    }
    if (this.#sentAt > windowMessagesMax) {
      this.#sent = this.#sent.slice(this.#sentAt);
      this.#sentAt = 0;
    }
    this.keep(nowMs);
  }

  /** Messages that were stored while they were under way live are acknowledged after all. Until that is durable the window counts them. */
  passed(nowMs: number, position: number, messages: number): void {
    if (position <= this.#cursor) return;
    this.#unconfirmed += messages;
    this.#cursor = position;
    this.#readThrough = Math.max(this.#readThrough, position);
    this.keep(nowMs);
  }

  /** Makes the cursor durable unless that is under way. */
  keep(nowMs: number): void {
    if (this.#keeping !== undefined || this.#cursor === this.#keptCursor) return;
    const unacknowledged = this.#sent.length - this.#sentAt;
    this.#keeping = { cursor: this.#cursor, messages: this.#unconfirmed - unacknowledged };
    this.#ports.keepCursor(nowMs, this.#cursor);
  }

  /** The cursor is durable, so that the window moves on. */
  cursorKept(nowMs: number, isKept: boolean, lastStored: number): void {
    const keeping = this.#keeping;
    this.#keeping = undefined;
    if (keeping === undefined) return;
    if (isKept) {
      this.#keptCursor = keeping.cursor;
      this.#unconfirmed = Math.max(0, this.#unconfirmed - keeping.messages);
    }
    // Also after a failure: a full window would wait for ever.
    this.keep(nowMs);
    this.advance(nowMs, lastStored);
  }

  #take(run: StoredRun): void {
    for (const [index, stored] of run.messages.entries()) {
      const position = run.first + index;
      if (position <= this.#readThrough) continue;
      const message = this.#joiner.take(stored);
      if (message !== undefined) this.#ready.add({ position, message });
    }
    this.#readThrough = Math.max(this.#readThrough, run.first + run.messages.length - 1);
    this.#lastRead = Math.max(this.#lastRead, this.#readThrough);
  }

  #isMore(lastStored: number): boolean {
    return this.#isEndUnknown || this.#isBehind(lastStored);
  }

  /** There is more in the store than was read in this session. */
  #isBehind(lastStored: number): boolean {
    return this.#readThrough < Math.max(lastStored, this.#lastRead, this.#awaited);
  }

  #fillWindow(nowMs: number): void {
    let { next } = this.#ready;
    while (next !== undefined && this.#hasWindow(next) && !this.#isBlocked) {
      const bytes = next.message.body.length;
      this.#ready.take(next);
      this.#sent.push({ position: next.position, bytes, isAcknowledged: false });
      this.#sentBytes += bytes;
      this.#unconfirmed++;
      this.#send(nowMs, next);
      next = this.#ready.next;
    }
  }

  #send(nowMs: number, { position, message }: Ready): void {
    if (this.#repeats.isRepeat(message.messageId, position)) this.acknowledged(nowMs, position);
    else if (!this.#ports.send(nowMs, position, message)) this.#isBlocked = true;
  }

  #hasWindow(next: Ready): boolean {
    if (this.#unconfirmed === 0) return true;
    const bytes = this.#sentBytes + next.message.body.length;
    return this.#unconfirmed < windowMessagesMax && bytes <= windowBytesMax;
  }

  #find(position: number): Sent | undefined {
    for (let at = this.#sentAt; at < this.#sent.length; at++) {
      const entry = this.#sent[at];
      if (entry?.position === position) return entry;
    }
    return undefined;
  }
}
