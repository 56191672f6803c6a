/**
 * One running group session: its members with their legs, who hears what, and its end. A member stays one through every loss of the
 * leg; only who leaves, or declines, is one no more. What is durable of it is reported; the messages are not kept here but with the
 * members' own functions.
 */
import type { GroupEnd, GroupState } from '../../shared/core/group.ts';
import { groupMembersMin } from '../../shared/core/limit.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { printReason, reasons } from '../sip/reason.ts';
import type { Recipient } from '../xml/resource-lists.ts';
import type { RosterUser } from '../xml/roster.ts';
import type { Desk } from './desk.ts';
import { FanOut } from './fan-out.ts';
import { type GroupStart, keptState } from './group-start.ts';
import { IdleWatch } from './idle-watch.ts';
import { elsewhere, focusContact, notAuthorised, reasonHeader } from './invitation.ts';
import { Inviting } from './inviting.ts';
import { type Happening, Journal } from './journal.ts';
import { type InDialogRequest, Leg } from './leg.ts';
import { retryAfterS } from './limit.ts';
import { Member } from './member.ts';
import { Outlet } from './outlet.ts';
import { type Extensible, refer } from './refer.ts';
import { readRefusal } from './refusal.ts';
import { isDeparture } from './request.ts';
import { ReturnWatch } from './return-watch.ts';
import { Roster, type Subscriber } from './roster.ts';

/** An INVITE of a user who is known, with an offer that can be taken. */
export type Call = { readonly dialog: string; readonly user: string; readonly offer: MsrpMedia };

const gone: readonly Header[] = [reasonHeader(410, 'Gone')];
const lost: readonly Header[] = [reasonHeader(408, 'Request Timeout')];
const replaced: readonly Header[] = [elsewhere];

export class Group {
  readonly terms: GroupStart;
  readonly #desk: Desk;
  readonly #ended: (last: GroupState) => void;
  readonly #contact: Header;
  readonly #members = new Map<string, Member>();
  readonly #roster: Roster;
  readonly #journal: Journal;
  readonly #fanOut: FanOut;
  readonly #idle: IdleWatch;
  readonly #inviting: Inviting;
  readonly #return: ReturnWatch;
  /** Users whose addition is being made durable. */
  readonly #adding = new Set<string>();
  #isOver = false;

