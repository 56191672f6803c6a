/**
 * What the focus says, on its way to the client (design 5). Five modes:
 *
 *   deferring   the client is away: everything is collected into the store
 *   delivering  the client is there: stored messages are sent; what arrives is still stored, behind them
 *   holding     the last stored messages are under way: what arrives is held unanswered, bounded, so that a busy group can't
 *               be chased for ever
 *   live        messages pass straight through, a window of them at a time, and are answered when the client has acknowledged them
 *   leaving     another owner is to go on: all that comes is stored, and the answers to what is under way are waited for
 *
 * What is held for longer than the hold limit, because the client is slow, is stored and delivered behind what is under way.
 */

import { ownText } from '../bytes/text.ts';
import { Answering } from './answering.ts';
import { type Arrival, RecentIds } from './arrival.ts';
import type { BridgeOptions, BridgePorts, IncomingMessage } from './bridge-ports.ts';
import { Collector } from './collector.ts';
import { Delivery, type StoredRun } from './delivery.ts';
import { FocusGate } from './focus-gate.ts';
import { Held } from './held.ts';
import { answeredAtEndMax, recentIdsMax, windowMessagesMax } from './limit.ts';
import { LiveWindow } from './live-window.ts';

export type Mode = 'deferring' | 'delivering' | 'holding' | 'live' | 'leaving';

export class Bridge {
  readonly #ports: BridgePorts;
  readonly #collector: Collector;
  readonly #delivery: Delivery;
  readonly #live: LiveWindow;
  readonly #holdMs: number;
  readonly #lastStoredBefore: number;
  readonly #held = new Held();
  readonly #gate: FocusGate;
  readonly #recent = new RecentIds(recentIdsMax);
  readonly #answering: Answering;
  #mode: Mode = 'deferring';
  #isClientFull = false;

