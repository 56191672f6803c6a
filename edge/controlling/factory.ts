/**
 * The conference factory: an INVITE with a recipient list makes a group (RFC 5366), or takes one up again that has the same
 * Contribution-ID: a running one is joined, an ended one is re-started with its last members. The caller's 200 is sent when the
 * store has the group, so that no crash makes it unknown to those who have been told of it.
 */
import type { GroupState } from '../../shared/core/group.ts';
import { groupMembersMin } from '../../shared/core/limit.ts';
import { contributionIdOf } from '../sip/contribution-id.ts';
import { header } from '../sip/header.ts';
import { historyOf, type Recipient } from '../xml/resource-lists.ts';
import type { Call } from './call.ts';
import type { Desk } from './desk.ts';
import type { FoundGroup } from './effect.ts';
import type { Group } from './group.ts';
import { type Groups, nextEpoch } from './groups.ts';
import { notAuthorised, unavailable } from './invitation.ts';
import type { Happening } from './journal.ts';
import { contributionIdCharsMax, subjectCharsMax } from './limit.ts';
import { readRecipients, recipientUsers } from './request.ts';

/** What a factory INVITE asks for. */
type Wish = {
  readonly call: Call;
  readonly contributionId: string;
  readonly conversationId: string;
  readonly subject: string | undefined;
  readonly recipients: readonly Recipient[];
};

type Opening = {
  readonly happening: Happening;
  readonly call: Call;
  readonly history?: readonly Recipient[];
};

export class Factory {
  readonly #desk: Desk;
  readonly #groups: Groups;

  constructor(desk: Desk, groups: Groups) {
    this.#desk = desk;
    this.#groups = groups;
  }

  /** An INVITE to the factory. */
  invited(nowMs: number, call: Call): void {
    const wish = this.#read(nowMs, call);
    if (wish === undefined) return;
    const { contributionId } = wish;
    const isTaken =
      !this.#groups.isFull &&
      this.#groups.takeTurn(nowMs, contributionId, (atMs) => this.#turn(atMs, wish));
    if (!isTaken) call.refuse(nowMs, unavailable);
  }

  #read(nowMs: number, call: Call): Wish | undefined {
    const { request } = call;
    const contributionId = contributionIdOf(request) ?? '';
    const conversationId = header(request, 'Conversation-ID') ?? this.#desk.options.newToken();
    const subject = header(request, 'Subject');
    const list = readRecipients(request);
    const isBounded =
      Math.max(contributionId.length, conversationId.length) <= contributionIdCharsMax &&
      (subject?.length ?? 0) <= subjectCharsMax;
    if (contributionId === '' || list.kind === 'refused' || !isBounded) {
      call.refuse(nowMs, { status: 400 });
      return undefined;
    }
    const recipients = list.kind === 'none' ? [] : list.recipients;
    return { call, contributionId, conversationId, subject, recipients };
  }

  #turn(nowMs: number, wish: Wish): void {
    const { call, contributionId } = wish;
    const running = this.#groups.running(contributionId);
    if (running !== undefined || call.isOver) {
      if (!call.isOver) running?.join(nowMs, call);
      this.#groups.endTurn(nowMs, contributionId);
      return;
    }
    this.#groups.lookUp(contributionId, (atMs, found) => {
      const opening = this.#decide(atMs, wish, found);
      if (opening === undefined) this.#groups.endTurn(atMs, contributionId);
      else this.#open(atMs, opening);
    });
  }

  /** What to open; undefined if the call has its answer already. */
  #decide(
    nowMs: number,
    wish: Wish,
    found: FoundGroup,
  ): (Opening & { readonly group: Group }) | undefined {
    const { call } = wish;
    if (call.isOver) return undefined;
    if (found === 'fault') call.refuse(nowMs, unavailable);
    else if (found === undefined) return this.#create(nowMs, wish);
    else if (found.phase === 'active') this.#groups.resume(nowMs, found).join(nowMs, call);
    else return this.#restart(nowMs, wish, found);
    return undefined;
  }

  #create(nowMs: number, wish: Wish): (Opening & { readonly group: Group }) | undefined {
    const { call, contributionId, conversationId, subject, recipients } = wish;
    const { isOpen, featureTag } = this.#desk.options;
    const members = [...new Set([call.user, ...recipientUsers(recipients)])];
    if (!this.#isSizeAllowed(nowMs, call, members)) return undefined;
    const about = {
      identity: this.#groups.newIdentity(),
      conversationId,
      isClosed: isOpen !== true,
      members,
    };
    const epoch = nextEpoch(nowMs, undefined);
    const group = this.#groups.open({
      ...about,
      ...{ contributionId, subject, featureTag, epoch, creator: call.user, startedAtMs: nowMs },
    });
    const named = subject === undefined ? {} : { subject };
    return {
      group,
      call,
      happening: { kind: 'group-started', ...about, ...named, creator: call.user },
      history: historyOf([{ uri: call.user }, ...recipients]),
    };
  }

  #restart(
    nowMs: number,
    wish: Wish,
    state: GroupState,
  ): (Opening & { readonly group: Group }) | undefined {
    const { call, recipients } = wish;
    // 001 8.3.2.9.1.3: who is no member any more can't re-start it, and nobody can once it is gone for good.
    if (state.phase === 'gone' || !state.members.includes(call.user)) {
      call.refuse(nowMs, notAuthorised(this.#desk.options.domain));
      return undefined;
    }
    const wanted = state.isClosed ? [] : recipientUsers(recipients);
    const members = wanted.length === 0 ? state.members : [...new Set([call.user, ...wanted])];
    if (!this.#isSizeAllowed(nowMs, call, members)) return undefined;
    const identity = this.#groups.newIdentity();
    const { featureTag } = this.#desk.options;
    const { subject } = state;
    const run = { identity, members, epoch: nextEpoch(nowMs, state), startedAtMs: nowMs };
    const group = this.#groups.open({ ...state, subject, featureTag, ...run });
    return { group, call, happening: { kind: 'group-restarted', identity, members } };
  }

  #isSizeAllowed(nowMs: number, call: Call, members: readonly string[]): boolean {
    const { membersMax, domain } = this.#desk.options;
    if (members.length < groupMembersMin) {
      call.refuse(nowMs, { status: 400, reason: 'Nobody To Invite' });
    } else if (members.length > membersMax) {
      const value = `399 ${domain} "At most ${membersMax} members"`;
      call.refuse(nowMs, { status: 403, headers: [{ name: 'Warning', value }] });
    } else return true;
    return false;
  }

  #open(nowMs: number, opening: Opening & { readonly group: Group }): void {
    const { group, call, happening, history } = opening;
    group.report(nowMs, happening, (atMs, isStored) => {
      if (isStored && !call.isOver) group.begin(atMs, call, history);
      else {
        call.refuse(atMs, unavailable);
        group.end(atMs, 'abandoned');
      }
      this.#groups.endTurn(atMs, group.terms.contributionId);
    });
  }
}
