/**
 * Calls that we make: the INVITE, its provisionals and early dialogs, and the answers, of which there may be several when a proxy
 * forks it (RFC 3261 13.2). The first 2xx makes the call; each further one a call of its own, which the owner may keep or end.
 */
import type { DialogState, RequestDraft, Target } from '../effect.ts';
import { headerValues, withHeader } from '../header.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { toTag } from '../tags.ts';
import { acknowledge2xx, acknowledgeAgain } from './ack.ts';
import { buildRequest, without } from './build.ts';
import { type ClientReport, type ClientTransaction, intendedTarget } from './clients.ts';
import { type Core, emit, forget, hasDialogRoom, hasRoom, startTimer, stopTimer } from './core.ts';
import { descriptionOf } from './description.ts';
import { dialogOfCaller } from './dialog.ts';
import { byeUnwanted, giveUp, sendCancel } from './ending.ts';
import { intervalRaisesMax, ringingMsMax } from './limit.ts';
import { namesOf, sequenceOf } from './names.ts';
import type { Acks, Purpose } from './purpose.ts';
import { settleSession } from './session-run.ts';
import { acceptedSession, minimum, offerSession } from './session-timer.ts';
import { type Call, newCall, type Outgoing } from './usage.ts';

type InvitePurpose = Extract<Purpose, { kind: 'invite' }>;

/** Sends an INVITE; answers the handle of the call that it may become. */
export function startCall(core: Core, draft: RequestDraft, target: Target): string {
  const { settings, dialogs } = core;
  const handle = dialogs.newHandle();
  if (!hasRoom(core) || !hasDialogRoom(core)) {
    emit(core, { kind: 'refused', dialog: handle, status: 503 });
    return handle;
  }
  const identity = {
    callId: settings.newToken(),
    tag: `${settings.name}${settings.newToken()}`,
    sequence: 1,
  };
  const request = withSession(core, buildRequest(draft, identity, settings), 0);
  const call = newCall(handle, 'inviting');
  call.description = descriptionOf(request.headers, request.body);
  dialogs.add(call);
  send(core, call, { request, target, cancel: undefined, isAbandoned: false, raises: 0 });
  return handle;
}

/** The outcome of an initial INVITE. */
export function onInvite(core: Core, report: ClientReport, purpose: InvitePurpose): void {
  const { outcome, transaction } = report;
  const call = core.dialogs.call(purpose.call);
  if (outcome.kind === 'failed') {
    if (call !== undefined) refused(core, call, outcome.status);
    return;
  }
  const { response } = outcome;
  if (response.status >= 200 && response.status < 300) {
    answered(core, call, { transaction, purpose }, response);
  } else if (call?.outgoing === undefined) return;
  else if (response.status < 200) {
    const isNews = progressed(core, call, call.outgoing, response);
    if (isNews) announce(core, call, transaction, response);
  } else if (!isRaised(core, call, call.outgoing, response)) {
    refused(core, call, response.status, response);
  }
}

/** RFC 3261 9.1: there was no final answer to an INVITE that has been cancelled. */
export function cancelExpired(core: Core, call: Call): void {
  if (call.outgoing === undefined) return;
  core.clients.drop(call.outgoing.transaction);
  refused(core, call, 408);
}

/** It has rung too long without news. */
export function ringingExpired(core: Core, call: Call): void {
  giveUp(core, call, [], false);
}

function send(
  core: Core,
  call: Call,
  plan: Omit<Outgoing, 'transaction' | 'hasProvisional'>,
): void {
  const acks: Acks = new Map();
  const purpose: InvitePurpose = { kind: 'invite', call: call.handle, acks };
  const transaction = core.clients.start(plan.request, plan.target, purpose);
  call.outgoing = { ...plan, transaction, hasProvisional: false };
}

/** A provisional has come: from now on there may be a CANCEL. Answers whether the owner wants to hear of it. */
function progressed(core: Core, call: Call, outgoing: Outgoing, response: SipResponse): boolean {
  const { cancel, transaction, hasProvisional, isAbandoned } = outgoing;
  call.outgoing = { ...outgoing, hasProvisional: true };
  if (cancel === undefined) startTimer(core, call, 'ringing', ringingMsMax);
  else if (!hasProvisional) sendCancel(core, call, transaction, cancel);
  return response.status > 100 && !isAbandoned;
}

