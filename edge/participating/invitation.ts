/**
 * The focus invites the user into a group session. The user's clients are asked; if one accepts, both legs are joined, if none
 * can be reached the function accepts in the user's place and keeps what is said (002 8.3.2.9, decisions C-19 and O-05).
 */
import type { LegEvent, Trigger } from '../../shared/core/participation/event.ts';
import { isGroup } from '../../shared/core/participation/kind.ts';
import type { StoredMessage } from '../../shared/core/segment.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { SipRequest, SipResponse } from '../sip/message.ts';
import { ClientInvitation, type JoinedClient, joinedOf } from './client-invitation.ts';
import { clientContact } from './contact.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { firstMessageOf, invitedUsers, mediaOf } from './invitation-text.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';

export type FocusInvitation = {
  readonly dialog: string;
  readonly request: SipRequest;
  readonly identity: string;
  readonly media: MsrpMedia;
};

type Opened = Extract<LegEvent, { kind: 'opened' }>;

/** A message that came by another way than a SEND: nobody waits for an answer to it. */
const unasked = {
  session: '',
  inbound: 0,
  isSuccessReportWanted: false,
  failureReport: 'no',
} as const;

/** Reads the focus's INVITE. */
export function readFocusInvitation(
  dialog: string,
  request: SipRequest,
  identity: string,
):
  | { readonly kind: 'invitation'; readonly invitation: FocusInvitation }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string } {
  const offer = mediaOf(request);
  if (offer.kind === 'refused') return offer;
  return { kind: 'invitation', invitation: { dialog, request, identity, media: offer.media } };
}

const requestTerminated = 487;

/** Asks the user's clients and answers the focus, once. */
export class FirstInvitation {
  readonly #desk: Desk;
  readonly #participant: Participant;
  readonly #invitation: FocusInvitation;
  #asking: ClientInvitation | undefined;
  /** When the clients were asked: who has registered since then may not have heard of it. */
  #askedMs = 0;
  /** Until when they may be asked anew: the focus is not to wait for ever. */
  #askAgainUntilMs = 0;
  #isSettled = false;

  constructor(desk: Desk, participant: Participant, invitation: FocusInvitation) {
    this.#desk = desk;
    this.#participant = participant;
    this.#invitation = invitation;
    participant.beginning = {
      giveWay: (nowMs) => this.#giveWay(nowMs),
      clientShows: () => this.#clientShows(),
      leave: (nowMs) => this.#leave(nowMs),
    };
  }

  start(nowMs: number, bindings: readonly Binding[]): void {
    // The focus has given up.
    this.#desk.ownDialog(this.#invitation.dialog, (atMs) => this.#giveUp(atMs));
    this.#askAgainUntilMs = nowMs + this.#desk.options.answerTimeoutMs;
    this.#ask(nowMs, bindings);
  }

