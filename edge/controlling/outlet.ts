/**
 * The way to one member: what the member has not acknowledged, in order, and whether it can be sent. Messages wait for a member who
 * is being invited or whose connection was lost, within bounds and for a while; the senders wait with them, but not for ever.
 *
 *   absent   has no leg: gets nothing
 *   invited  our INVITE is out, or its media are on their way
 *   away     the leg was lost, and may come back
 *   here     messages flow
 */
import type { Desk } from './desk.ts';
import type { Leg } from './leg.ts';
import {
  invitedHoldMs,
  invitingMs,
  queueMessageSizesMax,
  queueMessagesMax,
  returnMs,
} from './limit.ts';
import type { Passing } from './passing.ts';

export type Reach = 'absent' | 'invited' | 'away' | 'here';

export type ChatMessage = {
  readonly messageId: string;
  readonly contentType: string;
  readonly body: Uint8Array;
};

type Entry = {
  readonly message: ChatMessage;
  readonly passing: Passing;
  /** Since when it could have been sent, had the member been here. */
  heldSinceMs: number;
};

export class Outlet {
  readonly #desk: Desk;
  readonly #user: string;
  readonly #gaveUp: (nowMs: number) => void;
  readonly #name: string;
  #reach: Reach = 'absent';
  #leg: Leg | undefined;
  #unsent = new Map<number, Entry>();
  #sent = new Map<number, Entry>();
  #bytes = 0;
  #references = 0;
  #isBlocked = false;
  #isHoldTimerSet = false;

  /** `gaveUp` is told when the member has been waited for long enough. */
  constructor(desk: Desk, user: string, gaveUp: (nowMs: number) => void) {
    this.#desk = desk;
    this.#user = user;
    this.#gaveUp = gaveUp;
    this.#name = String(desk.nextNumber());
  }

  get reach(): Reach {
    return this.#reach;
  }

  /** Whether messages for all are for this member too. */
  get isReachable(): boolean {
    return this.#reach !== 'absent' && this.#leg?.isListening !== false;
  }

  /** Whether another message has room. */
  hasRoom(bytes: number): boolean {
    const { messageBytesMax } = this.#desk.options;
    const count = this.#unsent.size + this.#sent.size;
    const bytesMax = queueMessageSizesMax * messageBytesMax;
    return count < queueMessagesMax && this.#bytes + bytes <= bytesMax;
  }

  /** The member is being invited over this leg. */
  invited(leg: Leg): void {
    this.#leg = leg;
    this.#reach = 'invited';
    this.#awaitUntil(invitingMs);
  }