  /** `ended` is told when the group does not run any more, and how it was then. */
  constructor(desk: Desk, start: GroupStart, ended: (last: GroupState) => void) {
    this.terms = start;
    this.#desk = desk;
    this.#ended = ended;
    this.#contact = focusContact(start);
    const { identity, subject, contributionId, epoch } = start;
    this.#roster = new Roster(desk, { identity, subject, contact: this.#contact });
    this.#journal = new Journal(desk, contributionId, epoch);
    this.#idle = new IdleWatch(desk, (nowMs) => this.end(nowMs, 'idle'));
    this.#inviting = new Inviting(desk, {
      terms: start,
      members: this.#members,
      roster: this.#roster,
      newLeg: (member) => this.#newLeg(member),
    });
    this.#return = new ReturnWatch(desk, (nowMs, member) =>
      this.#inviting.invite(nowMs, member, { inviter: start.creator }),
    );
    this.#fanOut = new FanOut(desk, { identity, members: this.#members }, (nowMs) =>
      this.#idle.spoken(nowMs),
    );
    for (const user of start.members) this.#add(user);
  }

  get members(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Makes an event durable. */
  report(
    nowMs: number,
    happening: Happening,
    then?: (nowMs: number, isStored: boolean) => void,
  ): void {
    this.#journal.write(nowMs, happening, then);
  }

  /** Begins: who has asked for it is in, all others are invited. */
  begin(nowMs: number, call: Call, recipients?: readonly Recipient[]): void {
    this.#idle.start(nowMs);
    this.join(nowMs, call);
    const invited = { inviter: call.user, recipients };
    for (const member of this.#members.values()) {
      if (member.user !== call.user) this.#inviting.invite(nowMs, member, invited);
    }
  }

  /** Goes on after the process that ran it has gone: the members' functions come back by themselves, and are waited for. */
  resume(nowMs: number, changedAtMs: number): void {
    this.#idle.start(nowMs);
    for (const { user, outlet } of this.#members.values()) {
      this.#roster.set(nowMs, { uri: user, status: 'disconnected' });
      outlet.away(nowMs);
    }
    this.#return.start(nowMs, this.#members, changedAtMs);
  }

  /** A member joins, or comes back; the newer session replaces an older one. */
  join(nowMs: number, call: Call): void {
    const member = this.#members.get(call.user);
    if (member === undefined) {
      this.#desk.agent.respond(nowMs, call.dialog, notAuthorised(this.#desk.options.domain));
      return;
    }
    const { outlet } = member;
    this.#inviting.forget(member);
    if (outlet.reach === 'here') outlet.away(nowMs);
    member.endLeg(nowMs, replaced);
    const leg = this.#newLeg(member);
    outlet.joined(leg);
    leg.accept(nowMs, call.dialog, call.offer);
    this.#roster.set(nowMs, { uri: member.user, status: 'connected' });
  }

  /** A SUBSCRIBE to the roster: for members only (CF-009, CF-013). */
  subscribe(nowMs: number, subscriber: Subscriber, asked: InDialogRequest): void {
    if (this.#members.has(subscriber.user)) this.#roster.subscribe(nowMs, subscriber, asked);
    else this.#desk.agent.respond(nowMs, asked.transaction, { status: 403 });
  }

  /** A REFER of a user to the group. */
  refer(nowMs: number, user: string, event: InDialogRequest): void {
    refer(this.#desk, this.#extensible(), nowMs, { user, event });
  }

  /** Ends the session; of the group as it is kept, the reason decides what remains. */
  end(nowMs: number, reason: GroupEnd): void {
    this.#stop();
    this.#roster.end(nowMs, 'noresource');
    for (const member of this.#members.values()) {
      member.endLeg(nowMs, reason === 'too-few' ? gone : []);
      member.outlet.absent(nowMs, true);
    }
    this.report(nowMs, { kind: 'group-ended', reason });
    this.#ended(
      keptState(this.terms, {
        members: this.members,
        phase: reason === 'too-few' ? 'gone' : 'ended',
        changedAtMs: nowMs,
        counter: this.#journal.counter,
      }),
    );
  }

  /** Goes on elsewhere: the members' functions come back to whoever takes it up, and send again what has no answer yet. */
  leave(nowMs: number): void {
    this.#stop();
    // RFC 6665 4.1.3: whoever has subscribed may do so again at once.
    this.#roster.end(nowMs, 'deactivated');
    for (const member of this.#members.values()) {
      member.outlet.forget();
      member.dropLeg(nowMs);
    }
  }

  /** This process ends, and nobody goes on with what it tells (RFC 6665 4.2.2): whoever does may be asked later. */
  tellNoMore(nowMs: number): void {
    this.#roster.end(nowMs, `probation;retry-after=${retryAfterS}`);
  }

  #stop(): void {
    this.#isOver = true;
    this.#idle.stop();
    this.#inviting.stop();
    this.#return.stop();
  }

  // --- members

  #add(user: string): Member {
    const member = new Member(
      user,
      new Outlet(this.#desk, user, (nowMs) => this.#gaveUp(nowMs, member)),
    );
    this.#members.set(user, member);
    return member;
  }

  #newLeg(member: Member): Leg {
    const leg: Leg = new Leg(this.#desk, this.#contact, {
      joined: (nowMs) => this.#answered(nowMs, member, leg),
      refused: (nowMs, status) => this.#refused(nowMs, member, status),
      up: (nowMs) => member.outlet.up(nowMs, leg),
      down: (nowMs) => {
        member.forgetSends();
        member.outlet.away(nowMs);
      },
      message: (nowMs, message) => this.#fanOut.take(nowMs, member, message),
      acknowledged: (nowMs, reference, status) =>
        member.outlet.acknowledged(nowMs, reference, status),
      room: (nowMs) => member.outlet.room(nowMs, leg),
      request: (nowMs, event) => this.#asked(nowMs, member, event),
      ended: (nowMs, bye) => this.#left(nowMs, member, bye),
    });
    member.takeLeg(leg);
    return leg;
  }

  #extensible(): Extensible {
    return {
      isClosed: this.terms.isClosed,
      members: [...this.#members.keys(), ...this.#adding],
      add: (nowMs, users, then) => this.#addDurably(nowMs, users, then),
      invite: (nowMs, users, inviter) => {
        const members = users.flatMap((user) => this.#members.get(user) ?? []);
        const absent = members.filter(({ outlet }) => outlet.reach === 'absent');
        for (const member of absent) this.#inviting.invite(nowMs, member, { inviter });
      },
    };
  }

  #addDurably(
    nowMs: number,
    users: readonly string[],
    then: (nowMs: number, isAdded: boolean) => void,
  ): void {
    if (users.length === 0) {
      then(nowMs, true);
      return;
    }
    for (const user of users) this.#adding.add(user);
    this.report(nowMs, { kind: 'members-added', members: users }, (atMs, isStored) => {
      for (const user of users) this.#adding.delete(user);
      const isAdded = isStored && !this.#isOver;
      if (isAdded) for (const user of users) this.#add(user);
      then(atMs, isAdded);
    });
  }

  #answered(nowMs: number, member: Member, leg: Leg): void {
    this.#inviting.forget(member);
    member.outlet.joined(leg);
    this.#roster.set(nowMs, { uri: member.user, status: 'connected' });
  }

  #refused(nowMs: number, member: Member, status: number): void {
    if (this.#inviting.isTriedAgain(nowMs, member, status)) return;
    const { shown, isDeparted } = readRefusal(status);
    this.#lose(nowMs, member, { user: { uri: member.user, ...shown }, isExcused: true });
    if (isDeparted) this.#depart(nowMs, member);
  }

  /** The leg has not come back, or the INVITE was not answered, in time. */
  #gaveUp(nowMs: number, member: Member): void {
    const isExcused = member.outlet.reach === 'invited';
    member.endLeg(nowMs, lost);
    this.#lose(nowMs, member, { user: { uri: member.user, status: 'disconnected' }, isExcused });
  }

  #left(nowMs: number, member: Member, bye: SipRequest | undefined): void {
    const [reason] = bye === undefined ? [] : reasons(bye).map(printReason);
    const why = reason === undefined ? {} : { reason };
    // 001 8.3.2.9: without cause 200 or 603 the user has not left, only the leg is gone.
    const isDeparted = bye !== undefined && isDeparture(bye);
    const status = isDeparted ? 'departed' : 'disconnected';
    const user = { uri: member.user, status, ...why } as const;
    this.#lose(nowMs, member, { user, isExcused: isDeparted });
    if (isDeparted) this.#depart(nowMs, member);
  }

  /** The member has no leg. Excused is who isn't in the session by choice: nobody waits for an acknowledgement. */
  #lose(
    nowMs: number,
    member: Member,
    how: { readonly user: RosterUser; readonly isExcused: boolean },
  ): void {
    this.#inviting.forget(member);
    member.endLeg(nowMs);
    member.outlet.absent(nowMs, how.isExcused);
    this.#roster.set(nowMs, how.user);
  }

  #depart(nowMs: number, member: Member): void {
    this.#members.delete(member.user);
    this.#roster.end(nowMs, 'rejected', member.user);
    this.report(nowMs, { kind: 'member-departed', member: member.user });
    if (this.#members.size < groupMembersMin) this.end(nowMs, 'too-few');
  }

  /** A request within the dialog of a member's session. */
  #asked(nowMs: number, member: Member, event: InDialogRequest): void {
    if (event.request.method === 'REFER') this.refer(nowMs, member.user, event);
    else this.#desk.agent.respond(nowMs, event.transaction, { status: 405 });
  }
}