/** RFC 3261 12.1: a provisional with a tag makes an early dialog. Of several forks only the first is kept until one answers. */
function announce(
  core: Core,
  call: Call,
  transaction: ClientTransaction,
  response: SipResponse,
): void {
  if (toTag(response) !== undefined && call.dialog === undefined) {
    const target = intendedTarget(transaction);
    core.dialogs.settle(call, dialogOfCaller(transaction.request, response, target));
  }
  emit(core, { kind: 'progress', dialog: call.handle, response });
}

function answered(
  core: Core,
  call: Call | undefined,
  { transaction, purpose }: { transaction: ClientTransaction; purpose: InvitePurpose },
  response: SipResponse,
): void {
  const { request } = transaction;
  const remoteTag = namesOf(response).toTag;
  const { acks } = purpose;
  if (acknowledgeAgain(core, acks, remoteTag)) return;
  if (acks.size >= core.settings.limits.forksMax) return;
  const dialog = dialogOfCaller(request, response, intendedTarget(transaction));
  acknowledge2xx(core, acks, { dialog, invite: request, remoteTag });
  const isWanted = call !== undefined && call.outgoing?.isAbandoned !== true;
  if (!isWanted) {
    byeUnwanted(core, call ?? newCall(purpose.call, 'confirmed'), dialog);
    return;
  }
  if (call.phase === 'inviting') {
    confirm(core, call, { request, dialog, response });
    emit(core, { kind: 'answered', dialog: call.handle, response });
    return;
  }
  const other = newCall(core.dialogs.newHandle(), 'confirmed');
  core.dialogs.add(other);
  other.description = call.description;
  confirm(core, other, { request, dialog, response });
  emit(core, { kind: 'answered-again', dialog: call.handle, other: other.handle, response });
}

type Confirmed = {
  readonly request: SipRequest;
  readonly dialog: DialogState;
  readonly response: SipResponse;
};

function confirm(core: Core, call: Call, { dialog, response }: Confirmed): void {
  // A request of the other side may have come in the early dialog already.
  const early = call.dialog?.remoteTag === dialog.remoteTag ? call.dialog : undefined;
  call.phase = 'confirmed';
  call.outgoing = undefined;
  stopTimer(core, call, 'ringing');
  stopTimer(core, call, 'cancel');
  core.dialogs.settle(call, {
    ...dialog,
    localSequence: Math.max(dialog.localSequence, early?.localSequence ?? 0),
    remoteSequence: early?.remoteSequence ?? -1,
  });
  call.peerUpdates = headerValues(response, 'Allow').includes('UPDATE');
  settleSession(core, call, acceptedSession(response));
}

/** RFC 4028 7.3: after 422 the INVITE goes out again, with the interval that was asked for. */
function isRaised(core: Core, call: Call, outgoing: Outgoing, response: SipResponse): boolean {
  if (response.status !== 422 || outgoing.cancel !== undefined) return false;
  if (outgoing.raises >= intervalRaisesMax || !hasRoom(core)) return false;
  const number = sequenceOf(outgoing.request) + 1;
  const next = withHeader(outgoing.request, 'CSeq', `${number} INVITE`);
  const request = withSession(core, next, minimum(response));
  send(core, call, { ...outgoing, request, raises: outgoing.raises + 1 });
  return true;
}

function withSession(core: Core, request: SipRequest, floorS: number): SipRequest {
  const session = offerSession(core.settings, undefined, floorS);
  return { ...request, headers: [...without(request.headers, session), ...session] };
}

function refused(core: Core, call: Call, status: number, response?: SipResponse): void {
  const isAbandoned = call.outgoing?.isAbandoned === true;
  forget(core, call);
  if (isAbandoned) return;
  const news = { kind: 'refused', dialog: call.handle, status } as const;
  emit(core, response === undefined ? news : { ...news, response });
}