  constructor(options: BridgeOptions, ports: BridgePorts) {
    this.#ports = ports;
    this.#collector = new Collector(options, {
      handOver: ports.handOver,
      stored: (nowMs, arrival) => this.#answering.stored(nowMs, arrival),
      failed: (nowMs, arrival) => this.#answering.failed(nowMs, arrival),
    });
    this.#delivery = new Delivery(options.cursor, options, {
      read: ports.read,
      readLater: ports.readLater,
      keepCursor: ports.keepCursor,
      send: (nowMs, position, message) => ports.toClient(nowMs, position, message),
    });
    this.#gate = new FocusGate(ports);
    this.#live = new LiveWindow(options.holdMs);
    this.#holdMs = options.holdMs;
    this.#lastStoredBefore = options.lastStored ?? 0;
    this.#answering = new Answering(ports, {
      recent: this.#recent,
      live: this.#live,
      delivery: this.#delivery,
    });
  }

  get mode(): Mode {
    return this.#mode;
  }

  get cursor(): number {
    return this.#delivery.cursor;
  }

  /** Nothing is on its way into the store. */
  get isStoreIdle(): boolean {
    return this.#collector.isIdle;
  }

  /** Nothing waits for the client, as far as this owner knows. */
  get isStoreEmpty(): boolean {
    return this.#collector.isIdle && this.#delivery.isFinished(this.#collector.lastStored);
  }

  /** Everything that was begun is finished: answered by the client, or stored, and that is known. */
  get isSettled(): boolean {
    const isUnderWay = this.#live.size > 0 || this.#delivery.unconfirmed > 0;
    return this.#collector.isIdle && this.#held.isEmpty && !isUnderWay;
  }

  /** Nothing is under way to the client or into the store. */
  get isQuiet(): boolean {
    return this.isStoreEmpty && this.#held.isEmpty && this.#live.size === 0;
  }

  /** As much is under way as may be. */
  get isFull(): boolean {
    return this.#collector.isFull || this.#held.isFull;
  }

  /** The last position given, whether it is durable yet or not. */
  get last(): number {
    return this.#collector.lastGiven;
  }

  /** Message-IDs that an earlier owner has stored: a focus that sends them again is answered at once. */
  remember(messageIds: readonly string[]): void {
    for (const messageId of messageIds) this.#recent.done(messageId);
  }

  /** The last position that was stored here. */
  get lastStored(): number {
    return Math.max(this.#collector.lastStored, this.#lastStoredBefore);
  }

  /** What the focus was answered last. */
  get answered(): readonly string[] {
    return this.#recent.latest(answeredAtEndMax);
  }

  /** A message of the focus is complete. */
  arrived(nowMs: number, message: IncomingMessage): void {
    const known = this.#recent.find(message.messageId);
    if (known === 'done') {
      this.#ports.answer(nowMs, message.inbound, 200, false);
      return;
    }
    if (known !== undefined) {
      this.#answering.repeated(nowMs, known, message.inbound);
      this.#watch(nowMs);
      return;
    }
    // It may be remembered for long.
    const messageId = ownText(message.messageId);
    const arrival: Arrival = { ...message, messageId, position: undefined, isDelivered: false };
    this.#recent.begin(arrival);
    if (this.#isOpen && this.#held.isEmpty) this.#send(nowMs, arrival);
    else if (this.#mode === 'live' || this.#mode === 'holding') this.#held.add(arrival);
    else this.#collector.add(arrival);
    this.#throttle();
    this.#watch(nowMs);
  }

  /** The client's session is up. */
  clientUp(nowMs: number): void {
    this.#mode = 'delivering';
    this.#isClientFull = false;
    this.#delivery.start(nowMs, this.#collector.lastStored);
    this.#turn(nowMs);
  }

  /** The client is gone: what it hasn't acknowledged comes first in the deferral, with the same ids (design 5.8). */
  clientDown(nowMs: number): void {
    if (this.#mode === 'deferring') return;
    this.#mode = 'deferring';
    this.#delivery.stop();
    for (const arrival of this.#live.clear()) this.#collector.add(arrival);
    for (const arrival of this.#held.takeAll()) this.#collector.add(arrival);
    this.#collector.flush(nowMs);
    this.#throttle();
  }

  /** The client has answered the message of a reference: 200, or an error that repeating would not change. */
  clientAnswered(nowMs: number, reference: number, status: number): void {
    const arrival = this.#live.answered(reference);
    if (arrival === undefined) this.#delivery.acknowledged(nowMs, reference);
    else this.#answering.answered(nowMs, arrival, status);
    this.#sendHeld(nowMs);
    this.#turn(nowMs);
  }

  /** The client's queue has room again. */
  clientRoom(nowMs: number): void {
    this.#isClientFull = false;
    this.#delivery.unblock(nowMs, this.#collector.lastStored);
    this.#sendHeld(nowMs);
  }

  /** The time of `holdUntil` has come: what the client has not answered for long is stored. */
  holdEnded(nowMs: number): void {
    for (const arrival of this.#live.overdue(nowMs)) this.#collector.add(arrival);
    const { first } = this.#held;
    if (first !== undefined && first.receivedAtMs + this.#holdMs <= nowMs) this.#fallBack();
    this.#collector.flush(nowMs);
    this.#watch(nowMs);
    this.#throttle();
  }

  /** A hand-over to the store is done. */
  handedOver(nowMs: number, isStored: boolean): void {
    this.#collector.handedOver(nowMs, isStored);
    this.#delivery.advance(nowMs, this.#collector.lastStored);
    this.#throttle();
    this.#turn(nowMs);
  }

  segmentsRead(nowMs: number, runs: readonly StoredRun[]): void {
    this.#delivery.segmentsRead(nowMs, runs, this.#collector.lastStored);
    this.#turn(nowMs);
  }

  readAgain(nowMs: number): void {
    this.#delivery.readAgain(nowMs, this.#collector.lastStored);
  }

  cursorKept(nowMs: number, isKept: boolean): void {
    this.#delivery.cursorKept(nowMs, isKept, this.#collector.lastStored);
    this.#sendHeld(nowMs);
    this.#turn(nowMs);
  }

  /** Another owner is to go on: what is under way is stored unless the client still answers it, and so is all that comes. */
  leave(nowMs: number): void {
    this.#delivery.hold();
    if (this.#mode !== 'deferring') this.#storeUnderWay(nowMs);
    this.#mode = 'leaving';
  }

  /** The focus's session is over: what the client has still under way is kept until the client has answered it. */
  sessionEnded(nowMs: number): void {
    if (this.#mode === 'live' && this.#live.size > 0) this.#storeUnderWay(nowMs);
  }

  /** There is a live session to go on with after all: what is held goes out. */
  resume(nowMs: number): void {
    this.#turn(nowMs);
  }

  /** Hands over what this step has collected. */
  endStep(nowMs: number): void {
    this.#collector.flush(nowMs);
  }

  #storeUnderWay(nowMs: number): void {
    const underWay = this.#live.overdue(Number.POSITIVE_INFINITY);
    for (const arrival of underWay) this.#collector.add(arrival);
    this.#fallBack();
    this.#collector.flush(nowMs);
  }

  /** The client can't take what is held in time: that is stored, and delivered behind what is under way. */
  #fallBack(): void {
    this.#mode = 'delivering';
    for (const arrival of this.#held.takeAll()) this.#collector.add(arrival);
  }

  /** Delivering becomes holding near the end, and holding becomes live at the end. */
  #turn(nowMs: number): void {
    const lastStored = this.#collector.lastStored;
    if (this.#mode === 'delivering') {
      // What is under way live has stored copies: the delivery must not bring them too.
      if (this.#delivery.isStopped && !this.#live.isSettled) return;
      if (this.#delivery.isStopped) this.#delivery.start(nowMs, lastStored);
      if (this.#delivery.isNearEnd(lastStored)) this.#mode = 'holding';
    }
    if (this.#mode !== 'holding' || !this.#collector.isIdle) return;
    if (!this.#delivery.isFinished(lastStored)) return;
    this.#delivery.finish(nowMs);
    if (!this.#ports.caughtUp(nowMs)) return;
    this.#mode = 'live';
    this.#sendHeld(nowMs);
  }

  /**
   * Another one may go out live. What is under way, or not yet durably known as acknowledged, may come twice after a crash (promise 3):
   * no more than a window of that.
   */
  get #isOpen(): boolean {
    const unconfirmed = this.#live.size + this.#delivery.unconfirmed;
    return this.#mode === 'live' && unconfirmed < windowMessagesMax && !this.#isClientFull;
  }

  #sendHeld(nowMs: number): void {
    if (this.#held.isEmpty) return;
    while (this.#isOpen) {
      const arrival = this.#held.take();
      if (arrival === undefined) break;
      this.#send(nowMs, arrival);
    }
    this.#throttle();
  }

  #send(nowMs: number, arrival: Arrival): void {
    const reference = this.#live.add(arrival);
    if (!this.#ports.toClient(nowMs, reference, arrival)) this.#isClientFull = true;
  }

  #watch(nowMs: number): void {
    const first = this.#live.nextToBeStored ?? this.#held.first;
    if (first !== undefined) this.#ports.holdUntil(nowMs, first.receivedAtMs + this.#holdMs);
  }

  #throttle(): void {
    this.#gate.turn(this.isFull, this.#collector.hasRoom);
  }
}
