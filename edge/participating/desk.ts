/**
 * What the parts of the Participating Function share: the SIP agent, the MSRP host, the settings, and the desk where answers
 * are called for. Whoever starts something (a request, a report, a look-up, a timer) leaves what to do with its outcome; the
 * outcome is called exactly once and then forgotten. Everything here is data and calls of this process; nothing is kept.
 */
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { MsrpEvent } from '../msrp/effect.ts';
import type { MsrpHost } from '../msrp/host.ts';
import type { UserAgent } from '../sip/agent/user-agent.ts';
import type { Flow, SipEvent, Target } from '../sip/effect.ts';
import type { StoredRun } from './delivery.ts';
import { DeliveryRounds } from './delivery-rounds.ts';
import type {
  ClientsFound,
  LookupResult,
  ParticipatingEffect,
  Report,
  UserFound,
} from './effect.ts';
import { InvitationLine } from './invitation-line.ts';
import { SentFrom } from './sent-from.ts';
import { Subscriptions } from './subscriptions.ts';

export type ParticipatingOptions = {
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  /** This edge's name in events and calls. */
  readonly edge: string;
  readonly domain: string;
  /** User part of conference factories. */
  readonly factoryUser: string;
  /** Where clients and peers reach us, for Contact and Record-Route, and for SDP. */
  readonly host: string;
  readonly sipPort: number;
  readonly msrpHost: string;
  readonly msrpPort: number;
  /** What names this edge in its URIs, such as `;edge=a`; empty where there is only one. */
  readonly uriParams: string;
  readonly newToken: () => string;
  /** Where a request for a URI goes: our own focus, a client's network, another server. Factories share the groups by their Contribution-IDs. */
  readonly resolve: (uri: string, contributionId?: string) => Target;
  /** A user of ours whose home is another edge: what waits for the user is kept there. */
  readonly isElsewhere: (user: string) => boolean;
  readonly isTrusted: (flow: Flow) => boolean;
  readonly answerTimeoutMs: number;
  readonly mediaTimeoutMs: number;
  readonly holdMs: number;
  readonly messageBytesMax: number;
  /** Accept-Contact of our INVITEs into group sessions (decision D-08). */
  readonly featureTag: string;
  /** Accept-Contact of one-to-one deliveries. */
  readonly oneToOneTag: string;
  /** Who asserts deferred one-to-one sessions (001 8.3.2.9.1.1 step 3). */
  readonly deferringIdentity: string;
  /** Order of the senders in one-to-one delivery, by the first message that waits of each. */
  readonly isOldestFirst: boolean;
  /** Answers besides 480 that end a round of one-to-one delivery. */
  readonly stopCodes: readonly number[];
  /** Decision O-11: the first message goes in the INVITE too. */
  readonly isFirstRepeated: boolean;
  /** How notifications go to users: stored ones in a session of their own, or by MESSAGE; or any within a running session. */
  readonly notificationWay: 'dedicated' | 'running' | 'message';
  readonly isUnsubscribedAfterDelivery: boolean;
  /** 003 step 5: the CPIM To of kept group messages is set to who was in the group. */
  readonly isCpimToRewritten: boolean;
  /** Final codes on the INVITE to a client that defer the session (decision O-05). */
  readonly deferringCodes: readonly number[];
  /** Decision D-16: what a BYE without Reason means. */
  readonly isByeWithoutReasonVoluntary: boolean;
  /** Full store-and-forward for groups (PFT-093): without it only a BYE that is no leaving defers. */
  readonly isStoreAndForward: boolean;
  /** Decision O-03: a client that registers is invited even if nothing waits. */
  readonly isInvitedWithoutPending: boolean;
  /** Further attempts at a delivery that was refused, before the next registration. */
  readonly deliveryRetries: number;
  /** A client's leg without traffic for so long is ended; 0: never. */
  readonly clientIdleMs: number;
};

/** What has become of a message: `isKept` if the store has it, and no client. */
export type MessageOutcome = { readonly status: number; readonly isKept: boolean };

type SipOwner = (nowMs: number, event: SipEvent) => void;
type MsrpOwner = (nowMs: number, event: MsrpEvent) => void;
type ResponseEvent = Extract<SipEvent, { kind: 'response' }>;

export type UserListener = (nowMs: number, found: UserFound | undefined) => void;

export class Desk {
  readonly options: ParticipatingOptions;
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  /** Turns of the senders whose messages wait for one user. */
  readonly rounds = new DeliveryRounds(this);
  /** Groups that clients are asked into, or are to be. */
  readonly invitations = new InvitationLine();
  /** Clients that follow the roster of their group session. */
  readonly subscriptions = new Subscriptions();
  /** Devices that users have sent messages from. */
  readonly sentFrom = new SentFrom();
  readonly #dialogs = new Map<string, SipOwner>();
  readonly #sessions = new Map<string, MsrpOwner>();
  readonly #responses = new Map<string, (nowMs: number, event: ResponseEvent) => void>();
  readonly #reports = new Map<number, (nowMs: number, isStored: boolean) => void>();
  readonly #lookups = new Map<number, (nowMs: number, result: LookupResult) => void>();
  readonly #asked = new Map<number, (nowMs: number, outcome: MessageOutcome) => void>();
  readonly #timers = new Map<string, (nowMs: number) => void>();
  #effects: ParticipatingEffect[] = [];
  #count = 0;

