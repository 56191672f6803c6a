/**
 * A client's own INVITE: to the conference factory, or to a group session. With something kept for the user it is a re-join, on
 * which the functions decide; otherwise it is relayed to the focus, and a participation begins when the focus accepts.
 */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { printMultipart } from '../bytes/multipart.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { DialogState } from '../sip/effect.ts';
import type { Header, SipRequest, SipResponse } from '../sip/message.ts';
import { clientContact, recordRoute } from './contact.ts';
import type { Desk } from './desk.ts';
import type { FocusInvite } from './focus-link.ts';
import {
  focusContact,
  instanceOf,
  invitedUsers,
  partsOf,
  repeatedHeaders,
  sdpType,
} from './invitation-text.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';

export type ClientCall = {
  /** Names the INVITE among those that wait for a decision. */
  readonly call: string;
  readonly dialog: string;
  readonly request: SipRequest;
  readonly media: MsrpMedia;
  readonly name: ParticipationName;
  /** The other user, if it calls one and no group. */
  readonly peer?: string;
  /** What was decided on for it before, and was over by then. */
  readonly outdated?: Participation;
};

/** Answers a client's INVITE with 200: its session carries the participation from now on (001 8.3.2.9 trigger B). */
export function acceptClient(
  nowMs: number,
  desk: Desk,
  participant: Participant,
  { call, isBeside = false }: { readonly call: ClientCall; readonly isBeside?: boolean },
): void {
  const { acceptTypes, acceptWrappedTypes } = participant.group;
  const leg = participant.client.newLeg();
  const body = leg.answer(nowMs, call.media, { acceptTypes, acceptWrappedTypes });
  const contact = clientContact(desk, participant);
  const instance = instanceOf(call.request);
  participant.clientJoined(nowMs, { dialog: call.dialog, leg, contact, instance, isBeside });
  desk.agent.respond(nowMs, call.dialog, {
    status: 200,
    headers: [contact, recordRoute(desk), { name: 'Content-Type', value: sdpType }],
    body,
  });
}

/** What a client's INVITE says of the group, for the INVITEs that bring it back later. */
export function groupInfoOfClient(call: ClientCall, identity: string): GroupInfo {
  const repeated = repeatedHeaders(call.request).filter(
    ({ name }) => !name.startsWith('P-Preferred-') && !name.startsWith('P-Asserted-'),
  );
  return {
    ...(call.peer === undefined ? {} : { kind: 'one-to-one' as const }),
    identity,
    headers: [...repeated, { name: 'P-Asserted-Identity', value: `<${identity}>` }],
    from: `<${identity}>`,
    acceptTypes: call.media.acceptTypes,
    acceptWrappedTypes: call.media.acceptWrappedTypes,
  };
}

/** Everyone whom the client's INVITE names, and the client's user. */
export function usersOfClient(call: ClientCall): readonly string[] {
  return invitedUsers(call.request, call.name.user);
}

/** Relays a client's INVITE to the focus and joins the two legs when the focus accepts. */
export class Relay {
  readonly #desk: Desk;
  readonly #participant: Participant;
  readonly #call: ClientCall;

  constructor(desk: Desk, participant: Participant, call: ClientCall) {
    this.#desk = desk;
    this.#participant = participant;
    this.#call = call;
    // The focus is being asked already: its own INVITE would bring the user in twice.
    participant.beginning = { giveWay: () => false, leave: (nowMs) => this.#leave(nowMs) };
  }

  /** Asks the focus by the client's INVITE, or by another `invite` in its place. */
  start(nowMs: number, invite = this.#inviteOfClient()): void {
    const link = this.#participant.focus.newLink(nowMs, this.#call.request.uri);
    // The client has given up.
    this.#desk.ownDialog(this.#call.dialog, (atMs) => this.#over(atMs));
    link.invite(nowMs, invite, {
      progress: (atMs, response) => this.#progress(atMs, response),
      answered: (atMs, response, focus) => this.#answered(atMs, response, focus),
      refused: (atMs, status, response) => this.#refused(atMs, status, response),
    });
  }

  #inviteOfClient(): FocusInvite {
    const { request } = this.#call;
    return { uri: request.uri, body: (sdp) => bodyOfClient(this.#desk, request, sdp) };
  }

  #progress(nowMs: number, response: SipResponse): void {
    this.#desk.agent.respond(nowMs, this.#call.dialog, { status: response.status });
  }

  #answered(nowMs: number, response: SipResponse, focus: DialogState): void {
    const participant = this.#participant;
    participant.beginning = undefined;
    participant.focus.admitted(nowMs);
    const identity = this.#call.peer ?? focusContact(response) ?? this.#call.request.uri;
    participant.regrouped(groupInfoOfClient(this.#call, identity));
    const instance = instanceOf(this.#call.request);
    participant.report(nowMs, {
      kind: 'opened',
      group: participant.group,
      focus,
      roster: participant.roster,
      ...(instance === undefined ? {} : { instance }),
    });
    acceptClient(nowMs, this.#desk, participant, { call: this.#call });
  }

  #refused(nowMs: number, status: number, response: SipResponse | undefined): void {
    const passed = ['Warning', 'Reason', 'Retry-After', 'Unsupported', 'Accept'];
    this.#desk.agent.respond(nowMs, this.#call.dialog, {
      status,
      ...(response === undefined ? {} : { reason: response.reason }),
      headers: response?.headers.filter(({ name }) => passed.includes(name)) ?? [],
    });
    this.#over(nowMs);
  }

  #leave(nowMs: number): boolean {
    this.#desk.agent.respond(nowMs, this.#call.dialog, tryAgain);
    this.#over(nowMs);
    return false;
  }

  #over(nowMs: number): void {
    this.#participant.beginning = undefined;
    this.#desk.leaveDialog(this.#call.dialog);
    this.#participant.over(nowMs, true);
  }
}

/** The client's body with our session description in the place of its own. */
export function bodyOfClient(
  desk: Desk,
  request: SipRequest,
  sdp: Uint8Array,
): { readonly headers: readonly Header[]; readonly body: Uint8Array } {
  const require = request.headers.filter(({ name }) => name === 'Require');
  const parts = partsOf(request);
  if (parts.length <= 1) {
    return { headers: [...require, { name: 'Content-Type', value: sdpType }], body: sdp };
  }
  const printed = printMultipart(
    parts.map((part) => (part.contentType.startsWith(sdpType) ? { ...part, body: sdp } : part)),
    desk.options.newToken(),
  );
  return {
    headers: [...require, { name: 'Content-Type', value: printed.contentType }],
    body: printed.body,
  };
}
