/**
 * Our INVITE that brings an absent client back: into the running session (sendrecv), or to the messages of one that has ended
 * (sendonly). What comes of it is reported; the functions decide what follows.
 */

import type { StoredMessage } from '../../shared/core/segment.ts';
import { groupStateType } from '../xml/group-state.ts';
import { ClientInvitation, joinedOf } from './client-invitation.ts';
import { clientContact } from './contact.ts';
import type { Desk } from './desk.ts';
import { isShowable, readFirst } from './first-message.ts';
import type { Place } from './invitation-line.ts';
import { retryDelayMs } from './limit.ts';
import type { Participant } from './participant.ts';

const unavailable = 480;
const declined = 603;

export class DeliveryInvitation {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #asking: ClientInvitation | undefined;
  #place: Place | undefined;
  #isInLine = false;
  #isOut = false;
  #isDue = false;
  #attempt = 0;
  #retries = 0;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** An INVITE is out, or is about to be. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** Others are before it: no INVITE has gone. */
  get isInLine(): boolean {
    return this.#isInLine;
  }

  /** Nobody has answered the INVITE that is out, not even by ringing. */
  get isUnanswered(): boolean {
    return this.#isOut && this.#asking?.isUnanswered === true;
  }

  /** Another INVITE follows one that was refused. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** INVITEs the clients that may get the delivery; told again, it is a further registration. */
  start(nowMs: number): void {
    this.#retries = this.#desk.options.deliveryRetries;
    if (this.#isOut) this.again(nowMs);
    else this.#invite(nowMs);
  }

  /** An INVITE in the place of another keeps that one's place in the line. */
  #invite(nowMs: number): void {
    const participant = this.#participant;
    this.#withdraw(nowMs);
    if (!this.#isWanted()) {
      this.cancel(nowMs);
      participant.report(nowMs, { kind: 'client-refused', status: unavailable });
      return;
    }
    this.#isOut = true;
    if (this.#place === undefined) this.#enterLine();
    else this.#begin();
  }

  /** Another device's silence must not hold up this one. */
  #enterLine(): void {
    const { name, instance = '' } = this.#participant;
    const begin = (): void => {
      this.#isInLine = false;
      this.#begin();
    };
    this.#place = { client: `${name.user} ${instance}`, begin };
    this.#isInLine = true;
    this.#desk.invitations.enter(this.#place);
  }

  #leaveLine(): void {
    const place = this.#place;
    this.#place = undefined;
    this.#isInLine = false;
    if (place !== undefined) this.#desk.invitations.leave(place);
  }

  #begin(): void {
    const participant = this.#participant;
    const attempt = this.#attempt;
    if (participant.focus.isActive || !this.#desk.options.isFirstRepeated) this.#ask(undefined);
    else {
      // 001 8.3.2.9.1.2 2: an ended session is delivered as messages between two users are, the first in the INVITE too.
      readFirst(this.#desk, participant, {
        isWanted: () => attempt === this.#attempt,
        found: (_atMs, read) => {
          const first = read.kind === 'first' ? read.message : undefined;
          this.#ask(first !== undefined && isShowable(first) ? first : undefined);
        },
      });
    }
  }

  #ask(first: StoredMessage | undefined): void {
    const participant = this.#participant;
    const attempt = this.#attempt;
    const asking = this.#newAsking(first);
    this.#asking = asking;
    this.#desk.findClients(participant.name.user, (atMs, found) => {
      if (attempt !== this.#attempt) return;
      asking.start(atMs, participant.eligible(found?.bindings ?? []));
    });
  }

  /** The client shows that it is there: an INVITE that nobody has answered at all may have gone to its old place. */
  again(nowMs: number): void {
    if (this.#isDue) {
      this.#invite(nowMs);
      return;
    }
    this.#asking?.clientShows(
      (bindings) => this.#participant.eligible(bindings),
      (atMs) => this.#invite(atMs),
    );
  }

  /** The client has come in by itself. */
  cancel(nowMs: number): void {
    this.#withdraw(nowMs);
    this.#isOut = false;
    this.#leaveLine();
  }

  /** What an earlier attempt has begun comes to nothing. */
  #withdraw(nowMs: number): void {
    this.#attempt++;
    this.#asking?.cancel(nowMs);
    this.#asking = undefined;
    this.#isDue = false;
  }

  /** Decision O-03: something waits, or the user is to be back in the running session all the same. */
  #isWanted(): boolean {
    const { bridge, focus } = this.#participant;
    if (!focus.isActive || this.#desk.options.isInvitedWithoutPending) return true;
    return !bridge.isStoreEmpty;
  }

  /** 001 8.3.2.9.1.2 1e and 5a: another attempt by policy; a user who declines is not asked again. */
  #failed(nowMs: number, status: number): void {
    this.#asking = undefined;
    this.#isOut = false;
    this.#leaveLine();
    const participant = this.#participant;
    if (participant.client.hasNext) {
      participant.client.advance(nowMs, []);
      return;
    }
    if (participant.rejoin.isWaiting) return;
    if (status === declined || this.#retries <= 0) {
      this.#refused(nowMs, status);
      return;
    }
    this.#retries--;
    this.#isDue = true;
    const attempt = this.#attempt;
    this.#desk.setTimer(`retry/${this.#desk.nextNumber()}`, retryDelayMs, (atMs) => {
      if (attempt === this.#attempt) this.#invite(atMs);
    });
  }

  #refused(nowMs: number, status: number): void {
    const participant = this.#participant;
    participant.report(nowMs, { kind: 'client-refused', status });
    // What is kept of an ended session has no owner now: the next delivery may be another edge's.
    if (!participant.focus.isActive) participant.departure.endUnlessActive(nowMs);
  }

  #newAsking(first: StoredMessage | undefined): ClientInvitation {
    const participant = this.#participant;
    const { name, group, roster, instance } = participant;
    const { isActive } = participant.focus;
    return new ClientInvitation(
      this.#desk,
      {
        user: name.user,
        group,
        roster,
        direction: isActive ? 'sendrecv' : 'sendonly',
        acceptTypes: isActive
          ? group.acceptTypes
          : [...new Set([...group.acceptTypes, groupStateType])],
        ...(first === undefined ? {} : { first }),
        ...(instance === undefined ? {} : { instance }),
      },
      {
        joined: (nowMs, client) => {
          this.#asking = undefined;
          this.#isOut = false;
          this.#leaveLine();
          const contact = clientContact(this.#desk, participant);
          participant.report(nowMs, joinedOf(client));
          participant.clientJoined(nowMs, { ...client, contact });
        },
        failed: (nowMs, status) => this.#failed(nowMs, status),
        progress: () => {},
        newLeg: () => participant.client.newLeg(),
        isCurrent: (leg) => participant.client.leg === leg,
      },
    );
  }
}
