/**
 * The Participating Function: takes requests of peers and of clients, events of legs, and commands of the functions, and gives
 * them to the participation they are for. It holds the participations of this edge; all else is in their own files.
 */
import { segmentKey } from '../../shared/core/key.ts';
import type { CommandMessage } from '../../shared/core/message.ts';
import type { Command, Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { epochStart } from '../../shared/core/position.ts';
import type { MsrpEvent } from '../msrp/effect.ts';
import type { SipEvent } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { ClientSubscription } from './client-subscription.ts';
import { DeliveryInvitation } from './delivery-invitation.ts';
import { Desk, type ParticipatingOptions } from './desk.ts';
import type { LookupResult, ParticipatingEffect, UserFound } from './effect.ts';
import { FirstInvitation, readFocusInvitation } from './invitation.ts';
import { focusContact, groupInfoOf, instanceOf, invitedUsers, mediaOf } from './invitation-text.ts';
import { decisionTimeoutMs } from './limit.ts';
import { acceptClient, type ClientCall, groupInfoOfClient, Relay, usersOfClient } from './origination.ts';
import { Participant, type ParticipantOwner, type ParticipantStart } from './participant.ts';
import { restartGroup } from './restart.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;
type Request = Extract<SipEvent, { kind: 'request' }>;

type Held = { readonly participant: Participant; readonly delivery: DeliveryInvitation };

export class Participating {
  readonly #desk: Desk;
  readonly #held = new Map<string, Held>();
  readonly #touched = new Set<Participant>();
  /** INVITEs of clients that wait for a decision. */
  readonly #calls = new Map<string, ClientCall>();
  readonly #owner: ParticipantOwner;

  constructor(options: ParticipatingOptions) {
    this.#desk = new Desk(options);
    this.#owner = {
      touched: (participant) => this.#touched.add(participant),
      over: (participant) => this.#over(participant),
    };
  }

  /** Participations of this edge. */
  get size(): number {
    return this.#held.size;
  }

  drain(): readonly ParticipatingEffect[] {
    return this.#desk.drain();
  }

  /** The user has a participation here whose client is away: a registration matters. */
  isAway(user: string): boolean {
    for (const { participant } of this.#held.values()) {
      if (participant.name.user === user && participant.client === undefined) return true;
    }
    return false;
  }

  // --- what comes in

  /** An event of a dialog or request of ours; false if it belongs to nobody here. */
  sip(nowMs: number, event: SipEvent): boolean {
    if (event.kind === 'response' && this.#desk.responded(nowMs, event)) return true;
    const owner = 'dialog' in event && event.dialog ? this.#desk.dialogOwner(event.dialog) : undefined;
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
    if (this.#touched.size === 0) return;
    for (const participant of this.#touched) participant.bridge.endStep(nowMs);
    this.#touched.clear();
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
    const contributionId = header(event.request, 'Contribution-ID');
    const identity = focusContact(event.request);
    if (user === undefined) this.#refuse(nowMs, event.dialog, 404);
    else if (contributionId === undefined) {
      this.#refuse(nowMs, event.dialog, 400, 'Contribution-ID is missing');
    } else if (identity === undefined) {
      this.#refuse(nowMs, event.dialog, 480, 'only group sessions are served');
    } else this.#invitedByFocus(event, { user, contributionId }, identity);
  }

  #invitedByFocus(event: Invite, name: ParticipationName, identity: string): void {
    const { dialog, request } = event;
    let isCancelled = false;
    this.#desk.ownDialog(dialog, (_nowMs, later) => {
      isCancelled ||= later.kind === 'cancelled';
    });
    this.#desk.findUser(name.user, (nowMs, found) => {
      this.#desk.leaveDialog(dialog);
      if (isCancelled) return;
      if (found === undefined) this.#refuse(nowMs, dialog, 503);
      else if (!found.isKnown) this.#refuse(nowMs, dialog, 404);
      else this.#begin(nowMs, { dialog, request, identity, name }, found);
    });
  }

  #begin(
    nowMs: number,
    invite: {
      readonly dialog: string;
      readonly request: SipRequest;
      readonly identity: string;
      readonly name: ParticipationName;
    },
    found: UserFound,
  ): void {
    const { dialog, request, identity, name } = invite;
    const read = readFocusInvitation(dialog, request, identity);
    if (read.kind === 'refused') {
      this.#refuse(nowMs, dialog, read.status, read.reason);
      return;
    }
    const known = this.#held.get(segmentKey(name))?.participant ?? this.#revive(name, found);
    if (known !== undefined) {
      this.#focusJoins(nowMs, known, invite);
      return;
    }
    const { participant } = this.#hold({
      ...this.#fresh(name, found),
      group: groupInfoOf(request, identity, read.invitation.media),
      roster: invitedUsers(request, name.user),
    });
    new FirstInvitation(this.#desk, participant, read.invitation).start(nowMs, found.bindings);
  }

  /** The focus sets up a new leg for a participation that is there: it is accepted in the user's place. */
  #focusJoins(
    nowMs: number,
    participant: Participant,
    invite: {
      readonly dialog: string;
      readonly request: SipRequest;
      readonly identity: string;
    },
  ): void {
    participant.regrouped(invite.identity);
    const link = participant.newFocusLink(nowMs, invite.identity);
    link.accept(nowMs, invite.dialog, invite.request);
    const focus = link.state;
    if (focus === undefined) return;
    participant.report(nowMs, { kind: 'focus-joined', identity: invite.identity, focus });
    if (participant.client === undefined) participant.away(nowMs);
  }

  /** A client of ours invites: the conference factory, or a group session. */
  invitedByClient(nowMs: number, event: Invite, user: string): void {
    const { dialog, request } = event;
    const contributionId = header(request, 'Contribution-ID');
    const offer = mediaOf(request);
    if (contributionId === undefined) {
      this.#refuse(nowMs, dialog, 400, 'Contribution-ID is missing');
      return;
    }
    if (offer.kind === 'refused') {
      this.#refuse(nowMs, dialog, offer.status, offer.reason);
      return;
    }
    const name = { user, contributionId };
    const call = `${this.#desk.options.edge}/${this.#desk.nextNumber()}`;
    const waiting: ClientCall = { call, dialog, request, media: offer.media, name };
    this.#calls.set(call, waiting);
    this.#desk.ownDialog(dialog, (_atMs, later) => {
      if (later.kind === 'cancelled') this.#takeCall(call);
    });
    this.#desk.setTimer(`call/${call}`, decisionTimeoutMs, (atMs) => {
      if (this.#takeCall(call) !== undefined) this.#refuse(atMs, dialog, 503);
    });
    this.#desk.findUser(user, (atMs, found) => this.#callFound(atMs, waiting, found));
  }

  #callFound(nowMs: number, waiting: ClientCall, found: UserFound | undefined): void {
    const { call, dialog, name, request } = waiting;
    if (!this.#calls.has(call)) return;
    if (found === undefined) {
      this.#takeCall(call);
      this.#refuse(nowMs, dialog, 503);
      return;
    }
    const isKept = found.participations.some(
      (kept) => kept.contributionId === name.contributionId && kept.phase !== 'gone',
    );
    if (!isKept && !this.#held.has(segmentKey(name))) {
      this.#takeCall(call);
      this.#relay(nowMs, waiting, found);
      return;
    }
    const instance = instanceOf(request);
    const device = instance === undefined ? {} : { instance };
    this.#desk.report(
      name,
      { event: { kind: 'rejoin', call, ...device, atMs: nowMs } },
      (atMs, isStored) => {
        if (!isStored && this.#takeCall(call) !== undefined) this.#refuse(atMs, dialog, 503);
      },
    );
  }

  #relay(nowMs: number, call: ClientCall, found: UserFound): void {
    const { participant } = this.#hold({
      ...this.#fresh(call.name, found),
      group: groupInfoOfClient(call, call.request.uri),
      roster: usersOfClient(call),
    });
    new Relay(this.#desk, participant, call).start(nowMs);
  }

  /** A client of ours subscribes: to the roster of a group session, at its focus. */
  subscribedByClient(nowMs: number, event: Request, user: string): void {
    const { request, transaction } = event;
    if (header(request, 'Event')?.split(';')[0]?.trim().toLowerCase() !== 'conference') {
      const headers = [{ name: 'Allow-Events', value: 'conference' }];
      this.#desk.agent.respond(nowMs, transaction, { status: 489, headers });
      return;
    }
    new ClientSubscription(this.#desk, user, request.uri).start(nowMs, transaction, request);
  }

  // --- commands

  /** Carries out what the functions have decided; safe to repeat. */
  command(nowMs: number, message: CommandMessage): void {
    const { command } = message;
    switch (command.kind) {
      case 'invite-client':
        this.#owned(command.participation).delivery.start(nowMs);
        return;
      case 'invite-again':
        this.#held.get(segmentKey(message.name))?.delivery.again(nowMs);
        return;
      case 'accept-rejoin':
        this.#acceptRejoin(nowMs, command);
        return;
      case 'refuse-rejoin': {
        const call = this.#takeCall(command.call);
        if (call !== undefined) this.#refuse(nowMs, call.dialog, command.status);
        return;
      }
      case 'relay-rejoin':
        this.#relayRejoin(command.call);
        return;
      case 'release':
        this.#owned(command.participation).participant.release(nowMs, command.cause);
        return;
      case 'restore':
        this.#owned(command.participation).participant.restore(nowMs, command.participation);
    }
  }

  #acceptRejoin(nowMs: number, command: Extract<Command, { kind: 'accept-rejoin' }>): void {
    const call = this.#takeCall(command.call);
    if (call === undefined) return;
    const { participation } = command;
    const { participant, delivery } = this.#owned(participation);
    delivery.cancel(nowMs);
    acceptClient(this.#desk, participant, call, nowMs);
    if (participation.phase === 'restarting' && !participant.isActive) {
      restartGroup(this.#desk, participant, nowMs);
    }
  }

  #relayRejoin(name: string): void {
    const call = this.#takeCall(name);
    if (call === undefined) return;
    this.#desk.findUser(call.name.user, (nowMs, found) => {
      if (found === undefined) this.#refuse(nowMs, call.dialog, 503);
      else this.#relay(nowMs, call, found);
    });
  }

  #takeCall(name: string): ClientCall | undefined {
    const call = this.#calls.get(name);
    if (call === undefined) return undefined;
    this.#calls.delete(name);
    this.#desk.clearTimer(`call/${name}`);
    this.#desk.leaveDialog(call.dialog);
    return call;
  }

  #refuse(nowMs: number, dialog: string, status: number, reason?: string): void {
    this.#desk.agent.respond(nowMs, dialog, {
      status,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  // --- participations

  #owned(participation: Participation): Held {
    const held = this.#held.get(segmentKey(participation));
    return held ?? this.#hold(startOf(participation));
  }

  #hold(start: ParticipantStart): Held {
    const participant = new Participant(this.#desk, start, this.#owner);
    const held = { participant, delivery: new DeliveryInvitation(this.#desk, participant) };
    this.#held.set(segmentKey(start.name), held);
    return held;
  }

  #over(participant: Participant): void {
    const key = segmentKey(participant.name);
    if (this.#held.get(key)?.participant === participant) this.#held.delete(key);
  }

  /** What is kept of a session that had ended goes on under this edge, in an epoch of its own. */
  #revive(name: ParticipationName, found: UserFound): Participant | undefined {
    const kept = found.participations.find((one) => one.contributionId === name.contributionId);
    if (kept === undefined || kept.phase === 'gone') return undefined;
    return this.#hold({ ...startOf(kept), epoch: kept.epoch + 1, counter: 0 }).participant;
  }

  #fresh(name: ParticipationName, found: UserFound) {
    const kept = found.participations.find((one) => one.contributionId === name.contributionId);
    const epoch = (kept?.epoch ?? 0) + 1;
    return { name, epoch, counter: 0, cursor: epochStart(epoch), isEndUnknown: false };
  }
}

function startOf(participation: Participation): ParticipantStart {
  const { user, contributionId, instance } = participation;
  return {
    name: { user, contributionId },
    epoch: participation.epoch,
    counter: participation.counter,
    cursor: participation.cursor,
    isEndUnknown: true,
    group: participation.group,
    roster: participation.roster,
    ...(instance === undefined ? {} : { instance }),
  };
}