  /** The leg's dialog stands; its media have to follow in time. */
  joined(leg: Leg): void {
    this.#leg = leg;
    if (this.#reach !== 'invited') this.#reach = 'away';
    this.#awaitUntil(returnMs);
  }

  /** The leg's media are up: what waits goes out. */
  up(nowMs: number, leg: Leg): void {
    this.#reach = 'here';
    this.#isBlocked = false;
    this.#clearTimers();
    this.#flush(nowMs, leg);
  }

  /** The media are lost, or the leg with them; what was not acknowledged will be sent again, first. */
  away(nowMs: number): void {
    if (this.#reach === 'here') {
      this.#unsent = new Map([...this.#sent, ...this.#unsent]);
      this.#sent = new Map();
      for (const entry of this.#unsent.values()) entry.heldSinceMs = nowMs;
    }
    if (this.#reach !== 'invited') this.#reach = 'away';
    this.#awaitUntil(returnMs);
    this.watch(nowMs);
  }

  /**
   * The member is out of the session; what was not acknowledged is not sent any more. Unless that is excused, its senders are told, and
   * may send it again.
   */
  absent(nowMs: number, isExcused: boolean): void {
    const entries = [...this.#sent.values(), ...this.#unsent.values()];
    this.forget();
    for (const { passing } of entries) {
      if (isExcused) passing.excused(nowMs);
      else passing.missed(nowMs, this.#user);
    }
  }

  /** Nobody is waited for any more: what was not acknowledged comes again from its senders, who have no answer yet. */
  forget(): void {
    this.#reach = 'absent';
    this.#leg = undefined;
    this.#unsent.clear();
    this.#sent.clear();
    this.#bytes = 0;
    this.#clearTimers();
  }

  /** Takes a message; its passing has been told that this member has to acknowledge it. */
  put(nowMs: number, message: ChatMessage, passing: Passing): void {
    this.#references++;
    this.#bytes += message.body.length;
    this.#unsent.set(this.#references, { message, passing, heldSinceMs: nowMs });
    const leg = this.#leg;
    if (leg !== undefined && this.#reach === 'here') this.#flush(nowMs, leg);
    else this.watch(nowMs);
  }

  /** Sends what is only of the moment, if it can be sent at once. */
  hint(nowMs: number, message: ChatMessage): void {
    const leg = this.#leg;
    if (leg === undefined || this.#reach !== 'here' || this.#isBlocked) return;
    if (!leg.isListening || leg.refusalOf(message.contentType, message.body.length) !== undefined) {
      return;
    }
    this.#references++;
    const isTaken = leg.send(nowMs, {
      ...message,
      reference: this.#references,
      isSuccessReportWanted: false,
      failureReport: 'no',
    });
    this.#isBlocked = !isTaken;
  }

  /** The member has answered a message. */
  acknowledged(nowMs: number, reference: number, status: number): void {
    const entry = this.#sent.get(reference);
    if (entry === undefined) return;
    this.#sent.delete(reference);
    this.#bytes -= entry.message.body.length;
    entry.passing.acknowledged(nowMs, status);
  }

  /** The leg takes messages again. */
  room(nowMs: number, leg: Leg): void {
    this.#isBlocked = false;
    this.#flush(nowMs, leg);
  }

  #flush(nowMs: number, leg: Leg): void {
    for (const [reference, entry] of this.#unsent) {
      if (this.#isBlocked) return;
      this.#unsent.delete(reference);
      this.#sent.set(reference, entry);
      this.#send(nowMs, leg, reference, entry);
    }
  }

  #send(nowMs: number, leg: Leg, reference: number, { message }: Entry): void {
    const refusal = leg.refusalOf(message.contentType, message.body.length);
    if (refusal !== undefined) {
      this.acknowledged(nowMs, reference, refusal);
      return;
    }
    const isTaken = leg.send(nowMs, {
      ...message,
      reference,
      isSuccessReportWanted: false,
      failureReport: 'yes',
    });
    this.#isBlocked = !isTaken;
  }

  #awaitUntil(delayMs: number): void {
    this.#desk.setTimer(`await/${this.#name}`, delayMs, this.#gaveUp);
  }

  #clearTimers(): void {
    this.#desk.clearTimer(`await/${this.#name}`);
    this.#desk.clearTimer(`hold/${this.#name}`);
    this.#isHoldTimerSet = false;
  }

  /** A sender waits for a message that may be held here: looks after it, with one timer for all that wait. */
  watch(nowMs: number): void {
    if (this.#isHoldTimerSet || this.#reach === 'here') return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#unsent.values()) {
      if (entry.passing.isAwaited) dueMs = Math.min(dueMs, this.#dueMs(entry));
    }
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#isHoldTimerSet = true;
    const delayMs = Math.max(1, dueMs - nowMs);
    this.#desk.setTimer(`hold/${this.#name}`, delayMs, (atMs) => this.#holdEnded(atMs));
  }

  #holdEnded(nowMs: number): void {
    this.#isHoldTimerSet = false;
    for (const entry of this.#unsent.values()) {
      const { passing } = entry;
      if (passing.isAwaited && this.#dueMs(entry) <= nowMs) passing.overdue(nowMs);
    }
    this.watch(nowMs);
  }

  #dueMs({ passing, heldSinceMs }: Entry): number {
    const holdMs = this.#reach === 'invited' ? invitedHoldMs : this.#desk.options.holdMs;
    return Math.max(heldSinceMs, passing.awaitedSinceMs) + holdMs;
  }
}
