/**
 * The Participating Function: takes requests of peers and of clients, events of legs, and commands of the functions, and gives
 * them to the participation they are for. It holds the participations of this edge; all else is in their own files.
 */
import type { CommandMessage } from '../../shared/core/message.ts';
import type { Participation } from '../../shared/core/participation/state.ts';
import type { MsrpEvent } from '../msrp/effect.ts';
import type { SipEvent } from '../sip/effect.ts';
import { ClientCalls } from './calls.ts';
import { restoreClient } from './client-restore.ts';
import { Desk, type ParticipatingOptions } from './desk.ts';
import type { Binding, LookupResult, ParticipatingEffect } from './effect.ts';
import { HandOvers } from './hand-over.ts';
import { retryAfterS } from './limit.ts';
import { Mailbox } from './mailbox.ts';
import { PeerCalls } from './peer-calls.ts';
import { elsewhere } from './reason.ts';
import { Registry } from './registry.ts';
import { RosterRequests } from './roster-requests.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;
type Request = Extract<SipEvent, { kind: 'request' }>;

export class Participating {
  readonly #desk: Desk;
  readonly #registry: Registry;
  readonly #peerCalls: PeerCalls;
  /** INVITEs of clients that wait for a decision. */
  readonly #calls: ClientCalls;
  readonly #mailbox: Mailbox;
  readonly #rosters: RosterRequests;
  #handOvers: HandOvers | undefined;
  #isStopped = false;

  constructor(options: ParticipatingOptions) {
    this.#desk = new Desk(options);
    this.#registry = new Registry(this.#desk);
    this.#peerCalls = new PeerCalls(this.#desk, this.#registry);
    this.#calls = new ClientCalls(this.#desk, this.#registry);
    this.#mailbox = new Mailbox(this.#desk, this.#registry);
    this.#rosters = new RosterRequests(this.#desk, this.#registry);
  }

  /** Participations of this edge. */
  get size(): number {
    return this.#registry.size;
  }

  /** Dialogs and sessions whose events are heard, and outcomes that are waited for: none once all participations are over. */
  get counts(): { readonly dialogs: number; readonly sessions: number; readonly waiting: number } {
    return this.#desk.counts;
  }

  drain(): readonly ParticipatingEffect[] {
    return this.#desk.drain();
  }

  /** The user has a participation here whose client is away: a registration matters. */
  isAway(user: string): boolean {
    for (const participant of this.#registry.ofUser(user)) {
      if (!participant.client.isPresent) return true;
    }
    return false;
  }

  /** Clients of a user have registered as before: news only where one has lost its session in silence, and that doesn't show yet. */
  refreshed(nowMs: number, user: string, bindings: readonly Binding[]): void {
    for (const participant of this.#registry.ofUser(user)) {
      if (participant.eligible(bindings).length === 0) continue;
      participant.departure.clientShows(nowMs);
      participant.client.shows();
    }
  }

  /** Clients of a user have registered, or no more, and the functions know it. */
  registered(user: string, bindings: readonly Binding[]): void {
    for (const participant of this.#registry.ofUser(user)) {
      participant.beginning?.clientShows?.();
      if (participant.eligible(bindings).length > 0) participant.client.shows();
    }
  }

  /** Gives every participation to another edge; from here on nothing new is to be asked of this one. */
  handOver(nowMs: number, successorOf: (user: string) => string): void {
    this.#leaveCalls(nowMs);
    this.#handOvers = new HandOvers(this.#desk, this.#registry.all, successorOf);
    this.#handOvers.start(nowMs);
  }

  /** This process ends, and nobody goes on at once: whoever waits for an answer, or follows a roster here, may try again later. */
  stop(nowMs: number): void {
    this.#isStopped = true;
    this.#leaveCalls(nowMs);
    for (const { beginning, rejoin } of this.#registry.all) {
      beginning?.leave(nowMs);
      rejoin.close(nowMs);
    }
    this.#desk.subscriptions.leave(nowMs, `probation;retry-after=${retryAfterS}`);
  }

  /** Everything is being given to other edges, or nothing new is taken any more: `done`. */
  get leaving(): HandOvers['progress'] | undefined {
    return this.#isStopped ? 'done' : this.#handOvers?.progress;
  }

