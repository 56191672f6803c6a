/**
 * The Participating Function: takes requests of peers and of clients, events of legs, and commands of the functions, and gives
 * them to the participation they are for. It holds the participations of this edge; all else is in their own files.
 */
import type { CommandMessage } from '../../shared/core/message.ts';
import { isGroup, oneToOneName } from '../../shared/core/participation/kind.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import type { MsrpEvent } from '../msrp/effect.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import { contributionIdOf } from '../sip/contribution-id.ts';
import type { SipEvent } from '../sip/effect.ts';
import { assertedUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { ClientCalls } from './calls.ts';
import { restoreClient } from './client-restore.ts';
import { Desk, type ParticipatingOptions } from './desk.ts';
import type { LookupResult, ParticipatingEffect, UserFound } from './effect.ts';
import { HandOvers } from './hand-over.ts';
import { FirstInvitation, readFocusInvitation } from './invitation.ts';
import { focusContact, groupInfoOf, invitedUsers } from './invitation-text.ts';
import { recentIdsMax, retryAfterS } from './limit.ts';
import { Mailbox } from './mailbox.ts';
import type { Participant } from './participant.ts';
import { elsewhere } from './reason.ts';
import { Registry } from './registry.ts';
import { RosterRequests } from './roster-requests.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;
type Request = Extract<SipEvent, { kind: 'request' }>;

const requestPending = 491;

export class Participating {
  readonly #desk: Desk;
  readonly #registry: Registry;
  /** INVITEs of clients that wait for a decision. */
  readonly #calls: ClientCalls;
  readonly #mailbox: Mailbox;
  readonly #rosters: RosterRequests;
  #handOvers: HandOvers | undefined;

  constructor(options: ParticipatingOptions) {
    this.#desk = new Desk(options);
    this.#registry = new Registry(this.#desk);
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

  /** Gives every participation to another edge; from here on nothing new is to be asked of this one. */
  handOver(nowMs: number, successorOf: (user: string) => string): void {
    this.#handOvers = new HandOvers(this.#desk, this.#registry.all, successorOf);
    this.#handOvers.start(nowMs);
  }

  /** This process ends, and nobody goes on with what follows rosters here: whoever does may begin anew later. */
  stop(nowMs: number): void {
    this.#desk.subscriptions.leave(nowMs, `probation;retry-after=${retryAfterS}`);
  }

  /** Everything is being given to other edges, or has been: `done`. */
  get leaving(): HandOvers['progress'] | undefined {
    return this.#handOvers?.progress;
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
    const user = addressOfRecord(event.request.uri);
    const contributionId = contributionIdOf(event.request);
    const identity = focusContact(event.request);
    if (user === undefined) this.#refuse(nowMs, event.dialog, 404);
    else if (identity === undefined) this.#invitedByUser(nowMs, event, user);
    else if (contributionId === undefined) {
      this.#refuse(nowMs, event.dialog, 400, 'Contribution-ID is missing or no token');
    } else this.#invited(event, { user, contributionId }, identity);
  }

  /** Without isfocus it is a session with one other user: the one whom the peer asserts. */
  #invitedByUser(nowMs: number, event: Invite, user: string): void {
    const peer = assertedUser(event.request);
    if (peer === undefined) this.#refuse(nowMs, event.dialog, 403, 'the caller is not named');
    else if (peer === user) this.#refuse(nowMs, event.dialog, 482, 'the caller is the called user');
    else this.#invited(event, oneToOneName(user, peer), peer);
  }

  #invited(event: Invite, name: ParticipationName, identity: string): void {
    const { dialog, request } = event;
    let isCancelled = false;
    this.#desk.ownDialog(dialog, () => {
      isCancelled = true;
      this.#desk.leaveDialog(dialog);
    });
    const then = (
      nowMs: number,
      found: UserFound | undefined,
      storedIds: readonly string[] | undefined,
    ): void => {
      if (isCancelled) return;
      this.#desk.leaveDialog(dialog);
      if (found === undefined || storedIds === undefined) this.#refuse(nowMs, dialog, 503);
      else if (!found.isKnown) this.#refuse(nowMs, dialog, 404);
      else this.#begin(nowMs, { dialog, request, identity, name, storedIds }, found);
    };
    this.#registry.findToBegin(name.user, (nowMs, found) => {
      if (found === undefined || !this.#registry.isKept(name, found)) then(nowMs, found, []);
      else {
        // What an earlier owner has stored may be sent again, over the new leg (design 5.9).
        this.#desk.readTail(name, recentIdsMax, (atMs, storedIds) => then(atMs, found, storedIds));
      }
    });
  }

  #begin(
    nowMs: number,
    invite: {
      readonly dialog: string;
      readonly request: SipRequest;
      readonly identity: string;
      readonly name: ParticipationName;
      readonly storedIds: readonly string[];
    },
    found: UserFound,
  ): void {
    const { dialog, request, identity, name, storedIds } = invite;
    const read = readFocusInvitation(dialog, request, identity);
    if (read.kind === 'refused') {
      this.#refuse(nowMs, dialog, read.status, read.reason);
      return;
    }
    const group = groupInfoOf(request, identity, read.invitation.media);
    const held = this.#registry.find(name);
    if (held?.beginning?.giveWay(nowMs) === false) {
      this.#refuse(nowMs, dialog, requestPending);
      return;
    }
    held?.focus.concludeIfDone(nowMs);
    const known = this.#registry.find(name) ?? this.#registry.revive(name, found);
    if (known !== undefined) {
      // A group is the same one; two users may have begun another session, with ids of its own.
      known.regrouped(!isGroup({ group }) ? group : { identity });
      known.bridge.remember(storedIds);
      this.#focusJoins(nowMs, known, read.invitation);
      return;
    }
    const participant = this.#registry.hold({
      ...this.#registry.fresh(name, found),
      group,
      roster: !isGroup({ group }) ? [] : invitedUsers(request, name.user),
    });
    new FirstInvitation(this.#desk, participant, read.invitation).start(nowMs, found.bindings);
  }

  /** The focus sets up a new leg for a participation that is there: it is accepted in the user's place. */
  #focusJoins(
    nowMs: number,
    participant: Participant,
    invite: { readonly dialog: string; readonly media: MsrpMedia; readonly identity: string },
  ): void {
    const link = participant.focus.newLink(nowMs, invite.identity);
    const { identity } = invite;
    link.accept(nowMs, invite, (focus) =>
      participant.report(nowMs, { kind: 'focus-joined', identity, focus }),
    );
    // A re-start that was being asked for is needless now.
    participant.rejoin.restarted(nowMs);
    participant.ending.restarted(nowMs);
    if (!participant.client.isPresent) participant.away(nowMs);
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
        this.#calls.refuse(nowMs, command.call, command.status);
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

  #refuse(nowMs: number, dialog: string, status: number, reason?: string): void {
    this.#desk.agent.respond(nowMs, dialog, reason === undefined ? { status } : { status, reason });
  }
}
