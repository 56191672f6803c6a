/** Runs the session timer of a call (RFC 4028 10): starts its two timers whenever a request has settled it anew. */
import { type Core, startTimer, stopTimer } from './core.ts';
import { lose } from './ending.ts';
import { refreshRetryMsMin } from './limit.ts';
import { expiryDelayMs, refreshDelayMs, type SessionTimer } from './session-timer.ts';
import type { Call } from './usage.ts';

/** A 2xx has settled the session timer, or that there is none. */
export function settleSession(core: Core, call: Call, session: SessionTimer | undefined): void {
  call.session = session;
  stopTimer(core, call, 'refresh');
  stopTimer(core, call, 'expiry');
  if (session === undefined) return;
  if (session.isRefresher) startTimer(core, call, 'refresh', refreshDelayMs(session));
  startTimer(core, call, 'expiry', expiryDelayMs(session));
}

/** Nobody has refreshed the session, or our refresh has found nobody. */
export function expireSession(core: Core, call: Call): void {
  lose(core, call, 'session-expired');
}

/** A refresh was refused for a passing reason: tried again until the session expires. */
export function refreshLater(core: Core, call: Call): void {
  const { session } = call;
  if (session === undefined) return;
  const delayMs = Math.max(refreshRetryMsMin, refreshDelayMs(session) / 4);
  startTimer(core, call, 'refresh', delayMs);
}
