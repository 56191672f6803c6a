/**
 * Calls that we are given: the INVITE, the owner's answers to it and to re-INVITEs, the 2xx that is repeated until its ACK comes
 * (RFC 3261 13.3.1.4), and CANCEL.
 */
import type { ResponseDraft } from '../effect.ts';
import { headerValues } from '../header.ts';
import type { Header, SipRequest } from '../message.ts';
import { printMessage } from '../print.ts';
import { capabilities, fieldValue, without } from './build.ts';
import { type Core, emit, forget, startTimer, stopTimer } from './core.ts';
import { descriptionOf } from './description.ts';
import { dialogOfCallee } from './dialog.ts';
import { lose, sendWaitingBye } from './ending.ts';
import { sequenceOf, textOf } from './names.ts';
import { sendReinvite } from './reinvite.ts';
import { isUnanswered, type ServerTransaction } from './servers.ts';
import { settleSession } from './session-run.ts';
import { answerSession } from './session-timer.ts';
import { wayBack } from './target.ts';
import { nextIntervalMs, timeoutMs } from './transaction/timer.ts';
import { type Answer, type Call, newCall, updateDialog } from './usage.ts';

/** A new INVITE: there is a call from now on, and the owner is asked. */
export function offerCall(core: Core, transaction: ServerTransaction): void {
  const { request, flow, localTag } = transaction;
  const call = newCall(core.dialogs.newHandle(), 'offered');
  const local = { tag: localTag, contact: `<sip:${core.settings.sentBy(flow.transport)}>` };
  const dialog = dialogOfCallee(request, local, wayBack(request, flow));
  call.incoming = transaction.handle;
  call.peerUpdates = headerValues(request, 'Allow').includes('UPDATE');
  transaction.usage = call.handle;
  core.dialogs.add(call);
  core.dialogs.settle(call, dialog);
  emit(core, { kind: 'invite', dialog: call.handle, request, flow });
}

/** The owner's answer to an INVITE, the first or a later one of the call. */
export function answerInvite(
  core: Core,
  call: Call,
  transaction: ServerTransaction,
  draft: ResponseDraft & { readonly nowMs: number },
): void {
  if (!isUnanswered(transaction)) return;
  if (draft.status < 200) {
    const headers = withContact(call, draft.headers);
    core.servers.respond(transaction, draft.status > 100 ? { ...draft, headers } : draft);
    return;
  }
  call.incoming = undefined;
  call.pending.delete(transaction.handle);
  if (draft.status < 300) accept(core, call, transaction, draft);
  else {
    core.servers.respond(transaction, draft);
    if (call.phase === 'offered') forget(core, call);
    else sendReinvite(core, call);
  }
}

/** An ACK within a dialog. One that comes again, or for a refused re-INVITE, says nothing new. */
export function acknowledged(core: Core, call: Call, request: SipRequest): void {
  const { answer } = call;
  if (answer === undefined || sequenceOf(request) !== answer.sequence) return;
  call.answer = undefined;
  call.phase = 'confirmed';
  stopTimer(core, call, '2xx');
  if (sendWaitingBye(core, call)) return;
  emit(core, { kind: 'acknowledged', dialog: call.handle, request });
  sendReinvite(core, call);
}

/** The 2xx is repeated, also over reliable transports, since the way to the caller may have others (RFC 3261 13.3.1.4). */
export function repeatAnswer(core: Core, call: Call, nowMs: number): void {
  const { answer } = call;
  if (answer === undefined) return;
  if (nowMs >= answer.endsAtMs) {
    // RFC 3261 13.3.1.4: without an ACK in 64*T1 the session is ended by BYE.
    call.answer = undefined;
    call.phase = 'confirmed';
    lose(core, call, 'no-ack');
    return;
  }
  core.outbox.send(printMessage(answer.response), answer.target, answer.transaction);
  const intervalMs = nextIntervalMs(answer.intervalMs, core.settings.timers);
  call.answer = { ...answer, intervalMs };
  startTimer(core, call, '2xx', Math.min(intervalMs, answer.endsAtMs - nowMs));
}

/** RFC 3261 9.2: a CANCEL ends an INVITE that has no final answer; that of a re-INVITE leaves the call as it was. */
export function cancelled(core: Core, invite: ServerTransaction, request: SipRequest): void {
  if (!isUnanswered(invite)) return;
  core.servers.respond(invite, { status: 487 });
  const call = withdraw(core, invite);
  if (call !== undefined) emit(core, { kind: 'cancelled', dialog: call.handle, request });
}

/** The owner has not answered an INVITE in time, and has been answered for. */
export function offerExpired(core: Core, invite: ServerTransaction): void {
  core.servers.respond(invite, { status: 408 });
  const call = withdraw(core, invite);
  if (call !== undefined) emit(core, { kind: 'dialog-lost', dialog: call.handle, loss: 'gone' });
}

/** Takes an INVITE that is over off its call. Answers the call if it is over with it, as one is that has no answer yet. */
function withdraw(core: Core, invite: ServerTransaction): Call | undefined {
  const call = core.dialogs.call(invite.usage);
  if (call === undefined) return undefined;
  call.pending.delete(invite.handle);
  call.incoming = undefined;
  if (call.phase === 'offered') {
    forget(core, call);
    return call;
  }
  sendReinvite(core, call);
  return undefined;
}

function accept(
  core: Core,
  call: Call,
  transaction: ServerTransaction,
  draft: ResponseDraft & { readonly nowMs: number },
): void {
  const { settings, servers } = core;
  const { request, target, handle } = transaction;
  const session = answerSession(request, settings, call.session);
  const own = withContact(call, draft.headers);
  const headers = merged(own, [...(session?.headers ?? []), ...capabilities(settings)]);
  const response = servers.respond(transaction, { ...draft, headers });
  const isLocal = transaction.flow.transport === 'local';
  const limitMs = timeoutMs(settings.timers);
  const answer: Answer = {
    transaction: handle,
    response,
    target,
    sequence: sequenceOf(request),
    // Nothing is lost within the process: there is only the wait for the ACK.
    intervalMs: isLocal ? limitMs : settings.timers.t1Ms,
    endsAtMs: draft.nowMs + limitMs,
  };
  call.answer = answer;
  if (call.phase === 'offered') call.phase = 'answered';
  updateDialog(call, (dialog) => ({ ...dialog, localContact: textOf(response, 'Contact') }));
  call.description = descriptionOf(headers, response.body) ?? call.description;
  startTimer(core, call, '2xx', answer.intervalMs);
  settleSession(core, call, session?.timer);
}

/** The owner's headers and ours; of a header that both have, the values are joined. */
function merged(own: readonly Header[], ours: readonly Header[]): readonly Header[] {
  const requires = [...own, ...ours].filter(({ name }) => name === 'Require');
  const required = requires.map(({ value }) => value).join(', ');
  const rest = [...own, ...without(ours, own)].filter(({ name }) => name !== 'Require');
  return requires.length === 0 ? rest : [...rest, { name: 'Require', value: required }];
}

/** RFC 3261 12.1.1: what makes or refreshes a dialog has a Contact. */
export function withContact(
  usage: { readonly dialog: { readonly localContact: string } | undefined },
  headers: readonly Header[] = [],
): readonly Header[] {
  if (usage.dialog === undefined || fieldValue(headers, 'Contact') !== undefined) return headers;
  return [...headers, { name: 'Contact', value: usage.dialog.localContact }];
}
