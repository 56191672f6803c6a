/**
 * The roster of a running group: how each user is in it, and who has subscribed to it (RFC 4575, 003 5.2.3.5). Users who have left
 * stay in it for a while, so that others see how they left. Who may subscribe is decided by the group.
 */
import type { ResponseDraft } from '../sip/effect.ts';
import { expires } from '../sip/expires.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { writeConference, writePartial } from '../xml/conference-info.ts';
import { isDeparted, type RosterUser } from '../xml/roster.ts';
import type { Desk } from './desk.ts';
import type { InDialogRequest } from './leg.ts';
import { departedMax, memberSubscriptionsMax, subscriptionMinS, subscriptionS } from './limit.ts';
import { Subscription, type SubscriptionEnd, type SubscriptionOwner } from './subscription.ts';

export type RosterTerms = {
  readonly identity: string;
  readonly contact: Header;
  readonly subject: string | undefined;
};

/** Who subscribes, with the value of Event, which NOTIFYs repeat (RFC 6665 8.2.1). */
export type Subscriber = { readonly user: string; readonly event: string };

type Lasting =
  | { readonly kind: 'lasting'; readonly seconds: number }
  | { readonly kind: 'refused'; readonly response: ResponseDraft };

export class Roster {
  readonly #desk: Desk;
  readonly #terms: RosterTerms;
  readonly #users = new Map<string, RosterUser>();
  /** Oldest first. */
  readonly #subscriptions = new Set<Subscription>();

  constructor(desk: Desk, terms: RosterTerms) {
    this.#desk = desk;
    this.#terms = terms;
  }

  /** How a user is in the group from now on. */
  set(nowMs: number, user: RosterUser): void {
    const before = this.#users.get(user.uri);
    if (before?.status === user.status && before.reason === user.reason) return;
    this.#users.set(user.uri, user);
    this.#tell(nowMs, user.uri);
    if (isDeparted(user)) this.#forgetDeparted(nowMs);
  }

  /** A SUBSCRIBE of somebody who may. */
  subscribe(nowMs: number, subscriber: Subscriber, asked: InDialogRequest): void {
    const { agent } = this.#desk;
    const { user, event } = subscriber;
    const { transaction, request } = asked;
    const lasting = lastingOf(request);
    if (lasting.kind === 'refused') {
      agent.respond(nowMs, transaction, lasting.response);
      return;
    }
    this.#makeRoom(nowMs, user);
    const { contact } = this.#terms;
    const dialog = agent.acceptSubscription(nowMs, transaction, granted(contact, lasting.seconds));
    const terms = { dialog, user, contact, event };
    const subscription = new Subscription(this.#desk, terms, this.#owner());
    this.#subscriptions.add(subscription);
    this.#desk.ownDialog(dialog, (atMs, news) => {
      if (news.kind === 'request') this.#asked(atMs, subscription, news);
      else subscription.drop(atMs);
    });
    subscription.extend(nowMs, lasting.seconds);
  }

  /** Ends the subscriptions of a user, or of all. */
  end(nowMs: number, reason: SubscriptionEnd, user?: string): void {
    for (const subscription of this.#subscriptions) {
      if (user === undefined || subscription.user === user) subscription.end(nowMs, reason);
    }
  }

  /** A request within the dialog of a subscription. */
  #asked(nowMs: number, subscription: Subscription, event: InDialogRequest): void {
    const { agent } = this.#desk;
    const { transaction, request } = event;
    if (request.method !== 'SUBSCRIBE') {
      agent.respond(nowMs, transaction, { status: 405 });
      return;
    }
    const lasting = lastingOf(request);
    if (lasting.kind === 'refused') {
      agent.respond(nowMs, transaction, lasting.response);
      return;
    }
    agent.respond(nowMs, transaction, granted(this.#terms.contact, lasting.seconds));
    subscription.extend(nowMs, lasting.seconds);
  }

  #owner(): SubscriptionOwner {
    const { identity, subject } = this.#terms;
    return {
      full: (version, user) =>
        writeConference(
          {
            entity: identity,
            version,
            ...(subject === undefined ? {} : { subject }),
            maximumUserCount: this.#desk.options.membersMax,
            users: [...this.#users.values()],
          },
          user,
        ),
      partial: (version, user, changed) => {
        const users = [...changed].flatMap((uri) => this.#users.get(uri) ?? []);
        const deleted = [...changed].filter((uri) => !this.#users.has(uri));
        return writePartial({ entity: identity, version, users, deleted }, user);
      },
      gone: (subscription) => this.#subscriptions.delete(subscription),
    };
  }

  #tell(nowMs: number, uri: string): void {
    for (const subscription of this.#subscriptions) subscription.changed(nowMs, uri);
  }

  #makeRoom(nowMs: number, user: string): void {
    const own = [...this.#subscriptions].filter((subscription) => subscription.user === user);
    if (own.length >= memberSubscriptionsMax) own[0]?.end(nowMs, 'giveup');
  }

  #forgetDeparted(nowMs: number): void {
    const departed = [...this.#users.values()].filter(isDeparted);
    const oldest = departed[0];
    if (oldest === undefined || departed.length <= departedMax) return;
    this.#users.delete(oldest.uri);
    this.#tell(nowMs, oldest.uri);
  }
}

/** How long a subscription lasts: never longer than asked (RFC 6665 4.2.1.1). */
function lastingOf(request: SipRequest): Lasting {
  const asked = expires(request) ?? subscriptionS;
  // RFC 6665 4.2.1.1: an hour and more must not be refused as too short.
  if (asked > 0 && asked < subscriptionMinS) {
    const headers = [{ name: 'Min-Expires', value: String(subscriptionMinS) }];
    return { kind: 'refused', response: { status: 423, headers } };
  }
  return { kind: 'lasting', seconds: Math.min(asked, subscriptionS) };
}

function granted(contact: Header, seconds: number): ResponseDraft {
  return { status: 200, headers: [contact, { name: 'Expires', value: String(seconds) }] };
}
