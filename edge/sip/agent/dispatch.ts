/**
 * Incoming requests: which transaction or dialog they belong to, and what a user agent server has to check before anybody is asked
 * (RFC 3261 8.2, 12.2.2). What the agent can answer alone it answers here.
 */
import { cseq } from '../cseq.ts';
import type { Flow, ResponseDraft, Target } from '../effect.ts';
import { headerValues } from '../header.ts';
import type { SipRequest } from '../message.ts';
import { toTag } from '../tags.ts';
import { topVia } from '../via.ts';
import { capabilities } from './build.ts';
import { type Core, emit, forget, hasDialogRoom, hasRoom } from './core.ts';
import { isInOrder, isTargetRefresh, withRemoteTarget } from './dialog.ts';
import { acknowledged, cancelled, offerCall } from './incoming-call.ts';
import { retryAfterS } from './limit.ts';
import { sequenceOf } from './names.ts';
import { onReinviteRequest, onUpdateRequest } from './offers.ts';
import type { ServerTransaction } from './servers.ts';
import { tooSmall } from './session-timer.ts';
import { notified } from './subscriptions.ts';
import { wayBack } from './target.ts';
import { type Usage, updateDialog } from './usage.ts';

/** Methods that the agent understands whatever the owner allows. */
const own: readonly string[] = ['ACK', 'BYE', 'CANCEL', 'OPTIONS'];

/** Methods that mean nothing outside a dialog. */
const withinOnly: readonly string[] = ['BYE', 'UPDATE', 'NOTIFY', 'INFO', 'PRACK'];

/** A request, with its top Via stamped. */
export function onRequest(core: Core, request: SipRequest, flow: Flow): void {
  const via = topVia(request);
  if (via === undefined || cseq(request) === undefined) return;
  const known = core.servers.find(request);
  if (request.method === 'ACK') onAck(core, known, request);
  else if (known !== undefined) core.servers.step(known, { kind: 'repeated' });
  else if (!hasRoom(core)) {
    core.servers.respondStateless(request, flow, busy());
  } else if (request.method === 'CANCEL') {
    const invite = core.servers.findInvite(request);
    onCancel(core, invite, core.servers.open(request, via, flow, invite?.localTag));
  } else onNew(core, core.servers.open(request, via, flow));
}

function onAck(core: Core, invite: ServerTransaction | undefined, request: SipRequest): void {
  if (invite !== undefined) core.servers.step(invite, { kind: 'acknowledged' });
  const usage = core.dialogs.find(request);
  if (usage?.kind === 'call') acknowledged(core, usage, request);
}

/** RFC 3261 9.2: the CANCEL is answered whatever becomes of the INVITE. */
function onCancel(
  core: Core,
  invite: ServerTransaction | undefined,
  transaction: ServerTransaction,
): void {
  core.servers.respond(transaction, { status: invite === undefined ? 481 : 200 });
  if (invite !== undefined) cancelled(core, invite, transaction.request);
}

function onNew(core: Core, transaction: ServerTransaction): void {
  const refusal = refusalOf(core, transaction);
  if (refusal !== undefined) core.servers.respond(transaction, refusal);
  else if (toTag(transaction.request) === undefined) onOutside(core, transaction);
  else onWithin(core, transaction);
}

/** RFC 3261 8.2.1 to 8.2.3, in that order. Which bodies are taken is the owner's business, but for their encoding: none is undone. */
function refusalOf(core: Core, transaction: ServerTransaction): ResponseDraft | undefined {
  const { settings, servers } = core;
  const { request } = transaction;
  const { method } = request;
  if (!own.includes(method) && !settings.allow.includes(method)) {
    return { status: 405 };
  }
  if (servers.isMerged(transaction)) return { status: 482 };
  const unsupported = headerValues(request, 'Require').filter(
    (tag) => !settings.supported.includes(tag.toLowerCase()),
  );
  if (unsupported.length > 0) {
    return { status: 420, headers: [{ name: 'Unsupported', value: unsupported.join(', ') }] };
  }
  const encodings = headerValues(request, 'Content-Encoding');
  if (encodings.some((encoding) => encoding.toLowerCase() !== 'identity')) {
    return { status: 415, headers: [{ name: 'Accept-Encoding', value: 'identity' }] };
  }
  const isSession = method === 'INVITE' || method === 'UPDATE';
  const minS = isSession ? tooSmall(request, settings) : undefined;
  if (minS === undefined) return undefined;
  return { status: 422, headers: [{ name: 'Min-SE', value: String(minS) }] };
}

