/** Outcomes of client transactions, brought to whatever the request was for. */
import type { ClientReport } from './clients.ts';
import type { Core } from './core.ts';
import { onInvite } from './outgoing-call.ts';
import { onRefresh } from './refresh.ts';
import { onReinvite } from './reinvite.ts';
import { onOwned } from './requests.ts';
import { onSubscribe } from './subscriptions.ts';

/** What a transaction has to say to its user, if anything. */
export function onReport(core: Core, report: ClientReport | undefined): void {
  if (report === undefined) return;
  const { purpose } = report.transaction;
  switch (purpose.kind) {
    case 'owner':
      onOwned(core, report, purpose);
      return;
    case 'invite':
      onInvite(core, report, purpose);
      return;
    case 'reinvite':
      onReinvite(core, report, purpose);
      return;
    case 'refresh':
      onRefresh(core, report, purpose);
      return;
    case 'subscribe':
      onSubscribe(core, report, purpose);
      return;
    default:
  }
}
