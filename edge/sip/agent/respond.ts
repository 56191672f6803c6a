/** The owner's answers, brought to the transaction and the dialog that they are for. */
import type { ResponseDraft } from '../effect.ts';
import type { Core } from './core.ts';
import { isTargetRefresh } from './dialog.ts';
import { withContact } from './incoming-call.ts';
import { answerChange } from './offers.ts';
import type { ServerTransaction } from './servers.ts';

/** Answers the request that a handle names: a transaction, or the INVITE that waits in a dialog. */
export function answerRequest(
  core: Core,
  nowMs: number,
  handle: string,
  draft: ResponseDraft,
): void {
  const incoming = core.dialogs.call(handle)?.incoming;
  const transaction = core.servers.get(incoming ?? handle);
  if (transaction !== undefined) answer(core, nowMs, transaction, draft);
}

function answer(
  core: Core,
  nowMs: number,
  transaction: ServerTransaction,
  draft: ResponseDraft,
): void {
  const usage = core.dialogs.get(transaction.usage);
  const { method } = transaction.request;
  if (usage?.kind === 'call' && (method === 'INVITE' || method === 'UPDATE')) {
    answerChange(core, usage, transaction, { ...draft, nowMs });
    return;
  }
  if (usage === undefined) {
    core.servers.respond(transaction, draft);
    return;
  }
  if (draft.status >= 200) usage.pending.delete(transaction.handle);
  const isRefresh = draft.status < 300 && isTargetRefresh(method);
  const headers = isRefresh ? withContact(usage, draft.headers) : draft.headers;
  core.servers.respond(transaction, headers === undefined ? draft : { ...draft, headers });
}
