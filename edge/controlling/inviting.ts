/**
 * Brings members into the session by INVITEs. Where a member's function can't serve at the moment, because it ends or its edge was lost in
 * the middle, another one does so soon: the member is invited anew a few times, and what is said waits for it meanwhile.
 */
import type { Recipient } from '../xml/resource-lists.ts';
import type { Desk } from './desk.ts';
import { type GroupTerms, inviteDraft } from './invitation.ts';
import type { Leg } from './leg.ts';
import { inviteAgainMs } from './limit.ts';
import type { Member } from './member.ts';
import type { Roster } from './roster.ts';

export type InvitingOptions = {
  readonly terms: GroupTerms;
  readonly members: ReadonlyMap<string, Member>;
  readonly roster: Roster;
  /** The member's next leg. */
  readonly newLeg: (member: Member) => Leg;
};

export type Invited = {
  readonly inviter: string;
  /** Whom the INVITE names; all members unless given. */
  readonly recipients?: readonly Recipient[] | undefined;
};

type Attempt = Invited & { readonly timer: string; readonly number: number };

const unavailable = 503;

export class Inviting {
  readonly #desk: Desk;
  readonly #options: InvitingOptions;
  readonly #attempts = new Map<Member, Attempt>();

  constructor(desk: Desk, options: InvitingOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** Invites a member. */
  invite(nowMs: number, member: Member, invited: Invited): void {
    this.forget(member);
    const timer = `invite/${this.#desk.nextNumber()}`;
    this.#attempt(nowMs, member, { ...invited, timer, number: 0 });
  }

  /** Whether a member whose INVITE was answered so is invited anew (RFC 3261 21.5.4). */
  isTriedAgain(nowMs: number, member: Member, status: number): boolean {
    const attempt = this.#attempts.get(member);
    if (attempt === undefined || status !== unavailable) return false;
    const delayMs = inviteAgainMs[attempt.number];
    if (delayMs === undefined) return false;
    member.endLeg(nowMs);
    this.#desk.setTimer(attempt.timer, delayMs, (atMs) =>
      this.#attempt(atMs, member, { ...attempt, number: attempt.number + 1 }),
    );
    return true;
  }

  /** The member has come, or nobody waits for it any more. */
  forget(member: Member): void {
    const attempt = this.#attempts.get(member);
    this.#attempts.delete(member);
    if (attempt !== undefined) this.#desk.clearTimer(attempt.timer);
  }

  stop(): void {
    for (const member of [...this.#attempts.keys()]) this.forget(member);
  }

  #attempt(nowMs: number, member: Member, attempt: Attempt): void {
    const { terms, members, roster, newLeg } = this.#options;
    const { user, outlet } = member;
    this.#attempts.set(member, attempt);
    const leg = newLeg(member);
    outlet.invited(leg);
    roster.set(nowMs, { uri: user, status: 'pending' });
    leg.invite(nowMs, (sdp) =>
      inviteDraft(terms, {
        user,
        inviter: attempt.inviter,
        recipients: attempt.recipients ?? [...members.keys()].map((uri) => ({ uri })),
        sdp,
        boundary: this.#desk.options.newToken(),
      }),
    );
  }
}
