/**
 * INVITEs of trusted peers to users of ours: of a focus into a group session, or of another user. The user is looked up, and what may be
 * kept of the session; then it begins, goes on with the peer's new leg, or is refused.
 */
import { isGroup, oneToOneName } from '../../shared/core/participation/kind.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import { contributionIdOf } from '../sip/contribution-id.ts';
import type { SipEvent } from '../sip/effect.ts';
import { assertedUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { Desk } from './desk.ts';
import type { UserFound } from './effect.ts';
import { FirstInvitation, readFocusInvitation } from './invitation.ts';
import { focusContact, groupInfoOf, invitedUsers } from './invitation-text.ts';
import { overtakenMs, recentIdsMax } from './limit.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';
import type { Registry } from './registry.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }> & { readonly arrivedMs: number };

const requestPending = 491;

export class PeerCalls {
  readonly #desk: Desk;
  readonly #registry: Registry;
  /** Dialogs of INVITEs whose users are being looked up. */
  readonly #waiting = new Set<string>();

  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  /** A peer invites a user of ours. */
  invited(nowMs: number, arrived: Omit<Invite, 'arrivedMs'>): void {
    const event = { ...arrived, arrivedMs: nowMs };
    const user = addressOfRecord(event.request.uri);
    const contributionId = contributionIdOf(event.request);
    const identity = focusContact(event.request);
    if (user === undefined) this.#refuse(nowMs, event.dialog, 404);
    else if (identity === undefined) this.#invitedByUser(nowMs, event, user);
    else if (contributionId === undefined) {
      this.#refuse(nowMs, event.dialog, 400, 'Contribution-ID is missing or no token');
    } else this.#lookUp(event, { user, contributionId }, identity);
  }

  /** The edge ends: whoever waits for a look-up tries again, and finds who goes on. */
  leave(nowMs: number): void {
    for (const dialog of [...this.#waiting]) {
      this.#take(dialog);
      this.#desk.agent.respond(nowMs, dialog, tryAgain);
    }
  }

  /** Without isfocus it is a session with one other user: the one whom the peer asserts. */
  #invitedByUser(nowMs: number, event: Invite, user: string): void {
    const peer = assertedUser(event.request);
    if (peer === undefined) this.#refuse(nowMs, event.dialog, 403, 'the caller is not named');
    else if (peer === user) this.#refuse(nowMs, event.dialog, 482, 'the caller is the called user');
    else this.#lookUp(event, oneToOneName(user, peer), peer);
  }

  #lookUp(event: Invite, name: ParticipationName, identity: string): void {
    const { dialog, request, arrivedMs } = event;
    this.#waiting.add(dialog);
    // The peer has given up.
    this.#desk.ownDialog(dialog, () => this.#take(dialog));
    const then = (
      nowMs: number,
      found: UserFound | undefined,
      storedIds: readonly string[] | undefined,
    ): void => {
      if (!this.#take(dialog)) return;
      if (found === undefined || storedIds === undefined) {
        this.#desk.agent.respond(nowMs, dialog, tryAgain);
      } else if (!found.isKnown) this.#refuse(nowMs, dialog, 404);
      else this.#begin(nowMs, { dialog, request, identity, name, storedIds, arrivedMs }, found);
    };
    this.#registry.findToBegin(name.user, [name.contributionId], (nowMs, found) => {
      if (found === undefined || !this.#registry.isKept(name, found)) then(nowMs, found, []);
      else {
        // What an earlier owner has stored may be sent again, over the new leg (design 5.9).
        this.#desk.readTail(name, recentIdsMax, (atMs, storedIds) => then(atMs, found, storedIds));
      }
    });
  }

  /** Whether it still waits; from here on it does no more. */
  #take(dialog: string): boolean {
    const isWaiting = this.#waiting.delete(dialog);
    if (isWaiting) this.#desk.leaveDialog(dialog);
    return isWaiting;
  }

  #begin(
    nowMs: number,
    invite: {
      readonly dialog: string;
      readonly request: SipRequest;
      readonly identity: string;
      readonly name: ParticipationName;
      readonly storedIds: readonly string[];
      readonly arrivedMs: number;
    },
    found: UserFound,
  ): void {
    const { dialog, request, identity, name, storedIds, arrivedMs } = invite;
    const read = readFocusInvitation(dialog, request, identity);
    if (read.kind === 'refused') {
      this.#refuse(nowMs, dialog, read.status, read.reason);
      return;
    }
    const group = groupInfoOf(request, identity, read.invitation.media);
    const held = this.#registry.find(name);
    // What the focus has accepted of us meanwhile, or right before, is newer than its own INVITE, which it has given up.
    const isLate =
      isGroup({ group }) && held?.focus.isAdmittedSince(arrivedMs - overtakenMs) === true;
    if (isLate || held?.beginning?.giveWay(nowMs) === false) {
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

  #refuse(nowMs: number, dialog: string, status: number, reason?: string): void {
    this.#desk.agent.respond(nowMs, dialog, reason === undefined ? { status } : { status, reason });
  }
}