  #ask(nowMs: number, bindings: readonly Binding[]): void {
    this.#askedMs = nowMs;
    if (bindings.length === 0) {
      this.#failed(nowMs, 480, undefined);
      return;
    }
    const { name, group, roster } = this.#participant;
    const first = this.#first(nowMs);
    this.#asking = new ClientInvitation(
      this.#desk,
      {
        user: name.user,
        group,
        roster: roster.length > 0 ? roster : invitedUsers(this.#invitation.request, name.user),
        direction: 'sendrecv',
        acceptTypes: group.acceptTypes,
        ...(first === undefined ? {} : { first }),
      },
      {
        joined: (atMs, client) => this.#joined(atMs, client),
        failed: (atMs, status, response) => this.#failed(atMs, status, response),
        progress: (atMs, response) => this.#progress(atMs, response),
        newLeg: () => this.#participant.client.newLeg(),
        isCurrent: (leg) => this.#participant.client.leg === leg,
      },
    );
    this.#asking.start(nowMs, bindings);
  }

  /** What nobody has answered at all may have gone to a client that was out of reach, or to its old place. */
  #clientShows(): void {
    const asking = this.#asking;
    const everybody = (bindings: readonly Binding[]): readonly Binding[] => bindings;
    asking?.clientShows(everybody, (nowMs) => {
      if (nowMs > this.#askAgainUntilMs) return;
      asking.cancel(nowMs);
      this.#desk.findClients(this.#participant.name.user, (atMs, found) => {
        if (this.#isSettled) return;
        if (found === undefined) this.#failed(atMs, 480, undefined);
        else this.#ask(atMs, found.bindings);
      });
    });
  }

  /** The focus has forgotten this INVITE: it has sent another one. */
  #giveWay(nowMs: number): boolean {
    this.#desk.agent.respond(nowMs, this.#invitation.dialog, { status: requestTerminated });
    this.#giveUp(nowMs);
    return true;
  }

  /** The edge ends: a group is entered in the user's place, and the clients are asked by the edge that goes on with it. */
  #leave(nowMs: number): boolean {
    const isKept = isGroup(this.#participant) && this.#desk.options.isStoreAndForward;
    if (isKept) {
      this.#asking?.cancel(nowMs);
      this.#defer(nowMs, 'unreachable', 0);
    } else {
      this.#desk.agent.respond(nowMs, this.#invitation.dialog, tryAgain);
      this.#giveUp(nowMs);
    }
    return isKept;
  }

  #giveUp(nowMs: number): void {
    this.#refuse();
    this.#asking?.cancel(nowMs);
    this.#participant.over(nowMs, true);
  }

  /** Nothing comes of it. */
  #refuse(): void {
    this.#settle();
    this.#desk.leaveDialog(this.#invitation.dialog);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#participant.beginning = undefined;
  }

  #progress(nowMs: number, response: SipResponse): void {
    this.#desk.agent.respond(nowMs, this.#invitation.dialog, { status: response.status });
  }

  #joined(nowMs: number, client: JoinedClient): void {
    const participant = this.#participant;
    if (this.#isSettled) participant.report(nowMs, joinedOf(client));
    else {
      this.#acceptFocus(nowMs, client.instance === undefined ? {} : { instance: client.instance });
    }
    this.#settle();
    participant.clientJoined(nowMs, { ...client, contact: clientContact(this.#desk, participant) });
  }

  #failed(nowMs: number, status: number, response: SipResponse | undefined): void {
    const { deferringCodes, isStoreAndForward } = this.#desk.options;
    const isKept = isStoreAndForward || !isGroup(this.#participant);
    if (isKept && deferringCodes.includes(status)) {
      this.#defer(nowMs, status === 408 ? 'invite-timeout' : 'unreachable');
      return;
    }
    this.#refuse();
    this.#desk.agent.respond(nowMs, this.#invitation.dialog, {
      status,
      headers:
        response?.headers.filter(({ name }) => name === 'Warning' || name === 'Reason') ?? [],
    });
    this.#participant.over(nowMs, true);
  }

  /** `sinceMs`: a client that has registered since then is to be asked. */
  #defer(nowMs: number, trigger: Trigger, sinceMs = this.#askedMs): void {
    this.#settle();
    this.#acceptFocus(nowMs, { trigger, sinceMs });
    this.#participant.away(nowMs);
    const first = this.#first(nowMs);
    // Accepting the INVITE is accepting the message in it.
    if (first !== undefined) this.#participant.fromFocus(nowMs, { ...first, ...unasked });
  }

  /** What a user says with the invitation itself. */
  #first(nowMs: number): StoredMessage | undefined {
    if (isGroup(this.#participant)) return undefined;
    const part = firstMessageOf(this.#invitation.request);
    if (part === undefined) return undefined;
    return { messageId: this.#desk.options.newToken(), ...part, receivedAtMs: nowMs };
  }

  #acceptFocus(nowMs: number, how: Pick<Opened, 'instance' | 'trigger' | 'sinceMs'>): void {
    const { dialog, media, identity } = this.#invitation;
    const link = this.#participant.focus.newLink(nowMs, identity);
    link.accept(nowMs, { dialog, media }, (focus) =>
      this.#participant.report(nowMs, {
        kind: 'opened',
        group: this.#participant.group,
        focus,
        roster: this.#participant.roster,
        ...how,
      }),
    );
  }
}
