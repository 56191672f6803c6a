/**
 * A bridge between a focus, a client and a store that do what a test tells them. Nothing happens by itself: hand-overs, reads
 * and reports of the cursor wait until the test lets them come out one way or the other.
 */
import { Bridge } from '../../../edge/participating/bridge.ts';
import type { BridgeOptions } from '../../../edge/participating/bridge-ports.ts';
import type { HandOver } from '../../../edge/participating/collector.ts';
import type { StoredRun } from '../../../edge/participating/delivery.ts';
import { positionOf } from '../../../shared/core/position.ts';
import { type StoredMessage, storedBytes } from '../../../shared/core/segment.ts';
import { bytesOf, storedMessage } from './arrivals.ts';

export const epoch = 2;
export const holdMs = 10_000;

export type Answer = { readonly inbound: number; readonly status: number };
export type ToClient = { readonly reference: number; readonly message: StoredMessage };

export class BridgeWorld {
  readonly bridge: Bridge;
  nowMs = 1_000_000;
  // The focus.
  readonly answers: Answer[] = [];
  /** Message-IDs that were reported as safe. */
  readonly reported: string[] = [];
  readonly inbounds = new Map<number, string>();
  isPaused = false;
  // The client.
  readonly sent: ToClient[] = [];
  hasRoom = true;
  // The store.
  readonly stored = new Map<number, StoredMessage>();
  out: HandOver | undefined;
  reading: { readonly after: number; readonly bytesMax: number } | undefined;
  isRereadDue = false;
  /** The table is behind the queue: positions beyond this one are not read yet. */
  tableThrough = Number.POSITIVE_INFINITY;
  keeping: number | undefined;
  durableCursor: number;
  // The runtime.
  holdAtMs: number | undefined;
  caughtUpCalls = 0;
  isLiveSession = true;

  constructor(options: Partial<BridgeOptions> = {}) {
    const all = { epoch, cursor: 0, last: 0, isEndUnknown: false, holdMs, ...options };
    this.durableCursor = all.cursor;
    this.bridge = new Bridge(all, {
      toClient: (_nowMs, reference, message) => {
        this.sent.push({ reference, message });
        return this.hasRoom;
      },
      answer: (_nowMs, inbound, status) => this.answers.push({ inbound, status }),
      reportSafe: (_nowMs, { messageId }) => this.reported.push(messageId),
      handOver: (_nowMs, handOver) => {
        if (this.out !== undefined) throw new Error('a hand-over is under way already');
        this.out = handOver;
      },
      read: (_nowMs, after, bytesMax) => {
        this.reading = { after, bytesMax };
      },
      readLater: () => {
        this.isRereadDue = true;
      },
      keepCursor: (_nowMs, cursor) => {
        if (this.keeping !== undefined) throw new Error('the cursor is being kept already');
        this.keeping = cursor;
      },
      pauseFocus: () => {
        this.isPaused = true;
      },
      resumeFocus: () => {
        this.isPaused = false;
      },
      holdUntil: (_nowMs, atMs) => {
        this.holdAtMs ??= atMs;
      },
      caughtUp: () => {
        this.caughtUpCalls++;
        return this.isLiveSession;
      },
    });
  }

  // --- what happens

  /** The focus sends a message; answers its inbound number. */
  arrive(
    messageId: string,
    more: {
      readonly bytes?: number;
      readonly body?: Uint8Array;
      readonly isSuccessReportWanted?: boolean;
    } = {},
  ): number {
    const inbound = this.inbounds.size + 1;
    this.inbounds.set(inbound, messageId);
    const { contentType } = storedMessage(messageId);
    this.bridge.arrived(this.nowMs, {
      inbound,
      messageId,
      contentType,
      body: more.body ?? bytesOf(more.bytes ?? 10, inbound),
      isSuccessReportWanted: more.isSuccessReportWanted ?? false,
      receivedAtMs: this.nowMs,
    });
    return inbound;
  }

  arriveAll(...messageIds: readonly string[]): void {
    for (const messageId of messageIds) this.arrive(messageId);
    this.endStep();
  }

  endStep(): void {
    this.bridge.endStep(this.nowMs);
  }

