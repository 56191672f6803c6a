/** One member of a running group: the leg, the way to it, and what the member has said lately. */
import type { Header } from '../sip/message.ts';
import type { Leg } from './leg.ts';
import { recentIdsMax } from './limit.ts';
import type { Outlet } from './outlet.ts';
import type { Passing } from './passing.ts';

export class Member {
  /** Address of record. */
  readonly user: string;
  readonly outlet: Outlet;
  /** What the member has said, by Message-ID, oldest first. */
  readonly #recent = new Map<string, Passing | 'delivered'>();
  /** SENDs of the member that have no answer yet. */
  unanswered = 0;
  #leg: Leg | undefined;

  constructor(user: string, outlet: Outlet) {
    this.user = user;
    this.outlet = outlet;
  }

  get leg(): Leg | undefined {
    return this.#leg;
  }

  /** The member has this leg now, and no other. What was said over the one before is not answered there any more. */
  takeLeg(leg: Leg): void {
    this.#leg = leg;
    this.forgetSends();
  }

  /** The leg is over, or given up with these headers in its BYE or CANCEL. */
  endLeg(nowMs: number, headers?: readonly Header[]): void {
    const leg = this.#leg;
    this.#leg = undefined;
    this.forgetSends();
    if (headers !== undefined) leg?.end(nowMs, headers);
  }

  /** The leg is given up without a word. */
  dropLeg(nowMs: number): void {
    const leg = this.#leg;
    this.#leg = undefined;
    this.forgetSends();
    leg?.drop(nowMs);
  }

  /** The member's session is gone, and with it its unanswered SENDs. */
  forgetSends(): void {
    for (const passing of this.#recent.values()) {
      if (passing !== 'delivered') passing.abandon();
    }
    this.unanswered = 0;
  }

  /** What this Message-ID has become, if it was said before (RFC 4975 5.4: a message is sent again with the same one). */
  said(messageId: string): Passing | 'delivered' | undefined {
    return this.#recent.get(messageId);
  }

  say(messageId: string, passing: Passing): void {
    this.#recent.set(messageId, passing);
    if (this.#recent.size <= recentIdsMax) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }

  /** All have acknowledged it: no more than its Message-ID has to be remembered. */
  delivered(messageId: string): void {
    if (this.#recent.has(messageId)) this.#recent.set(messageId, 'delivered');
  }
}
