/**
 * One subscription to a group's roster (RFC 6665, RFC 4575): the whole roster first and after each refresh, then what has changed,
 * with a version that counts this subscription's documents. Changes are collected while a NOTIFY is unanswered, or the last one is
 * too recent.
 */
import type { Header } from '../sip/message.ts';
import { conferenceInfoType } from '../xml/conference-info.ts';
import type { Desk } from './desk.ts';
import { notifyPauseMs } from './limit.ts';

export type SubscriptionOwner = {
  /** The whole roster, as this subscriber sees it. */
  readonly full: (version: number, user: string) => Uint8Array;
  /** These users of it. */
  readonly partial: (version: number, user: string, changed: ReadonlySet<string>) => Uint8Array;
  /** The subscription is over. */
  readonly gone: (subscription: Subscription) => void;
};

export type SubscriptionEnd =
  | 'timeout'
  | 'noresource'
  | 'rejected'
  | 'giveup'
  | 'deactivated'
  | `probation;retry-after=${number}`;

type Terms = {
  readonly dialog: string;
  readonly user: string;
  readonly contact: Header;
  /** The value of Event, with its id if it has one. */
  readonly event: string;
};

export class Subscription {
  readonly user: string;
  readonly #desk: Desk;
  readonly #terms: Terms;
  readonly #owner: SubscriptionOwner;
  #version = 0;
  #expiresAtMs = 0;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #changed = new Set<string>();
  #isNotifying = false;
  #isFullWanted = false;
  #isOver = false;

  constructor(desk: Desk, terms: Terms, owner: SubscriptionOwner) {
    this.user = terms.user;
    this.#desk = desk;
    this.#terms = terms;
    this.#owner = owner;
  }

  /** Lasts so long from now on; the whole roster is notified at once (RFC 6665 4.2.1.2). */
  extend(nowMs: number, lastingS: number): void {
    if (lastingS === 0) {
      this.end(nowMs, 'timeout');
      return;
    }
    this.#expiresAtMs = nowMs + lastingS * 1000;
    this.#desk.setTimer(`expires/${this.#terms.dialog}`, lastingS * 1000, (atMs) =>
      this.end(atMs, 'timeout'),
    );
    this.#isFullWanted = true;
    if (!this.#isNotifying) this.#notify(nowMs);
  }

  /** A user of the roster has changed. */
  changed(nowMs: number, user: string): void {
    this.#changed.add(user);
    this.#notifyInTime(nowMs);
  }

  /** The last NOTIFY, with the whole roster as it is now. */
  end(nowMs: number, reason: SubscriptionEnd): void {
    this.#forget();
    const { dialog, user } = this.#terms;
    this.#version++;
    const body = this.#owner.full(this.#version, user);
    this.#send(nowMs, `terminated;reason=${reason}`, body, (atMs) =>
      this.#desk.agent.end(atMs, dialog),
    );
  }

  /** The subscriber is not there any more. */
  drop(nowMs: number): void {
    this.#forget();
    this.#desk.agent.end(nowMs, this.#terms.dialog);
  }

  #forget(): void {
    this.#isOver = true;
    const { dialog } = this.#terms;
    this.#desk.leaveDialog(dialog);
    this.#desk.clearTimer(`expires/${dialog}`);
    this.#desk.clearTimer(`notify/${dialog}`);
    this.#owner.gone(this);
  }

  #notifyInTime(nowMs: number): void {
    if (this.#isNotifying) return;
    const waitMs = this.#sentAtMs + notifyPauseMs - nowMs;
    if (waitMs <= 0) {
      this.#notify(nowMs);
      return;
    }
    // RFC 4575 4.6: not more often than once a second.
    this.#desk.setTimer(`notify/${this.#terms.dialog}`, waitMs, (atMs) => this.#notify(atMs));
  }

  #notify(nowMs: number): void {
    const { user, dialog } = this.#terms;
    this.#desk.clearTimer(`notify/${dialog}`);
    this.#version++;
    const body = this.#isFullWanted
      ? this.#owner.full(this.#version, user)
      : this.#owner.partial(this.#version, user, this.#changed);
    this.#isFullWanted = false;
    this.#changed = new Set();
    this.#sentAtMs = nowMs;
    this.#isNotifying = true;
    const leftS = Math.max(0, Math.ceil((this.#expiresAtMs - nowMs) / 1000));
    this.#send(nowMs, `active;expires=${leftS}`, body, (atMs, status) =>
      this.#notified(atMs, status),
    );
  }

  #notified(nowMs: number, status: number): void {
    if (this.#isOver) return;
    this.#isNotifying = false;
    // RFC 6665 4.2.2: a subscriber that refuses, or doesn't answer, is none any more.
    if (status >= 300) this.drop(nowMs);
    else if (this.#isFullWanted) this.#notify(nowMs);
    else if (this.#changed.size > 0) this.#notifyInTime(nowMs);
  }

  #send(
    nowMs: number,
    state: string,
    body: Uint8Array,
    then: (nowMs: number, status: number) => void,
  ): void {
    const { dialog, contact, event } = this.#terms;
    const transaction = this.#desk.agent.requestInDialog(nowMs, dialog, {
      method: 'NOTIFY',
      headers: [
        contact,
        { name: 'Event', value: event },
        { name: 'Subscription-State', value: state },
        { name: 'Content-Type', value: conferenceInfoType },
      ],
      body,
    });
    this.#desk.onResponse(transaction, (atMs, response) => then(atMs, response.status));
  }
}
