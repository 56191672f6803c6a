/**
 * What one user has said to an absent one, brought in a session of its own when the user is back (001 8.3.2.9.1.1): sendonly, in the
 * name of the deferring function, ended with the last message. With nothing waiting the user is invited back into the other's running
 * session instead.
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import { ClientInvitation, type JoinedClient, joinedOf } from './client-invitation.ts';
import { clientContact } from './contact.ts';
import type { Turn } from './delivery-rounds.ts';
import type { Desk } from './desk.ts';
import { isShowable, readFirst } from './first-message.ts';
import type { Participant } from './participant.ts';

const unavailable = 480;
const notAcceptable = 488;
const imdnType = 'message/imdn+xml';

export class SenderDelivery {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #asking: ClientInvitation | undefined;
  #turn: Turn | undefined;
  #isOut = false;
  /** Counts attempts, so that what an earlier one has started comes to nothing. */
  #attempt = 0;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** An INVITE is out, or is about to be. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** Told again, it is a further registration. */
  start(nowMs: number): void {
    if (this.#isOut) this.again(nowMs);
    else this.#begin(nowMs);
  }

  #begin(nowMs: number): void {
    this.cancel(nowMs);
    this.#isOut = true;
    const attempt = this.#attempt;
    readFirst(this.#desk, this.#participant, {
      isWanted: () => attempt === this.#attempt,
      found: (atMs, read) => {
        if (read.kind === 'unsure') this.#refused(atMs, unavailable);
        else this.#found(atMs, read.kind === 'first' ? read.message : undefined);
      },
    });
  }

  /** The client shows that it is there: an INVITE that nobody has answered at all may have gone to its old place. */
  again(_nowMs: number): void {
    this.#asking?.clientShows(
      (bindings) => this.#participant.eligible(bindings),
      (atMs) => this.#begin(atMs),
    );
  }

  /** The client has come in by itself. */
  cancel(nowMs: number): void {
    this.#attempt++;
    this.#asking?.cancel(nowMs);
    this.#asking = undefined;
    this.#isOut = false;
    this.sessionOver();
  }

  /** The session of the delivery is over: the next sender's turn. */
  sessionOver(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn !== undefined) this.#desk.rounds.leave(turn);
  }

  #found(nowMs: number, first: StoredMessage | undefined): void {
    const participant = this.#participant;
    if (first === undefined && !participant.focus.isActive) {
      this.#isOut = false;
      participant.nothingWaits(nowMs);
      return;
    }
    if (first === undefined && !this.#desk.options.isInvitedWithoutPending) {
      participant.departure.clientWaits();
      this.#refused(nowMs, unavailable);
      return;
    }
    const turn: Turn = {
      user: participant.name.user,
      oldestMs: first?.receivedAtMs ?? nowMs,
      isOfNotifications: participant.group.kind === 'notifications',
      begin: () => this.#invite(turn, first),
      giveUp: (atMs, status) => {
        this.#turn = undefined;
        this.#refused(atMs, status);
      },
    };
    this.#turn = turn;
    this.#desk.rounds.enter(turn);
  }

  #invite(turn: Turn, first: StoredMessage | undefined): void {
    const participant = this.#participant;
    const attempt = this.#attempt;
    const asking = this.#newAsking(turn, first);
    this.#asking = asking;
    this.#desk.findClients(participant.name.user, (atMs, found) => {
      if (attempt === this.#attempt)
        asking.start(atMs, participant.eligible(found?.bindings ?? []));
    });
  }

  #newAsking(turn: Turn, first: StoredMessage | undefined): ClientInvitation {
    const participant = this.#participant;
    const { name, group, instance } = participant;
    const isApart = first !== undefined;
    // 001 8.3.2.9.1.1, delivery of IMDNs, step 3: the device that has sent what is notified about.
    const isForDevice = group.kind === 'notifications' && instance !== undefined;
    const isShown =
      isApart &&
      isShowable(first) &&
      this.#desk.options.isFirstRepeated &&
      group.kind === 'one-to-one';
    return new ClientInvitation(
      this.#desk,
      {
        user: name.user,
        group,
        roster: [],
        direction: isApart ? 'sendonly' : 'sendrecv',
        acceptTypes: group.acceptTypes,
        ...(isShown ? { first } : {}),
        ...(isForDevice ? { instance } : {}),
      },
      {
        joined: (atMs, client) => {
          this.#asking = undefined;
          if (!this.#isTaking(client)) {
            this.#desk.agent.bye(atMs, client.dialog);
            client.leg.close(atMs);
            this.#failed(atMs, notAcceptable, turn);
            return;
          }
          this.#isOut = false;
          const contact = clientContact(this.#desk, participant);
          participant.report(atMs, joinedOf(client));
          participant.clientJoined(atMs, { ...client, contact, isApart });
        },
        failed: (atMs, status) => this.#failed(atMs, status, turn),
        progress: () => {},
        newLeg: () => participant.client.newLeg(),
        isCurrent: (leg) => participant.client.leg === leg,
      },
    );
  }

  /** A client that takes no notifications in sessions is sent none there. */
  #isTaking({ leg }: JoinedClient): boolean {
    return this.#participant.group.kind !== 'notifications' || leg.takesWrapped(imdnType);
  }

  #failed(nowMs: number, status: number, turn: Turn): void {
    this.#asking = undefined;
    this.#turn = undefined;
    this.#refused(nowMs, status);
    const isEnd = status === unavailable || this.#desk.options.stopCodes.includes(status);
    if (isEnd) this.#desk.rounds.stop(nowMs, turn, unavailable);
    else if (turn.isOfNotifications) {
      this.#desk.rounds.stopNotifications(nowMs, turn, unavailable);
    } else this.#desk.rounds.leave(turn);
  }

  #refused(nowMs: number, status: number): void {
    this.#isOut = false;
    this.#participant.report(nowMs, { kind: 'client-refused', status });
  }
}
