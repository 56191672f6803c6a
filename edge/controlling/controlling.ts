/**
 * The Controlling Function, or focus: runs group sessions (RFC 4579, RFC 5366) and tells their members of one another (RFC 4575). It
 * does no I/O: it is fed the events of its SIP agent and its MSRP host, timers and the outcomes of what it asks for, and drained of
 * that. Here requests find the part that they are for. It knows nothing of deferred delivery: who acts for an absent member is a
 * member to it.
 */
import type { MsrpEvent } from '../msrp/effect.ts';
import type { Flow, SipEvent } from '../sip/effect.ts';
import { packageRefusal } from '../sip/event-package.ts';
import { header } from '../sip/header.ts';
import { assertedUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { conferencePackage } from '../xml/conference-info.ts';
import { Call } from './call.ts';
import { type ControllingOptions, Desk } from './desk.ts';
import type { ControllingEffect, FoundGroup } from './effect.ts';
import { Factory } from './factory.ts';
import type { Group } from './group.ts';
import { Groups } from './groups.ts';
import { unavailable } from './invitation.ts';
import type { InDialogRequest } from './leg.ts';
import { readOffer } from './request.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;

export class Controlling {
  readonly #desk: Desk;
  readonly #groups: Groups;
  readonly #factory: Factory;
  #isStopped = false;

  constructor(options: ControllingOptions) {
    this.#desk = new Desk(options);
    this.#groups = new Groups(this.#desk);
    this.#factory = new Factory(this.#desk, this.#groups);
  }

  /** An event of the focus's SIP agent. */
  sip(nowMs: number, event: SipEvent): void {
    switch (event.kind) {
      case 'invite':
        this.#invited(nowMs, event);
        return;
      case 'request':
        if (event.dialog === undefined) this.#asked(nowMs, event);
        else if (!this.#desk.tellDialog(nowMs, event.dialog, event)) {
          // A subscription that is over, whose last NOTIFY has no answer yet.
          this.#desk.agent.respond(nowMs, event.transaction, { status: 481 });
        }
        return;
      case 'response':
        this.#desk.responded(nowMs, event);
        return;
      default:
        this.#desk.tellDialog(nowMs, event.dialog, event);
    }
  }

  /** An event of an MSRP session; those of other functions' sessions are passed over. */
  msrp(nowMs: number, event: MsrpEvent): void {
    const session = event.kind === 'message' ? event.message.session : event.session;
    this.#desk.tellSession(nowMs, session, event);
  }

  timer(nowMs: number, timer: string): void {
    this.#desk.timer(nowMs, timer);
  }

  /** Whether what was reported is durable. */
  reported(nowMs: number, report: number, isStored: boolean): void {
    this.#desk.reported(nowMs, report, isStored);
  }

  /** What the store knows of a group that was looked up. */
  groupFound(nowMs: number, lookup: number, found: FoundGroup): void {
    this.#desk.groupFound(nowMs, lookup, found);
  }

  /** All effects since the last call. */
  drain(): readonly ControllingEffect[] {
    return this.#desk.drain();
  }

  /** This edge ends: its groups go on where their identities lead from here on. */
  leave(nowMs: number): void {
    this.#groups.leave(nowMs);
  }

  /** This process ends, and nobody goes on at once: nothing new is begun, and whoever follows a roster is told. */
  stop(nowMs: number): void {
    this.#isStopped = true;
    this.#groups.tellNoMore(nowMs);
  }

  /** How many groups run, and how many members they have. */
  groupEntries(): { readonly groups: number; readonly members: number } {
    return this.#groups.entries;
  }

  /** What is kept or waited for at the moment. */
  get counts(): Desk['counts'] {
    return this.#desk.counts;
  }

  #refusesNew(nowMs: number, handle: string): boolean {
    if (this.#isStopped) this.#desk.agent.respond(nowMs, handle, unavailable);
    return this.#isStopped;
  }

  #invited(nowMs: number, event: Invite): void {
    const { agent, options, isTls } = this.#desk;
    const { dialog, request, flow } = event;
    if (this.#refusesNew(nowMs, dialog)) return;
    const user = this.#userOf(request, flow);
    if (user === undefined) {
      agent.respond(nowMs, dialog, { status: 403 });
      return;
    }
    const offer = readOffer(request, isTls);
    if (offer.kind === 'refused') {
      agent.respond(nowMs, dialog, { status: offer.status, reason: offer.reason });
      return;
    }
    const call = new Call(this.#desk, event, user, offer.media);
    if (sameAddress(request.uri, options.factory)) this.#factory.invited(nowMs, call);
    else this.#groups.find(request.uri, nowMs, (atMs, group) => this.#joined(atMs, call, group));
  }

  /** RCS: 404 sends the client to re-start the group. */
  #joined(nowMs: number, call: Call, group: Group | 'fault' | undefined): void {
    if (call.isOver) return;
    if (group === 'fault') call.refuse(nowMs, unavailable);
    else if (group === undefined) call.refuse(nowMs, { status: 404 });
    else group.join(nowMs, call);
  }

  /** A request that belongs to no session of a member and to no subscription. */
  #asked(nowMs: number, event: InDialogRequest): void {
    const { agent } = this.#desk;
    const { transaction, request, flow } = event;
    const { method } = request;
    const eventName = header(request, 'Event') ?? '';
    if (this.#refusesNew(nowMs, transaction)) return;
    const refuse = (status: number): void => agent.respond(nowMs, transaction, { status });
    if (method !== 'SUBSCRIBE' && method !== 'REFER') {
      refuse(405);
      return;
    }
    const refusal = method === 'SUBSCRIBE' ? packageRefusal(request, conferencePackage) : undefined;
    if (refusal !== undefined) {
      agent.respond(nowMs, transaction, refusal);
      return;
    }
    const user = this.#userOf(request, flow);
    if (user === undefined) refuse(403);
    else
      this.#groups.find(request.uri, nowMs, (atMs, group) => {
        if (group === 'fault') agent.respond(atMs, transaction, unavailable);
        // CF-008: a group that is not hosted here, or does not run.
        else if (group === undefined) agent.respond(atMs, transaction, { status: 404 });
        else if (method === 'REFER') group.refer(atMs, user, event);
        else group.subscribe(atMs, { user, event: eventName }, event);
      });
  }

  #userOf(request: SipRequest, flow: Flow): string | undefined {
    // RFC 3325 9.1: who the caller is, if whom the request comes from may say so.
    return this.#desk.options.isTrusted(flow) ? assertedUser(request) : undefined;
  }
}

/** Provisioned clients write `Conference-Factory` in several ways. */
function sameAddress(left: string, right: string): boolean {
  const [one, other] = [left, right].map((uri) => `${addressOfRecord(uri)}`.toLowerCase());
  return one === other;
}
