/**
 * INVITEs of clients. With something kept for the user, the functions decide what becomes of it, and the INVITE waits for their
 * command; otherwise it is relayed to the focus at once (PFT-029).
 */
import { oneToOneName } from '../../shared/core/participation/kind.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { contributionIdOf } from '../sip/contribution-id.ts';
import type { SipEvent } from '../sip/effect.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { joinedOf } from './client-invitation.ts';
import type { Desk } from './desk.ts';
import type { UserFound } from './effect.ts';
import { instanceOf, isListed, mediaOf } from './invitation-text.ts';
import { decisionTimeoutMs } from './limit.ts';
import {
  acceptClient,
  type ClientCall,
  groupInfoOfClient,
  Relay,
  usersOfClient,
} from './origination.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';
import type { Registry } from './registry.ts';
import { callPeer, restartGroup, restartInvite } from './restart.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;

const requestPending = 491;
const unavailable = 503;

export class ClientCalls {
  readonly #desk: Desk;
  readonly #registry: Registry;
  readonly #waiting = new Map<string, ClientCall>();

  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  /** A client invites. */
  invited(nowMs: number, event: Invite, user: string): void {
    const { dialog, request } = event;
    const contributionId = contributionIdOf(request);
    const offer = mediaOf(request);
    if (contributionId === undefined) {
      this.#answer(nowMs, dialog, 400, 'Contribution-ID is missing or no token');
    } else if (offer.kind === 'refused') {
      this.#answer(nowMs, dialog, offer.status, offer.reason);
    } else {
      const name = { user, contributionId };
      this.#wait({ call: this.#newName(), dialog, request, media: offer.media, name });
    }
  }

