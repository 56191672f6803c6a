/**
 * SUBSCRIBEs of clients to the roster of a group session (003 5.2.3.5): finds out what the session is, and so who answers. What is kept
 * of a session that has ended is looked for in the store.
 */
import type { ParticipationName, Phase } from '../../shared/core/participation/state.ts';
import type { SipEvent } from '../sip/effect.ts';
import { packageRefusal } from '../sip/event-package.ts';
import { sameUri } from '../sip/uri.ts';
import { conferencePackage } from '../xml/conference-info.ts';
import { ClientSubscription } from './client-subscription.ts';
import type { Desk } from './desk.ts';
import type { Registry } from './registry.ts';

type Request = Extract<SipEvent, { kind: 'request' }>;

/** The focus has ended the session, and something is kept. */
const ended = new Set<Phase>(['inactive', 'draining', 'restarting']);

export class RosterRequests {
  readonly #desk: Desk;
  readonly #registry: Registry;

  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  /** A client of ours subscribes. */
  subscribed(nowMs: number, event: Request, user: string): void {
    const refusal = packageRefusal(event.request, conferencePackage);
    if (refusal !== undefined) {
      this.#desk.agent.respond(nowMs, event.transaction, refusal);
      return;
    }
    const held = this.#registry.ofIdentity(user, event.request.uri);
    if (held === undefined) this.#search(event, user);
    else this.#start(nowMs, event, { name: held.name, isEnded: false });
  }

  #search(event: Request, user: string): void {
    const { uri } = event.request;
    this.#desk.findUser({ user }, (nowMs, found) => {
      const kept = found?.participations.find(({ group }) => sameUri(group.identity, uri));
      if (found === undefined) {
        this.#desk.agent.respond(nowMs, event.transaction, { status: 503 });
      } else {
        const contributionId = kept?.contributionId ?? '';
        const isEnded = kept !== undefined && ended.has(kept.phase);
        this.#start(nowMs, event, { name: { user, contributionId }, isEnded });
      }
    });
  }

  #start(
    nowMs: number,
    { transaction, request }: Request,
    what: { readonly name: ParticipationName; readonly isEnded: boolean },
  ): void {
    const { name, isEnded } = what;
    const { subscriptions } = this.#desk;
    if (!subscriptions.hasRoom(name)) {
      this.#desk.agent.respond(nowMs, transaction, { status: 503 });
      return;
    }
    const subscription = new ClientSubscription(this.#desk, {
      user: name.user,
      identity: request.uri,
      isServedHere: () => this.#registry.find(name)?.isBehind ?? isEnded,
      over: () => subscriptions.remove(name, subscription),
    });
    subscriptions.add(name, subscription);
    subscription.start(nowMs, { transaction, request });
  }
}
