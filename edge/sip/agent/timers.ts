/** Timers that have run out, by name: `<transaction>/<letter>` or `<dialog>/<what for>`. A timer nobody knows any more is nothing. */
import type { Core } from './core.ts';
import { lose } from './ending.ts';
import { offerExpired, repeatAnswer } from './incoming-call.ts';
import { cancelExpired, ringingExpired } from './outgoing-call.ts';
import { refreshSession } from './refresh.ts';
import { sendReinvite } from './reinvite.ts';
import { onReport } from './reports.ts';
import type { ServerTransaction } from './servers.ts';
import { expireSession } from './session-run.ts';
import { timerLetter } from './transaction/timer.ts';
import type { Call } from './usage.ts';

/** A timer of the agent has run out. */
export function onTimer(core: Core, nowMs: number, timer: string): void {
  const slash = timer.lastIndexOf('/');
  const handle = timer.slice(0, slash);
  const name = timer.slice(slash + 1);
  const usage = core.dialogs.get(handle);
  if (usage !== undefined) {
    if (!usage.timers.delete(name)) return;
    if (usage.kind === 'call') onCallTimer(core, nowMs, usage, name);
    else lose(core, usage, 'gone');
    return;
  }
  const letter = timerLetter(name);
  if (letter === undefined) return;
  if (core.servers.get(handle) === undefined) onReport(core, core.clients.timer(handle, letter));
  else unanswered(core, core.servers.timer(handle, letter));
}

function onCallTimer(core: Core, nowMs: number, call: Call, name: string): void {
  switch (name) {
    case '2xx':
      repeatAnswer(core, call, nowMs);
      return;
    case 'glare':
      sendReinvite(core, call);
      return;
    case 'refresh':
      refreshSession(core, call);
      return;
    case 'expiry':
      expireSession(core, call);
      return;
    case 'ringing':
      ringingExpired(core, call);
      return;
    default:
      cancelExpired(core, call);
  }
}

/** A request that the owner has left without an answer. */
function unanswered(core: Core, transaction: ServerTransaction | undefined): void {
  if (transaction === undefined) return;
  core.dialogs.get(transaction.usage)?.pending.delete(transaction.handle);
  const call = core.dialogs.call(transaction.usage);
  if (call?.updating === transaction.handle) call.updating = undefined;
  if (transaction.request.method === 'INVITE') offerExpired(core, transaction);
}