  /** The decision: the client's session carries the participation from now on. */
  accept(nowMs: number, name: string, participation: Participation): void {
    if (this.#registry.isOutdated(participation)) {
      this.#anew(nowMs, name, participation);
      return;
    }
    this.#registry.owned(nowMs, participation, (atMs, participant) => {
      const call = this.#take(name);
      if (call === undefined) this.#acceptedInVain(atMs, participant);
      else this.#accept(atMs, participant, { call, isEnded: participation.phase === 'restarting' });
    });
  }

  /** What was decided on has ended here, or begun anew, while that was on its way: once more, with what there is now. */
  #anew(nowMs: number, name: string, outdated: Participation): void {
    const call = this.#take(name);
    if (call === undefined) return;
    if (call.outdated === undefined) this.#wait({ ...call, call: this.#newName(), outdated });
    else this.#answer(nowMs, call.dialog, unavailable);
  }

  #accept(
    nowMs: number,
    participant: Participant,
    { call, isEnded }: { readonly call: ClientCall; readonly isEnded: boolean },
  ): void {
    const { rejoin, ending } = participant;
    if (rejoin.isWaiting) {
      this.#answer(nowMs, call.dialog, requestPending);
      return;
    }
    if (isEnded && rejoin.fits(call)) {
      rejoin.begin(nowMs, call);
      return;
    }
    participant.delivery.cancel(nowMs);
    participant.client.endNext(nowMs);
    if (call.peer !== undefined) participant.regrouped(groupInfoOfClient(call, call.peer));
    acceptClient(nowMs, this.#desk, participant, { call });
    if (!isEnded || participant.focus.isActive || ending.isRestarting) return;
    if (call.peer === undefined) restartGroup(this.#desk, participant, nowMs);
    else callPeer(this.#desk, participant, call, nowMs);
  }

  /** The client has given up, or was told to try again: it is as far away as it was. */
  #acceptedInVain(nowMs: number, participant: Participant): void {
    if (participant.client.isPresent || participant.delivery.isOut) return;
    participant.departure.lost(nowMs, 'unreachable');
  }

  /** The decision: not now. */
  refused(nowMs: number, name: string, status: number): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    const participant = this.#registry.find(waiting.name);
    if (status === requestPending && participant?.delivery.isInLine === true) {
      this.#acceptFirst(nowMs, participant, waiting);
      return;
    }
    this.#refuse(nowMs, name, status);
    // The INVITE that it is refused for may never have reached it.
    if (status === requestPending) participant?.delivery.again(nowMs);
  }

  /** 000 B.2.3.x.y+2: the re-join was first after all, for our INVITE still waits for its turn: it is not sent. */
  #acceptFirst(nowMs: number, participant: Participant, call: ClientCall): void {
    this.#take(call.call);
    participant.delivery.cancel(nowMs);
    participant.report(nowMs, joinedOf({ instance: instanceOf(call.request) }));
    acceptClient(nowMs, this.#desk, participant, { call });
  }

  /** Answers it with an error. */
  #refuse(nowMs: number, name: string, status: number): void {
    const call = this.#take(name);
    if (call !== undefined) this.#answer(nowMs, call.dialog, status);
  }

  /** The decision: nothing is kept, so the focus has to answer. */
  relay(name: string): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    const { user, contributionId } = waiting.name;
    this.#registry.findToBegin(user, [contributionId], (nowMs, found) => {
      const call = this.#take(name);
      // The client has given up meanwhile, or was told to try again.
      if (call === undefined) return;
      if (found === undefined) this.#answer(nowMs, call.dialog, unavailable);
      else this.#relay(nowMs, call, found);
    });
  }

  /** The edge ends: whoever waits for a decision tries again, and finds who goes on. */
  leave(nowMs: number): void {
    for (const { call, dialog } of [...this.#waiting.values()]) {
      this.#take(call);
      this.#answer(nowMs, dialog, unavailable);
    }
  }

  #wait(waiting: ClientCall): void {
    const { call, dialog, name } = waiting;
    this.#waiting.set(call, waiting);
    // The client has given up.
    this.#desk.ownDialog(dialog, () => this.#take(call));
    this.#desk.setTimer(`call/${call}`, decisionTimeoutMs, (nowMs) =>
      this.#refuse(nowMs, call, unavailable),
    );
    const peer = peerOf(waiting);
    const names = peer === undefined ? [name] : [name, oneToOneName(name.user, peer)];
    const contributionIds = names.map(({ contributionId }) => contributionId);
    this.#registry.findToBegin(name.user, contributionIds, (nowMs, found) =>
      this.#found(nowMs, waiting, found),
    );
  }

  #found(nowMs: number, waiting: ClientCall, found: UserFound | undefined): void {
    const { call, name } = waiting;
    if (!this.#waiting.has(call)) return;
    if (found === undefined) {
      this.#refuse(nowMs, call, unavailable);
      return;
    }
    if (this.#isSettled(nowMs, waiting, found)) return;
    this.#findPeer(nowMs, waiting, (atMs, peer) => {
      if (!this.#waiting.has(call)) return;
      const named =
        peer === undefined ? waiting : { ...waiting, name: oneToOneName(name.user, peer), peer };
      this.#waiting.set(call, named);
      // Another INVITE may have begun the session while this one's was looked for.
      if (this.#isSettled(atMs, named, found)) return;
      this.#take(call);
      this.#relay(atMs, named, found);
    });
  }

  /** Whether the session is there already: being set up, so that the client has to try again, or kept, so that the functions decide. */
  #isSettled(nowMs: number, waiting: ClientCall, found: UserFound): boolean {
    if (this.#registry.find(waiting.name)?.beginning !== undefined) {
      // 001 8.3.2.9.1.4: one session only; another INVITE is under way for it.
      this.#refuse(nowMs, waiting.call, requestPending);
      return true;
    }
    const isKept = this.#isKept(waiting.name, found);
    if (isKept) this.#ask(nowMs, waiting);
    return isKept;
  }

  #newName(): string {
    return `${this.#desk.options.edge}/${this.#desk.nextNumber()}`;
  }

  #isKept(name: ParticipationName, found: UserFound): boolean {
    return this.#registry.find(name) !== undefined || this.#registry.isKept(name, found);
  }

  /** The user whom the client calls, if it is a user and no group: and no group of ours or of others. */
  #findPeer(
    nowMs: number,
    call: ClientCall,
    then: (nowMs: number, peer: string | undefined) => void,
  ): void {
    const peer = peerOf(call);
    if (peer === undefined) then(nowMs, undefined);
    else {
      this.#desk.findClients(peer, (atMs, found) =>
        then(atMs, found?.isKnown === true ? peer : undefined),
      );
    }
  }

  #ask(nowMs: number, { call, name, request }: ClientCall): void {
    const instance = instanceOf(request);
    const device = instance === undefined ? {} : { instance };
    const event = { kind: 'rejoin', call, ...device, atMs: nowMs } as const;
    this.#desk.report(name, { event }, (atMs, isStored) => {
      if (!isStored) this.#refuse(atMs, call, unavailable);
    });
  }

  #relay(nowMs: number, call: ClientCall, found: UserFound): void {
    if (this.#registry.find(call.name) !== undefined) {
      // The focus has come meanwhile.
      this.#answer(nowMs, call.dialog, requestPending);
      return;
    }
    const { outdated, peer } = call;
    const fresh = this.#registry.fresh(call.name, found);
    if (outdated?.phase === 'restarting' && peer === undefined) {
      // 001 8.3.2.9.1.3 1: the session had ended when the client came, and was to be re-started.
      const { group, roster } = outdated;
      const participant = this.#registry.hold({ ...fresh, group, roster });
      const invite = restartInvite(this.#desk, participant);
      new Relay(this.#desk, participant, call).start(nowMs, invite);
      return;
    }
    const participant = this.#registry.hold({
      ...fresh,
      group: groupInfoOfClient(call, peer ?? call.request.uri),
      roster: peer === undefined ? usersOfClient(call) : [],
    });
    new Relay(this.#desk, participant, call).start(nowMs);
  }

  #take(name: string): ClientCall | undefined {
    const call = this.#waiting.get(name);
    if (call === undefined) return undefined;
    this.#waiting.delete(name);
    this.#desk.clearTimer(`call/${name}`);
    this.#desk.leaveDialog(call.dialog);
    return call;
  }

  #answer(nowMs: number, dialog: string, status: number, reason?: string): void {
    const named = reason === undefined ? {} : { reason };
    this.#desk.agent.respond(
      nowMs,
      dialog,
      status === unavailable ? tryAgain : { status, ...named },
    );
  }
}

/** Whom a client calls that calls no group, if it is a user. */
function peerOf({ request, name }: ClientCall): string | undefined {
  const peer = addressOfRecord(request.uri);
  return peer === name.user || isListed(request) ? undefined : peer;
}
