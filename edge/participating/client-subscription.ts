/**
 * A client's subscription to the roster of its group session (003). While a deferred delivery to the client is pending it is answered
 * here: the first notification shows only this user, the last one everybody. Otherwise it is carried to the focus and back. It may
 * go from one to the other within the client's dialog; the versions of the documents rise all the same.
 */
import type { SipEvent } from '../sip/effect.ts';
import { expires } from '../sip/expires.ts';
import { header } from '../sip/header.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { conferenceInfoType } from '../xml/conference-info.ts';
import type { Desk } from './desk.ts';
import { type FocusAnswer, FocusSubscription } from './focus-subscription.ts';
import { earlyNotificationsMax, rosterLifetimeS } from './limit.ts';
import { ownUri } from './own-uri.ts';
import { RosterDocuments } from './roster-documents.ts';

export type SubscriptionTerms = {
  readonly user: string;
  /** What the client has subscribed to. */
  readonly identity: string;
  /** Decision D-03: a deferred delivery is pending, or the session has ended. */
  readonly isServedHere: () => boolean;
  readonly over: () => void;
};

type Request = { readonly transaction: string; readonly request: SipRequest };

const passedHeaders = [
  ...['Event', 'Subscription-State', 'Content-Type', 'Expires', 'Accept'],
  // RFC 6665 4.1.2.1: what a refusal says to do otherwise.
  ...['Min-Expires', 'Allow-Events', 'Retry-After', 'Warning'],
];

export class ClientSubscription {
  readonly #desk: Desk;
  readonly #terms: SubscriptionTerms;
  readonly #documents: RosterDocuments;
  readonly #timer: string;
  /** The dialog with the client; empty before it is accepted, and after its end. */
  #client = '';
  /** Undefined while it is answered here. */
  #focus: FocusSubscription | undefined;
  #early: Request[] = [];
  #expiresAtMs = 0;

  constructor(desk: Desk, terms: SubscriptionTerms) {
    this.#desk = desk;
    this.#terms = terms;
    this.#documents = new RosterDocuments(terms.identity, terms.user);
    this.#timer = `subscription/${desk.nextNumber()}`;
  }

