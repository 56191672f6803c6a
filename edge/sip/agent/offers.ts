/**
 * What the other side wants to change in a call: re-INVITE (RFC 3261 14.2) and UPDATE (RFC 3311 5.2). One at a time; what can't be
 * taken now is refused here. An UPDATE without a body only refreshes the session and is answered here.
 */
import type { ResponseDraft } from '../effect.ts';
import { type Core, emit } from './core.ts';
import { answerInvite, withContact } from './incoming-call.ts';
import type { ServerTransaction } from './servers.ts';
import { settleSession } from './session-run.ts';
import { answerSession } from './session-timer.ts';
import type { Call } from './usage.ts';

/** RFC 3261 14.2: how long the sender of a second INVITE is told to wait, at most 10 s. */
const secondInviteRetryS = 5;

/** A re-INVITE. */
export function onReinviteRequest(core: Core, call: Call, transaction: ServerTransaction): void {
  if (call.incoming !== undefined) {
    refuseForNow(core, transaction);
    return;
  }
  if (call.reinvite?.transaction !== undefined || call.phase === 'inviting') {
    core.servers.respond(transaction, { status: 491 });
    return;
  }
  call.incoming = transaction.handle;
  ask(core, call, transaction);
}

/** An UPDATE. */
export function onUpdateRequest(core: Core, call: Call, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (request.body.length === 0) {
    refreshed(core, call, transaction, { status: 200 });
    return;
  }
  if (call.updating !== undefined || call.incoming !== undefined) {
    refuseForNow(core, transaction);
    return;
  }
  if (call.reinvite?.transaction !== undefined || call.phase === 'inviting') {
    core.servers.respond(transaction, { status: 491 });
    return;
  }
  call.updating = transaction.handle;
  ask(core, call, transaction);
}

/** The owner's answer to a re-INVITE or UPDATE. */
export function answerChange(
  core: Core,
  call: Call,
  transaction: ServerTransaction,
  draft: ResponseDraft & { readonly nowMs: number },
): void {
  if (transaction.request.method === 'INVITE') {
    answerInvite(core, call, transaction, draft);
    return;
  }
  if (draft.status >= 200) {
    call.updating = undefined;
    call.pending.delete(transaction.handle);
  }
  if (draft.status >= 200 && draft.status < 300) refreshed(core, call, transaction, draft);
  else core.servers.respond(transaction, draft);
}

function ask(core: Core, call: Call, transaction: ServerTransaction): void {
  const { handle, request } = transaction;
  transaction.usage = call.handle;
  call.pending.add(handle);
  emit(core, { kind: 'update', dialog: call.handle, transaction: handle, request });
}

function refreshed(
  core: Core,
  call: Call,
  transaction: ServerTransaction,
  draft: ResponseDraft,
): void {
  // RFC 4028 has no timer for a session that isn't answered yet.
  const isEarly = call.phase === 'offered' || call.phase === 'inviting';
  const session = isEarly
    ? undefined
    : answerSession(transaction.request, core.settings, call.session);
  const headers = [...withContact(call, draft.headers), ...(session?.headers ?? [])];
  core.servers.respond(transaction, { ...draft, headers });
  settleSession(core, call, session?.timer);
}

function refuseForNow(core: Core, transaction: ServerTransaction): void {
  const headers = [{ name: 'Retry-After', value: String(secondInviteRetryS) }];
  core.servers.respond(transaction, { status: 500, headers });
}
