/**
 * Subscriptions (RFC 6665) as far as dialogs go: ours, made by the 2xx or the first NOTIFY, whichever comes first, and those that
 * we have accepted. What an event package means, and when to refresh, is the owner's business.
 */
import type { RequestDraft, ResponseDraft, Target } from '../effect.ts';
import { buildRequest, fieldValue } from './build.ts';
import { type ClientReport, intendedTarget } from './clients.ts';
import {
  type Core,
  emitResponse,
  forget,
  hasDialogRoom,
  hasRoom,
  startTimer,
  stopTimer,
} from './core.ts';
import { dialogOfCallee, dialogOfCaller, dialogOfNotify } from './dialog.ts';
import { awaitedKey } from './dialogs.ts';
import { namesOf, textOf } from './names.ts';
import type { Purpose } from './purpose.ts';
import type { ServerTransaction } from './servers.ts';
import { wayBack } from './target.ts';
import { timeoutMs } from './transaction/timer.ts';
import { newSubscription, type Subscription } from './usage.ts';

/** Sends a SUBSCRIBE; answers the handle of the dialog that it may make. */
export function startSubscription(core: Core, draft: RequestDraft, target: Target): string {
  const { settings, dialogs } = core;
  const handle = dialogs.newHandle();
  const owner = core.newOwner();
  if (!hasRoom(core) || !hasDialogRoom(core)) {
    emitResponse(core, owner, { status: 503, dialog: handle });
    return handle;
  }
  const tag = `${settings.name}${settings.newToken()}`;
  const identity = { callId: settings.newToken(), tag, sequence: 1 };
  const request = buildRequest(draft, identity, settings);
  const { callId, fromTag } = namesOf(request);
  const subscription = newSubscription(handle, 'subscriber', request);
  dialogs.add(subscription);
  dialogs.register(subscription, awaitedKey(callId, fromTag));
  core.clients.start(request, target, { kind: 'subscribe', dialog: handle, owner });
  awaitNotify(core, subscription);
  return handle;
}

/** The outcome of the first SUBSCRIBE. */
export function onSubscribe(
  core: Core,
  { outcome, transaction }: ClientReport,
  { dialog: handle, owner }: Extract<Purpose, { kind: 'subscribe' }>,
): void {
  const usage = core.dialogs.get(handle);
  if (outcome.kind === 'failed') {
    if (usage !== undefined) forget(core, usage);
    emitResponse(core, owner, { status: outcome.status, dialog: handle });
    return;
  }
  const { response } = outcome;
  const { status } = response;
  if (status < 200) return;
  if (usage !== undefined && status >= 300) forget(core, usage);
  else if (usage !== undefined && usage.dialog === undefined) {
    const target = intendedTarget(transaction);
    core.dialogs.settle(usage, dialogOfCaller(transaction.request, response, target));
  }
  emitResponse(core, owner, { status, response, dialog: handle });
}

/** RFC 6665 4.1.2.4: timer N, the wait for a NOTIFY after each SUBSCRIBE. */
export function awaitNotify(core: Core, subscription: Subscription): void {
  startTimer(core, subscription, 'N', timeoutMs(core.settings.timers));
}

/** A NOTIFY has come; the first one makes the dialog. Answers whether it was the last. */
export function notified(
  core: Core,
  subscription: Subscription,
  { request, flow }: ServerTransaction,
): boolean {
  stopTimer(core, subscription, 'N');
  if (subscription.dialog === undefined) {
    const way = wayBack(request, flow);
    core.dialogs.settle(subscription, dialogOfNotify(subscription.request, request, way));
  }
  return /^\s*terminated\b/i.test(textOf(request, 'Subscription-State'));
}

/** Answers a SUBSCRIBE with a 2xx, which makes a dialog for NOTIFYs; answers its handle. */
export function acceptSubscription(
  core: Core,
  transaction: ServerTransaction | undefined,
  draft: ResponseDraft,
): string {
  const handle = core.dialogs.newHandle();
  if (transaction === undefined) return handle;
  const { request, flow, localTag } = transaction;
  const given = fieldValue(draft.headers, 'Contact');
  const contact = given ?? `<sip:${core.settings.sentBy(flow.transport)}>`;
  const subscription = newSubscription(handle, 'notifier', request);
  const local = { tag: localTag, contact };
  core.dialogs.add(subscription);
  core.dialogs.settle(subscription, dialogOfCallee(request, local, wayBack(request, flow)));
  const headers = [...(draft.headers ?? [])];
  if (given === undefined) headers.push({ name: 'Contact', value: contact });
  core.servers.respond(transaction, { ...draft, headers });
  return handle;
}
