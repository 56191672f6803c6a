/** Requests of the owner other than INVITE and the first SUBSCRIBE, and what their answers mean for the dialog they are in. */
import type { RequestDraft, Target } from '../effect.ts';
import type { SipResponse } from '../message.ts';
import { buildRequest } from './build.ts';
import type { ClientReport } from './clients.ts';
import {
  type Core,
  type DraftWithin,
  emitResponse,
  hasRoom,
  sendWithin,
  stopTimer,
} from './core.ts';
import { isTargetRefresh, withRemoteTarget } from './dialog.ts';
import { lose } from './ending.ts';
import type { Purpose } from './purpose.ts';
import { settleSession } from './session-run.ts';
import { acceptedSession, offerSession } from './session-timer.ts';
import { awaitNotify } from './subscriptions.ts';
import { type Usage, updateDialog } from './usage.ts';

/** Sends a request outside a dialog; answers the handle that its response will have. */
export function startRequest(core: Core, draft: RequestDraft, target: Target): string {
  const { settings } = core;
  const owner = core.newOwner();
  if (!hasRoom(core)) {
    emitResponse(core, owner, { status: 503 });
    return owner;
  }
  const tag = `${settings.name}${settings.newToken()}`;
  const identity = { callId: settings.newToken(), tag, sequence: 1 };
  const request = buildRequest(draft, identity, settings);
  core.clients.start(request, target, { kind: 'owner', owner, dialog: undefined });
  return owner;
}

/** Sends a request within a dialog; one that is unknown or not made yet answers 481. */
export function startRequestWithin(
  core: Core,
  handle: string,
  usage: Usage | undefined,
  draft: DraftWithin,
): string {
  const owner = core.newOwner();
  if (usage?.dialog === undefined) {
    emitResponse(core, owner, { status: 481, dialog: handle });
    return owner;
  }
  if (!hasRoom(core)) {
    emitResponse(core, owner, { status: 503, dialog: handle });
    return owner;
  }
  sendWithin(core, usage, withSession(core, usage, draft), () => ({
    kind: 'owner',
    owner,
    dialog: handle,
  }));
  if (usage.kind === 'subscription' && isSubscriber(usage, draft)) awaitNotify(core, usage);
  return owner;
}

/** The outcome of a request of the owner. */
export function onOwned(
  core: Core,
  { outcome, transaction }: ClientReport,
  { owner, dialog }: Extract<Purpose, { kind: 'owner' }>,
): void {
  const isResponse = outcome.kind === 'response';
  const status = isResponse ? outcome.response.status : outcome.status;
  if (status < 200) return;
  const usage = core.dialogs.get(dialog);
  if (isResponse && status < 300 && usage !== undefined) {
    settle(core, usage, transaction.request.method, outcome.response);
  }
  emitResponse(core, owner, {
    status,
    ...(isResponse ? { response: outcome.response } : {}),
    ...(dialog === undefined ? {} : { dialog }),
  });
  if (usage === undefined) return;
  if (status >= 300 && transaction.request.method === 'SUBSCRIBE') stopTimer(core, usage, 'N');
  if (endsDialog(usage, status, transaction.request.method)) lose(core, usage, 'gone');
}

/**
 * RFC 3261 12.2.1.2: the dialog of a request that gets 481, or no answer, is gone. RFC 6665 4.1.2.2: silence on a refresh leaves the
 * subscription as it is until it expires.
 */
function endsDialog(usage: Usage, status: number, method: string): boolean {
  if (usage.kind === 'call' && usage.phase !== 'confirmed') return false;
  if (status === 481) return true;
  return status === 408 && !(usage.kind === 'subscription' && method === 'SUBSCRIBE');
}

function settle(core: Core, usage: Usage, method: string, response: SipResponse): void {
  if (isTargetRefresh(method)) {
    updateDialog(usage, (dialog) => withRemoteTarget(dialog, response));
  }
  if (usage.kind === 'call' && method === 'UPDATE') {
    settleSession(core, usage, acceptedSession(response));
  }
}

/** RFC 4028 7.4: an UPDATE of the owner refreshes the session too. */
function withSession(core: Core, usage: Usage, draft: DraftWithin): DraftWithin {
  if (usage.kind !== 'call' || draft.method !== 'UPDATE') return draft;
  const session = offerSession(core.settings, usage.session, 0);
  return { ...draft, headers: [...(draft.headers ?? []), ...session] };
}

function isSubscriber(usage: Usage, { method }: DraftWithin): boolean {
  return usage.kind === 'subscription' && usage.role === 'subscriber' && method === 'SUBSCRIBE';
}
