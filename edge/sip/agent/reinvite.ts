/**
 * Re-INVITEs of ours (RFC 3261 14.1): one at a time, after any INVITE that is under way, tried again after 491 and with a longer
 * session interval after 422. The agent uses them for session refreshes too; those have no owner.
 */
import type { DialogState } from '../effect.ts';
import type { Header, SipRequest, SipResponse } from '../message.ts';
import { acknowledge2xx, acknowledgeAgain } from './ack.ts';
import type { ClientReport } from './clients.ts';
import { type Core, emitResponse, sendWithin, startTimer } from './core.ts';
import { descriptionOf } from './description.ts';
import { withRemoteTarget } from './dialog.ts';
import { lose } from './ending.ts';
import { glareRetriesMax, intervalRaisesMax } from './limit.ts';
import type { Acks, Purpose } from './purpose.ts';
import { expireSession, refreshLater, settleSession } from './session-run.ts';
import { acceptedSession, minimum, offerSession } from './session-timer.ts';
import type { Call, Reinvite } from './usage.ts';

export type ReinviteDraft = { readonly headers?: readonly Header[]; readonly body: Uint8Array };

type ReinvitePurpose = Extract<Purpose, { kind: 'reinvite' }>;

/** Sends a re-INVITE as soon as it may. Answers false if one of ours is under way already. */
export function startReinvite(
  core: Core,
  call: Call,
  draft: ReinviteDraft,
  owner: string | undefined,
): boolean {
  if (call.reinvite !== undefined || call.bye !== undefined) return false;
  call.reinvite = {
    owner,
    headers: draft.headers ?? [],
    body: draft.body,
    transaction: undefined,
    glares: 0,
    raises: 0,
    floorS: 0,
  };
  sendReinvite(core, call);
  return true;
}

/** Sends the re-INVITE that waits, unless another INVITE of the dialog is still open (RFC 3261 14.1). */
export function sendReinvite(core: Core, call: Call): void {
  const { reinvite } = call;
  if (reinvite === undefined || reinvite.transaction !== undefined) return;
  if (call.incoming !== undefined || call.answer !== undefined) {
    waitForTurn(core, call, reinvite);
    return;
  }
  const { owner, floorS } = reinvite;
  const session = offerSession(core.settings, call.session, floorS);
  const acks: Acks = new Map();
  const transaction = sendWithin(
    core,
    call,
    { method: 'INVITE', headers: [...reinvite.headers, ...session], body: reinvite.body },
    (dialog) => ({ kind: 'reinvite', call: call.handle, owner, dialog, acks }),
  );
  call.description = descriptionOf(reinvite.headers, reinvite.body) ?? call.description;
  call.reinvite = { ...reinvite, transaction };
}

/** The outcome of a re-INVITE. */
export function onReinvite(core: Core, report: ClientReport, purpose: ReinvitePurpose): void {
  const { outcome } = report;
  const call = core.dialogs.call(purpose.call);
  if (outcome.kind === 'failed') {
    refused(core, call, purpose, { status: outcome.status });
    return;
  }
  const { response } = outcome;
  if (response.status < 200) return;
  if (response.status < 300) {
    accepted(core, call, purpose, { invite: report.transaction.request, response });
    return;
  }
  if (call?.reinvite !== undefined && isRetried(core, call, call.reinvite, response)) return;
  refused(core, call, purpose, { status: response.status, response });
}

function accepted(
  core: Core,
  call: Call | undefined,
  purpose: ReinvitePurpose,
  answered: { readonly invite: SipRequest; readonly response: SipResponse },
): void {
  const { invite, response } = answered;
  // Within a dialog there is one answer, whatever tag it comes with.
  const remoteTag = purpose.dialog.remoteTag;
  if (acknowledgeAgain(core, purpose.acks, remoteTag)) return;
  // The ACK goes even if the call has ended meanwhile: the other side repeats its 2xx until it comes.
  const dialog: DialogState = withRemoteTarget(call?.dialog ?? purpose.dialog, response);
  acknowledge2xx(core, purpose.acks, { dialog, invite, remoteTag });
  if (call !== undefined) {
    call.dialog = dialog;
    call.reinvite = undefined;
    settleSession(core, call, acceptedSession(response));
  }
  emitResponse(core, purpose.owner, { status: response.status, response, dialog: purpose.call });
}

/** 491 and 422 are met without a word to the owner, a bounded number of times. */
function isRetried(core: Core, call: Call, reinvite: Reinvite, response: SipResponse): boolean {
  if (response.status === 491 && reinvite.glares < glareRetriesMax) {
    waitForTurn(core, call, reinvite);
    return true;
  }
  if (response.status !== 422 || reinvite.raises >= intervalRaisesMax) return false;
  // RFC 4028 7.3: again, with the interval that the other side asks for.
  const { raises } = reinvite;
  call.reinvite = {
    ...reinvite,
    transaction: undefined,
    raises: raises + 1,
    floorS: minimum(response),
  };
  sendReinvite(core, call);
  return true;
}

function refused(
  core: Core,
  call: Call | undefined,
  { owner, call: dialog }: ReinvitePurpose,
  outcome: { readonly status: number; readonly response?: SipResponse },
): void {
  if (call !== undefined) call.reinvite = undefined;
  emitResponse(core, owner, { ...outcome, dialog });
  if (call !== undefined) afterRefusal(core, call, outcome.status, owner === undefined);
}

/** What a refused refresh or re-INVITE means for the call (RFC 3261 12.2.1.2, RFC 4028 10). */
export function afterRefusal(core: Core, call: Call, status: number, isRefresh: boolean): void {
  if (status === 481) lose(core, call, 'gone');
  else if (status === 408 && isRefresh) expireSession(core, call);
  else if (status === 408) lose(core, call, 'gone');
  else if (isRefresh) refreshLater(core, call);
}

/** RFC 3261 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other side up to 2 s, in units of 10 ms. */
function waitForTurn(core: Core, call: Call, reinvite: Reinvite): void {
  const { owner } = reinvite;
  if (reinvite.glares >= glareRetriesMax) {
    call.reinvite = undefined;
    emitResponse(core, owner, { status: 491, dialog: call.handle });
    if (owner === undefined) refreshLater(core, call);
    return;
  }
  call.reinvite = { ...reinvite, transaction: undefined, glares: reinvite.glares + 1 };
  const share = fraction(core.settings.newToken());
  const units = call.dialog?.isCaller ? 210 + Math.floor(share * 191) : Math.floor(share * 201);
  startTimer(core, call, 'glare', units * 10);
}

/** A number from 0 to 1 out of a random token. */
function fraction(token: string): number {
  let hash = 2166136261;
  for (let at = 0; at < token.length; at++) {
    hash = Math.imul(hash ^ token.charCodeAt(at), 16777619) >>> 0;
  }
  return hash / 2 ** 32;
}
