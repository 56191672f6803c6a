/**
 * Our subscription to the focus's conference package in the user's name (002 8.3.2.9): keeps the latest participants while the
 * client is away. Refreshed at half its time; a gap in the versions asks for the whole document again.
 */
import type { SipEvent } from '../sip/effect.ts';
import { expires } from '../sip/expires.ts';
import { header } from '../sip/header.ts';
import type { SipRequest } from '../sip/message.ts';
import { conferenceInfoType, readConference, rosterOf } from '../xml/conference-info.ts';
import { applyConference, type Conference } from '../xml/conference-merge.ts';
import { isDeparted } from '../xml/roster.ts';
import type { Desk } from './desk.ts';
import { subscribeToRoster } from './focus-subscription.ts';
import { rosterLifetimeS, rosterRefreshMinMs, rosterUsersMax } from './limit.ts';

export type RosterOwner = { readonly changed: (nowMs: number, users: readonly string[]) => void };

export class RosterWatch {
  readonly #desk: Desk;
  readonly #user: string;
  readonly #owner: RosterOwner;
  #identity = '';
  /** The timer of another attempt, where the notifier goes on elsewhere. */
  #retry: string | undefined;
  #dialog: string | undefined;
  #conference: Conference | undefined;
  /** The whole document was asked for and has not come yet. */
  #isGapTold = false;

  constructor(desk: Desk, user: string, owner: RosterOwner) {
    this.#desk = desk;
    this.#user = user;
    this.#owner = owner;
  }

  get isWatching(): boolean {
    return this.#dialog !== undefined;
  }

  /** Subscribes to a group session, unless that is done already. */
  start(nowMs: number, identity: string): void {
    this.#dropRetry();
    if (this.#dialog !== undefined) return;
    this.#identity = identity;
    const dialog = subscribeToRoster(nowMs, this.#desk, {
      user: this.#user,
      identity,
      headers: [
        { name: 'Event', value: 'conference' },
        { name: 'Accept', value: conferenceInfoType },
        { name: 'Expires', value: String(rosterLifetimeS) },
      ],
    });
    this.#dialog = dialog;
    this.#desk.ownDialog(dialog, (atMs, event) => this.#event(atMs, dialog, event));
  }

  /** Un-SUBSCRIBEs. */
  stop(nowMs: number): void {
    this.#dropRetry();
    const dialog = this.#dialog;
    if (dialog === undefined) return;
    this.#forget();
    // The last NOTIFY still comes within the dialog: it is answered by the owner of none.
    this.#desk.ownDialog(dialog, (atMs, event) => this.#afterwards(atMs, dialog, event));
    this.#subscribeAgain(nowMs, dialog, 0);
  }

  #dropRetry(): void {
    if (this.#retry !== undefined) this.#desk.clearTimer(this.#retry);
    this.#retry = undefined;
  }

  #afterwards(nowMs: number, dialog: string, event: SipEvent): void {
    if (event.kind === 'response' && event.status < 300) return;
    if (event.kind === 'request') {
      this.#desk.agent.respond(nowMs, event.transaction, { status: 200 });
      this.#desk.agent.end(nowMs, dialog);
    }
    this.#desk.leaveDialog(dialog);
  }

  #forget(): void {
    if (this.#dialog === undefined) return;
    this.#desk.clearTimer(`refresh/${this.#dialog}`);
    this.#desk.leaveDialog(this.#dialog);
    this.#dialog = undefined;
    this.#conference = undefined;
    this.#isGapTold = false;
  }

  #event(nowMs: number, dialog: string, event: SipEvent): void {
    if (event.kind === 'request') this.#notified(nowMs, event.transaction, event.request);
    else if (event.kind === 'response' && event.status < 300) {
      this.#refreshLater(dialog, event.response && expires(event.response));
    } else {
      this.#forget();
      this.#desk.agent.end(nowMs, dialog);
    }
  }

  #refreshLater(dialog: string, grantedS: number | undefined): void {
    // RFC 6665 4.2.1.1: no longer than was asked for. A focus that grants no time is not asked without a pause.
    const lastingMs = Math.min(grantedS ?? rosterLifetimeS, rosterLifetimeS) * 1000;
    const delayMs = Math.max(lastingMs / 2, rosterRefreshMinMs);
    this.#desk.setTimer(`refresh/${dialog}`, delayMs, (nowMs) =>
      this.#subscribeAgain(nowMs, dialog, rosterLifetimeS),
    );
  }

  #subscribeAgain(nowMs: number, dialog: string, lastingS: number): void {
    const transaction = this.#desk.agent.requestInDialog(nowMs, dialog, {
      method: 'SUBSCRIBE',
      headers: [
        { name: 'Event', value: 'conference' },
        { name: 'Accept', value: conferenceInfoType },
        { name: 'Expires', value: String(lastingS) },
      ],
    });
    this.#desk.onResponse(transaction, (atMs, event) => {
      // What was stopped meanwhile, or begun anew, is not concerned.
      if (dialog === this.#dialog) this.#event(atMs, dialog, event);
    });
  }

  #notified(nowMs: number, transaction: string, request: SipRequest): void {
    this.#desk.agent.respond(nowMs, transaction, { status: 200 });
    if (request.body.length > 0) this.#apply(nowMs, request.body);
    const state = (header(request, 'Subscription-State') ?? 'active').toLowerCase();
    if (!state.startsWith('terminated')) return;
    const retry = `resubscribe/${this.#dialog}`;
    this.#forget();
    if (!state.includes('reason=deactivated')) return;
    // RFC 6665 4.1.3: the notifier goes on elsewhere. One that says so again and again is not asked without a pause.
    this.#retry = retry;
    this.#desk.setTimer(retry, rosterRefreshMinMs, (atMs) => this.start(atMs, this.#identity));
  }

  #apply(nowMs: number, body: Uint8Array): void {
    const read = readConference(body);
    if (read.kind === 'refused') return;
    const applied = applyConference(this.#conference, read.conference);
    if (applied.kind === 'gap') this.#askForAll(nowMs);
    if (applied.kind !== 'applied') return;
    this.#conference = applied.conference;
    this.#isGapTold = false;
    const present = rosterOf(applied.conference).users.filter((user) => !isDeparted(user));
    // The end of the conference lists nobody: the last participants are still those of the group (001 8.3.2.9.1.3).
    if (present.length === 0) return;
    this.#owner.changed(
      nowMs,
      present.slice(0, rosterUsersMax).map(({ uri }) => uri),
    );
  }

  /** A refresh brings the whole document; one is enough, however many gaps a focus leaves until then. */
  #askForAll(nowMs: number): void {
    if (this.#dialog === undefined || this.#isGapTold) return;
    this.#isGapTold = true;
    this.#subscribeAgain(nowMs, this.#dialog, rosterLifetimeS);
  }
}