function onOutside(core: Core, transaction: ServerTransaction): void {
  const { handle, request, flow } = transaction;
  const { method } = request;
  if (method === 'OPTIONS') core.servers.respond(transaction, options(core));
  else if (withinOnly.includes(method)) core.servers.respond(transaction, { status: 481 });
  else if (method === 'INVITE' || method === 'SUBSCRIBE') {
    if (!hasDialogRoom(core)) core.servers.respond(transaction, busy());
    else if (method === 'INVITE') offerCall(core, transaction);
    else emit(core, { kind: 'request', transaction: handle, request, flow });
  } else emit(core, { kind: 'request', transaction: handle, request, flow });
}

function onWithin(core: Core, transaction: ServerTransaction): void {
  const { request, flow } = transaction;
  const usage = core.dialogs.find(request);
  if (usage === undefined) {
    core.servers.respond(transaction, { status: 481 });
    return;
  }
  const isNotify = usage.kind === 'subscription' && request.method === 'NOTIFY';
  const isLast = isNotify && notified(core, usage, transaction);
  if (usage.dialog !== undefined && !isInOrder(usage.dialog, request)) {
    core.servers.respond(transaction, { status: 500 });
    return;
  }
  updateDialog(usage, (dialog) => {
    const next = { ...dialog, remoteSequence: sequenceOf(request) };
    const isMoving = isTargetRefresh(request.method);
    return isMoving ? withRemoteTarget(next, request, newWay(request, flow)) : next;
  });
  deliver(core, usage, transaction);
  if (isLast) forget(core, usage);
}

/** A peer that speaks to us without a proxy may have moved to another connection. */
function newWay(request: SipRequest, flow: Flow): Target | undefined {
  return headerValues(request, 'Via').length === 1 ? wayBack(request, flow) : undefined;
}

function deliver(core: Core, usage: Usage, transaction: ServerTransaction): void {
  const { handle, request, flow } = transaction;
  // RFC 6665 4.1.3: nothing is notified of but what was subscribed to.
  const isUnasked = request.method === 'NOTIFY' && usage.kind === 'call';
  if (isUnasked || (isLeaving(usage) && request.method !== 'BYE')) {
    core.servers.respond(transaction, { status: 481 });
    return;
  }
  switch (request.method) {
    case 'BYE':
      onBye(core, usage, transaction);
      return;
    case 'OPTIONS':
      core.servers.respond(transaction, options(core));
      return;
    case 'INVITE':
      if (usage.kind === 'call') onReinviteRequest(core, usage, transaction);
      else core.servers.respond(transaction, { status: 481 });
      return;
    case 'UPDATE':
      if (usage.kind === 'call') onUpdateRequest(core, usage, transaction);
      else core.servers.respond(transaction, { status: 481 });
      return;
    default:
      if (usage.pending.size >= core.settings.limits.pendingMax) {
        core.servers.respond(transaction, busy());
        return;
      }
      usage.pending.add(handle);
      transaction.usage = usage.handle;
      emit(core, { kind: 'request', transaction: handle, request, flow, dialog: usage.handle });
  }
}

/** RFC 3261 15.1.2. */
function onBye(core: Core, usage: Usage, transaction: ServerTransaction): void {
  if (usage.kind !== 'call') {
    core.servers.respond(transaction, { status: 481 });
    return;
  }
  core.servers.respond(transaction, { status: 200 });
  const isNews = !isLeaving(usage);
  forget(core, usage);
  if (isNews) emit(core, { kind: 'bye', dialog: usage.handle, request: transaction.request });
}

/** The owner has said goodbye already. */
function isLeaving(usage: Usage): boolean {
  return usage.kind === 'call' && (usage.bye !== undefined || usage.outgoing?.isAbandoned === true);
}

function options(core: Core): ResponseDraft {
  const accept = { name: 'Accept', value: core.settings.accept.join(', ') };
  return { status: 200, headers: [...capabilities(core.settings), accept] };
}

function busy(): ResponseDraft {
  return { status: 503, headers: [{ name: 'Retry-After', value: String(retryAfterS) }] };
}