  constructor(options: ParticipatingOptions) {
    this.options = options;
    this.agent = options.agent;
    this.msrp = options.msrp;
  }

  /** All effects since the last call. */
  drain(): readonly ParticipatingEffect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  emit(effect: ParticipatingEffect): void {
    this.#effects.push(effect);
  }

  // --- owners

  ownDialog(dialog: string, owner: SipOwner): void {
    this.#dialogs.set(dialog, owner);
  }

  leaveDialog(dialog: string): void {
    this.#dialogs.delete(dialog);
  }

  dialogOwner(dialog: string): SipOwner | undefined {
    return this.#dialogs.get(dialog);
  }

  ownSession(session: string, owner: MsrpOwner): void {
    this.#sessions.set(session, owner);
  }

  leaveSession(session: string): void {
    this.#sessions.delete(session);
  }

  sessionOwner(session: string): MsrpOwner | undefined {
    return this.#sessions.get(session);
  }

  // --- outcomes

  onResponse(transaction: string, then: (nowMs: number, event: ResponseEvent) => void): void {
    this.#responses.set(transaction, then);
  }

  responded(nowMs: number, event: ResponseEvent): boolean {
    const then = this.#responses.get(event.transaction);
    this.#responses.delete(event.transaction);
    then?.(nowMs, event);
    return then !== undefined;
  }

  report(
    name: ParticipationName,
    what: Pick<Report, 'source' | 'event' | 'canWait'>,
    then?: (nowMs: number, isStored: boolean) => void,
  ): void {
    const report = ++this.#count;
    if (then !== undefined) this.#reports.set(report, then);
    this.emit({ kind: 'report', report, name, ...what });
  }

  reported(nowMs: number, report: number, isStored: boolean): void {
    const then = this.#reports.get(report);
    this.#reports.delete(report);
    then?.(nowMs, isStored);
  }

  /** Looks up the clients of a user; undefined means that the store did not answer. */
  findClients(user: string, then: (nowMs: number, found: ClientsFound | undefined) => void): void {
    const lookup = this.#lookup((nowMs, result) =>
      then(nowMs, result.kind === 'clients' ? result.clients : undefined),
    );
    this.emit({ kind: 'find-clients', lookup, user });
  }

  /** Looks a user up, with a new epoch if something may begin; undefined means that the store did not answer. */
  findUser(
    wanted: {
      readonly user: string;
      /** The only participations that matter. */
      readonly contributionIds?: readonly string[];
      readonly isBeginning?: boolean;
    },
    then: UserListener,
  ): void {
    const lookup = this.#lookup((nowMs, result) =>
      then(nowMs, result.kind === 'user' ? result.user : undefined),
    );
    this.emit({ kind: 'find-user', lookup, isBeginning: false, ...wanted });
  }

  readSegments(
    name: ParticipationName,
    range: { readonly after: number; readonly bytesMax: number },
    then: (nowMs: number, runs: readonly StoredRun[] | undefined) => void,
  ): void {
    const lookup = this.#lookup((nowMs, result) =>
      then(nowMs, result.kind === 'segments' ? result.runs : undefined),
    );
    this.emit({ kind: 'read-segments', lookup, name, ...range });
  }

  readTail(
    name: ParticipationName,
    messagesMax: number,
    then: (nowMs: number, messageIds: readonly string[] | undefined) => void,
  ): void {
    const lookup = this.#lookup((nowMs, result) =>
      then(nowMs, result.kind === 'tail' ? result.messageIds : undefined),
    );
    this.emit({ kind: 'read-tail', lookup, name, messagesMax });
  }

  /** A name for a message that came by no session; `then` hears its answer. */
  asked(then: (nowMs: number, outcome: MessageOutcome) => void): number {
    const inbound = -++this.#count;
    this.#asked.set(inbound, then);
    return inbound;
  }

  /** Answers a message: over its session, or to whoever asked. */
  answer(nowMs: number, inbound: number, outcome: MessageOutcome): void {
    const then = this.#asked.get(inbound);
    if (then === undefined) {
      this.msrp.answer(nowMs, inbound, outcome.status);
      return;
    }
    this.#asked.delete(inbound);
    then(nowMs, outcome);
  }

  found(nowMs: number, lookup: number, result: LookupResult): void {
    const then = this.#lookups.get(lookup);
    this.#lookups.delete(lookup);
    then?.(nowMs, result);
  }

  /** Sets or moves a timer; `timer` is unique among the desk's owners. */
  setTimer(timer: string, delayMs: number, then: (nowMs: number) => void): void {
    this.#timers.set(timer, then);
    this.emit({ kind: 'set-timer', timer, delayMs });
  }

  clearTimer(timer: string): void {
    if (this.#timers.delete(timer)) this.emit({ kind: 'clear-timer', timer });
  }

  timer(nowMs: number, timer: string): void {
    const then = this.#timers.get(timer);
    this.#timers.delete(timer);
    then?.(nowMs);
  }

  /** A number that nothing else of this desk has. */
  nextNumber(): number {
    return ++this.#count;
  }

  get counts(): { readonly dialogs: number; readonly sessions: number; readonly waiting: number } {
    const waiting = this.#reports.size + this.#lookups.size + this.#responses.size;
    return { dialogs: this.#dialogs.size, sessions: this.#sessions.size, waiting };
  }

  #lookup(then: (nowMs: number, result: LookupResult) => void): number {
    const lookup = ++this.#count;
    this.#lookups.set(lookup, then);
    return lookup;
  }
}