  /** The client's first SUBSCRIBE. */
  start(nowMs: number, first: Request): void {
    if (this.#terms.isServedHere()) {
      this.#accept(nowMs, first);
      return;
    }
    const { user, identity } = this.#terms;
    const { headers, body } = first.request;
    this.#focus = new FocusSubscription(
      nowMs,
      this.#desk,
      { user, identity, headers: passed(headers), body },
      {
        answered: (atMs, answer) => this.#answered(atMs, first, answer),
        notified: (atMs, transaction, request) => this.#notified(atMs, { transaction, request }),
        lost: (atMs) => this.#terminate(atMs, 'deactivated'),
      },
    );
  }

  /** Decision D-03: the client has all that waited and is in the running session, whose focus goes on. */
  passOn(nowMs: number, identity: string): void {
    if (this.#client === '' || this.#focus !== undefined) return;
    const leftS = Math.max(1, Math.round((this.#expiresAtMs - nowMs) / 1000));
    this.#desk.clearTimer(this.#timer);
    this.#documents.followFocus();
    const headers = [
      { name: 'Event', value: 'conference' },
      { name: 'Accept', value: conferenceInfoType },
      { name: 'Expires', value: String(leftS) },
    ];
    this.#focus = new FocusSubscription(
      nowMs,
      this.#desk,
      { user: this.#terms.user, identity, headers },
      {
        answered: (atMs, { status }) => {
          // RFC 6665 4.1.3: the client may subscribe again, and is answered by whoever can.
          if (status >= 300) this.#terminate(atMs, 'deactivated');
        },
        notified: (atMs, transaction, request) => this.#notified(atMs, { transaction, request }),
        lost: (atMs) => this.#terminate(atMs, 'deactivated'),
      },
    );
  }

  /** 003 step 6: everybody who was in the session, in the notification that ends the subscription. */
  finish(nowMs: number, users: readonly string[], then: (nowMs: number) => void): void {
    if (this.#client === '') {
      then(nowMs);
      return;
    }
    this.#leaveFocus(nowMs);
    this.#desk.clearTimer(this.#timer);
    // Decision C-12: the session is gone for good, so that it makes no sense to subscribe again.
    this.#notify(nowMs, 'terminated;reason=noresource', users, (atMs) => {
      this.#end(atMs);
      then(atMs);
    });
  }

  /** This edge ends: whoever has no answer yet gets one from somebody else. */
  leave(nowMs: number, reason: string): void {
    if (this.#client !== '') this.#terminate(nowMs, reason);
  }

  // --- answered here

  #accept(nowMs: number, { transaction, request }: Request): void {
    const client = this.#desk.agent.acceptSubscription(nowMs, transaction, this.#grant(request));
    this.#own(client);
    this.#serve(nowMs, request);
  }

  #grant(request: SipRequest) {
    const headers = [{ name: 'Expires', value: String(grantedS(request)) }, this.#contact()];
    return { status: 200, headers };
  }

  /** RFC 6665 4.2.1.2: each SUBSCRIBE is followed by a NOTIFY; 003 step 4: it shows this user alone. */
  #serve(nowMs: number, request: SipRequest): void {
    const lastingS = grantedS(request);
    const { user } = this.#terms;
    if (lastingS === 0) {
      this.#desk.clearTimer(this.#timer);
      this.#notify(nowMs, 'terminated;reason=timeout', [user], (atMs) => this.#end(atMs));
      return;
    }
    this.#expireLater(nowMs, lastingS);
    this.#notify(nowMs, `active;expires=${lastingS}`, [user], () => {});
  }

  #expireLater(nowMs: number, lastingS: number): void {
    this.#expiresAtMs = nowMs + lastingS * 1000;
    this.#desk.setTimer(this.#timer, lastingS * 1000, (atMs) => this.#terminate(atMs, 'timeout'));
  }

  #terminate(nowMs: number, reason: string): void {
    const { user } = this.#terms;
    this.#leaveFocus(nowMs);
    this.#notify(nowMs, `terminated;reason=${reason}`, [user], (atMs) => this.#end(atMs));
  }

  #notify(
    nowMs: number,
    state: string,
    users: readonly string[],
    then: (nowMs: number) => void,
  ): void {
    const transaction = this.#desk.agent.requestInDialog(nowMs, this.#client, {
      method: 'NOTIFY',
      headers: [
        { name: 'Event', value: 'conference' },
        { name: 'Subscription-State', value: state },
        { name: 'Content-Type', value: conferenceInfoType },
        this.#contact(),
      ],
      body: this.#documents.write(users),
    });
    this.#desk.onResponse(transaction, then);
  }

  // --- carried to the focus

  #answered(nowMs: number, first: Request, answer: FocusAnswer): void {
    if (answer.status >= 300) {
      this.#leaveFocus(nowMs);
      // Decision D-05: no refusal while a delivery to this client is pending.
      if (this.#terms.isServedHere()) this.#accept(nowMs, first);
      else {
        this.#desk.agent.respond(nowMs, first.transaction, this.#answerOf(answer));
        this.#end(nowMs);
      }
      return;
    }
    const { agent } = this.#desk;
    this.#own(agent.acceptSubscription(nowMs, first.transaction, this.#answerOf(answer)));
    const early = this.#early;
    this.#early = [];
    for (const one of early) this.#notified(nowMs, one);
  }

  /** The focus may notify before its answer to the SUBSCRIBE has come (RFC 6665 4.1.2.4). */
  #notified(nowMs: number, notification: Request): void {
    const { agent } = this.#desk;
    const { transaction, request } = notification;
    const isLast = /^terminated/i.test(header(request, 'Subscription-State') ?? '');
    if (this.#client === '') {
      if (this.#early.length < earlyNotificationsMax) this.#early.push(notification);
      else agent.respond(nowMs, transaction, { status: 503 });
    } else if (isLast && this.#terms.isServedHere()) {
      // Decision O-07: the focus is done, the delivery is not; its last notification is still to come.
      agent.respond(nowMs, transaction, { status: 200 });
      this.#leaveFocus(nowMs);
      this.#expireLater(nowMs, rosterLifetimeS);
    } else this.#pass(nowMs, notification, isLast);
  }

  #pass(nowMs: number, { transaction, request }: Request, isLast: boolean): void {
    const { agent } = this.#desk;
    const passing = agent.requestInDialog(nowMs, this.#client, {
      method: 'NOTIFY',
      headers: passed(request.headers),
      body: this.#documents.pass(request.body),
    });
    this.#desk.onResponse(passing, (atMs, event) => {
      agent.respond(atMs, transaction, { status: event.status });
      if (isLast || event.status === 481) this.#end(atMs);
    });
  }

  // --- the client's dialog

  #own(client: string): void {
    this.#client = client;
    this.#desk.ownDialog(client, (nowMs, event) => this.#clientEvent(nowMs, event));
  }

  #clientEvent(nowMs: number, event: SipEvent): void {
    if (event.kind !== 'request') this.#end(nowMs);
    else if (event.request.method === 'SUBSCRIBE') this.#refreshed(nowMs, event);
    else this.#desk.agent.respond(nowMs, event.transaction, { status: 405 });
  }

  /** A refresh, or the end, by the client. */
  #refreshed(nowMs: number, refresh: Request): void {
    const { headers, body } = refresh.request;
    if (this.#focus === undefined) this.#refreshHere(nowMs, refresh);
    else {
      this.#focus.refresh(nowMs, { headers: passed(headers), body }, (atMs, answer) =>
        this.#refreshAnswered(atMs, refresh, answer),
      );
    }
  }

  #refreshHere(nowMs: number, { transaction, request }: Request): void {
    this.#desk.agent.respond(nowMs, transaction, this.#grant(request));
    this.#serve(nowMs, request);
  }

  #refreshAnswered(nowMs: number, refresh: Request, answer: FocusAnswer): void {
    if (answer.status >= 300 && this.#terms.isServedHere()) {
      this.#leaveFocus(nowMs);
      this.#refreshHere(nowMs, refresh);
      return;
    }
    this.#desk.agent.respond(nowMs, refresh.transaction, this.#answerOf(answer));
    // RFC 6665 4.1.2.2: these end a subscription, other refusals leave it until it expires.
    if ([404, 481, 489].includes(answer.status)) this.#end(nowMs);
  }

  #answerOf({ status, response }: FocusAnswer) {
    return { status, headers: [...passed(response?.headers ?? []), this.#contact()] };
  }

  #contact(): Header {
    return { name: 'Contact', value: `<${ownUri(this.#desk)}>` };
  }

  #leaveFocus(nowMs: number): void {
    this.#focus?.forget(nowMs);
    this.#focus = undefined;
  }

  #end(nowMs: number): void {
    this.#leaveFocus(nowMs);
    this.#desk.clearTimer(this.#timer);
    this.#desk.leaveDialog(this.#client);
    this.#desk.agent.end(nowMs, this.#client);
    this.#client = '';
    this.#terms.over();
  }
}

/** How long a subscription is granted for: as long as is asked for, bounded. */
function grantedS(request: SipRequest): number {
  return Math.min(expires(request) ?? rosterLifetimeS, rosterLifetimeS);
}

function passed(headers: readonly Header[]): readonly Header[] {
  return headers.filter(({ name }) => passedHeaders.includes(name));
}