  /** An event of a dialog or request of ours; false if it belongs to nobody here. */
  sip(nowMs: number, event: SipEvent): boolean {
    if (event.kind === 'answered-again') {
      // RFC 3261 13.2.2.4: a proxy has forked our INVITE; the first to accept has the session.
      this.#desk.agent.bye(nowMs, event.other, [elsewhere]);
      return true;
    }
    if (event.kind === 'response' && this.#desk.responded(nowMs, event)) return true;
    const owner =
      'dialog' in event && event.dialog ? this.#desk.dialogOwner(event.dialog) : undefined;
    owner?.(nowMs, event);
    return owner !== undefined;
  }

  /** An event of an MSRP session; false if the session is not of this function. */
  msrp(nowMs: number, event: MsrpEvent): boolean {
    const session = event.kind === 'message' ? event.message.session : event.session;
    const owner = this.#desk.sessionOwner(session);
    owner?.(nowMs, event);
    return owner !== undefined;
  }

  /** Everything one read of a socket has brought is handled: what was collected is handed over. */
  endStep(nowMs: number): void {
    this.#registry.endStep(nowMs);
  }

  timer(nowMs: number, timer: string): void {
    this.#desk.timer(nowMs, timer);
  }

  reported(nowMs: number, report: number, isStored: boolean): void {
    this.#desk.reported(nowMs, report, isStored);
  }

  found(nowMs: number, lookup: number, result: LookupResult): void {
    this.#desk.found(nowMs, lookup, result);
  }

  // --- requests

  /** A trusted peer invites a user of ours. */
  invitedByPeer(nowMs: number, event: Invite): void {
    this.#peerCalls.invited(nowMs, event);
  }

  /** A client of ours invites: the conference factory, or a group session. */
  invitedByClient(nowMs: number, event: Invite, user: string): void {
    this.#calls.invited(nowMs, event, user);
  }

  /** A message outside sessions, of a client of ours. */
  messageOfClient(nowMs: number, event: Request, user: string): void {
    this.#mailbox.fromClient(nowMs, event, user);
  }

  /** A message outside sessions, of a trusted peer. */
  messageOfPeer(nowMs: number, event: Request): void {
    this.#mailbox.fromPeer(nowMs, event);
  }

  /** A client of ours subscribes: to the roster of a group session. */
  subscribedByClient(nowMs: number, event: Request, user: string): void {
    this.#rosters.subscribed(nowMs, event, user);
  }

  // --- commands

  /** Carries out what the functions have decided; safe to repeat. */
  command(nowMs: number, message: CommandMessage): void {
    const { command } = message;
    switch (command.kind) {
      case 'invite-client':
        this.#inviteClient(nowMs, command.participation);
        return;
      case 'invite-again':
        this.#registry.find(message.name)?.delivery.again(nowMs);
        return;
      case 'accept-rejoin':
        this.#calls.accept(nowMs, command.call, command.participation);
        return;
      case 'refuse-rejoin':
        this.#calls.refused(nowMs, command.call, command.status);
        return;
      case 'relay-rejoin':
        this.#calls.relay(command.call);
        return;
      case 'release':
        this.#registry.owned(nowMs, command.participation, (atMs, participant) =>
          participant.release(atMs, command.cause),
        );
        return;
      case 'restore':
        this.#registry.owned(nowMs, command.participation, (atMs, participant) => {
          const { client, participation } = command;
          if (client !== undefined) restoreClient(this.#desk, participant, client, atMs);
          participant.focus.restore(atMs, participation);
        });
    }
  }

  #inviteClient(nowMs: number, participation: Participation): void {
    this.#registry.owned(nowMs, participation, (atMs, participant) => {
      if (participation.phase === 'draining') participant.ending.sessionEnded();
      if (participant.client.isPresent) participant.present(atMs);
      else participant.delivery.start(atMs);
    });
  }

  /** INVITEs that nothing has come of yet are answered: whoever tries again finds who goes on. */
  #leaveCalls(nowMs: number): void {
    this.#peerCalls.leave(nowMs);
    this.#calls.leave(nowMs);
  }
}
