/**
 * What the parts of the focus share: the SIP agent, the MSRP host, the settings, and the desk where outcomes are called for. Whoever
 * starts something (a request, a report, a look-up, a timer) leaves what to do with its outcome; that is called once and then
 * forgotten. Dialogs and MSRP sessions have an owner who hears of them.
 */
import type { GroupEvent } from '../../shared/core/group.ts';
import type { MsrpEvent } from '../msrp/effect.ts';
import type { MsrpHost } from '../msrp/host.ts';
import type { UserAgent } from '../sip/agent/user-agent.ts';
import type { Flow, SipEvent, Target } from '../sip/effect.ts';
import type { ControllingEffect, FoundGroup, GroupKey } from './effect.ts';

export type ControllingOptions = {
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  readonly domain: string;
  /** The conference factory's URI. */
  readonly factory: string;
  readonly newToken: () => string;
  /** A user part for the identity of a new group. */
  readonly newGroup: () => string;
  /** Where a request for a URI goes. */
  readonly resolve: (uri: string) => Target;
  /** A group without messages for so long is ended; 0: never. */
  readonly groupIdleMs: number;
  readonly membersMax: number;
  readonly messageBytesMax: number;
  /** A sender waits so long for a member whose leg was lost. */
  readonly holdMs: number;
  /** Our MSRP sessions run over TLS. */
  readonly isTls?: boolean;
  /** Whose P-Asserted-Identity is believed. */
  readonly isTrusted: (flow: Flow) => boolean;
  /** New groups let members add others. */
  readonly isOpen?: boolean;
  /** The escaped ICSI of our INVITEs (decision D-08). */
  readonly featureTag?: string;
};

type SipOwner = (nowMs: number, event: SipEvent) => void;
type MsrpOwner = (nowMs: number, event: MsrpEvent) => void;
type ResponseEvent = Extract<SipEvent, { kind: 'response' }>;

export class Desk {
  readonly options: ControllingOptions;
  readonly isTls: boolean;
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  readonly #dialogs = new Map<string, SipOwner>();
  readonly #sessions = new Map<string, MsrpOwner>();
  readonly #responses = new Map<string, (nowMs: number, event: ResponseEvent) => void>();
  readonly #reports = new Map<number, (nowMs: number, isStored: boolean) => void>();
  readonly #lookups = new Map<number, (nowMs: number, found: FoundGroup) => void>();
  readonly #timers = new Map<string, (nowMs: number) => void>();
  #effects: ControllingEffect[] = [];
  #count = 0;

  constructor(options: ControllingOptions) {
    this.options = options;
    this.isTls = options.isTls === true;
    this.agent = options.agent;
    this.msrp = options.msrp;
  }

  /** All effects since the last call. */
  drain(): readonly ControllingEffect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  ownDialog(dialog: string, owner: SipOwner): void {
    this.#dialogs.set(dialog, owner);
  }

  leaveDialog(dialog: string): void {
    this.#dialogs.delete(dialog);
  }

  /** Tells the owner of a dialog; false if there is none. */
  tellDialog(nowMs: number, dialog: string, event: SipEvent): boolean {
    const owner = this.#dialogs.get(dialog);
    owner?.(nowMs, event);
    return owner !== undefined;
  }

  ownSession(session: string, owner: MsrpOwner): void {
    this.#sessions.set(session, owner);
  }

  leaveSession(session: string): void {
    this.#sessions.delete(session);
  }

  tellSession(nowMs: number, session: string, event: MsrpEvent): void {
    this.#sessions.get(session)?.(nowMs, event);
  }

  /** What to do with the final response to a request of ours. */
  onResponse(transaction: string, then: (nowMs: number, event: ResponseEvent) => void): void {
    this.#responses.set(transaction, then);
  }

  responded(nowMs: number, event: ResponseEvent): void {
    const then = this.#responses.get(event.transaction);
    this.#responses.delete(event.transaction);
    then?.(nowMs, event);
  }

  report(event: GroupEvent, then: (nowMs: number, isStored: boolean) => void): void {
    const report = this.nextNumber();
    this.#reports.set(report, then);
    this.#effects.push({ kind: 'report', report, event });
  }

  reported(nowMs: number, report: number, isStored: boolean): void {
    const then = this.#reports.get(report);
    this.#reports.delete(report);
    then?.(nowMs, isStored);
  }

  findGroup(key: GroupKey, then: (nowMs: number, found: FoundGroup) => void): void {
    const lookup = this.nextNumber();
    this.#lookups.set(lookup, then);
    this.#effects.push({ kind: 'find-group', lookup, ...key });
  }

  groupFound(nowMs: number, lookup: number, found: FoundGroup): void {
    const then = this.#lookups.get(lookup);
    this.#lookups.delete(lookup);
    then?.(nowMs, found);
  }

  /** Sets a timer, or moves it; `timer` is unique among the desk's users. */
  setTimer(timer: string, delayMs: number, then: (nowMs: number) => void): void {
    this.#timers.set(timer, then);
    this.#effects.push({ kind: 'set-timer', timer, delayMs });
  }

  clearTimer(timer: string): void {
    if (this.#timers.delete(timer)) this.#effects.push({ kind: 'clear-timer', timer });
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

  /** What is waited for; all of it comes to an end, which tests look at. */
  get counts(): {
    readonly dialogs: number;
    readonly sessions: number;
    readonly timers: number;
    readonly waiting: number;
  } {
    const waiting = this.#reports.size + this.#lookups.size + this.#responses.size;
    const { size: dialogs } = this.#dialogs;
    return { dialogs, sessions: this.#sessions.size, timers: this.#timers.size, waiting };
  }
}