  clientUp(): void {
    this.bridge.clientUp(this.nowMs);
  }

  clientDown(): void {
    this.bridge.clientDown(this.nowMs);
  }

  /** The client answers what was sent `index`-th. */
  clientAnswers(index: number, status = 200): void {
    const sent = this.sent[index];
    if (sent === undefined) throw new Error(`nothing was sent as number ${index}`);
    this.bridge.clientAnswered(this.nowMs, sent.reference, status);
  }

  clientAnswersAll(from = 0): void {
    for (let index = from; index < this.sent.length; index++) this.clientAnswers(index);
  }

  /** The hand-over that is under way comes out. */
  handedOver(isStored = true): void {
    const { out } = this;
    if (out === undefined) throw new Error('no hand-over is under way');
    this.out = undefined;
    if (isStored) {
      for (const [index, message] of out.messages.entries()) {
        this.stored.set(out.first + index, message);
      }
    }
    this.bridge.handedOver(this.nowMs, isStored);
  }

  /** The reading that is under way comes out, with so many messages at most. */
  readDone(messagesMax = 1000): void {
    const { reading } = this;
    if (reading === undefined) throw new Error('no reading is under way');
    this.reading = undefined;
    this.bridge.segmentsRead(this.nowMs, this.#runs(reading, messagesMax));
  }

  rereadDue(): void {
    this.isRereadDue = false;
    this.bridge.readAgain(this.nowMs);
  }

  cursorKept(isKept = true): void {
    const { keeping } = this;
    if (keeping === undefined) throw new Error('no cursor is being kept');
    this.keeping = undefined;
    if (isKept) this.durableCursor = keeping;
    this.bridge.cursorKept(this.nowMs, isKept);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    if (this.holdAtMs === undefined || this.holdAtMs > this.nowMs) return;
    this.holdAtMs = undefined;
    this.bridge.holdEnded(this.nowMs);
  }

  /** Everything that is under way comes out well, but the client's answers. */
  settle(): void {
    this.endStep();
    for (let times = 0; times < 10_000; times++) {
      if (this.out !== undefined) this.handedOver();
      else if (this.keeping !== undefined) this.cursorKept();
      else if (this.reading !== undefined) this.readDone();
      else if (this.isRereadDue) this.rereadDue();
      else return;
    }
    throw new Error('the bridge does not come to rest');
  }

  /** A bridge whose client is there, with nothing stored. */
  static live(options?: Partial<BridgeOptions>): BridgeWorld {
    const world = new BridgeWorld(options);
    world.clientUp();
    world.settle();
    return world;
  }

  // --- what is seen

  get sentIds(): readonly string[] {
    return this.sent.map(({ message }) => message.messageId);
  }

  statusOf(inbound: number): number | undefined {
    return this.answers.find((answer) => answer.inbound === inbound)?.status;
  }

  /** Message-IDs with the status they were answered with, in the order of the answers. */
  get answered(): readonly string[] {
    return this.answers.map(({ inbound, status }) => `${this.inbounds.get(inbound)} ${status}`);
  }

  /** Messages that were stored whole, in order. */
  get storedIds(): readonly string[] {
    return [...this.stored]
      .sort(([a], [b]) => a - b)
      .filter(([, { part }]) => part !== 'first' && part !== 'middle')
      .map(([, { messageId }]) => messageId);
  }

  #runs(
    range: { readonly after: number; readonly bytesMax: number },
    messagesMax: number,
  ): readonly StoredRun[] {
    const runs: StoredRun[] = [];
    let bytes = 0;
    let count = 0;
    const behind = [...this.stored].filter(
      ([position]) => position > range.after && position <= this.tableThrough,
    );
    for (const [position, message] of behind.sort(([a], [b]) => a - b)) {
      if (count >= messagesMax || (count > 0 && bytes >= range.bytesMax)) break;
      runs.push({ first: position, messages: [message] });
      bytes += storedBytes(message);
      count++;
    }
    return runs;
  }
}

/** The position of the `count`-th message of the bridge's epoch. */
export function at(count: number): number {
  return positionOf(epoch, count);
}
