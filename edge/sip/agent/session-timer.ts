/**
 * Session timers (RFC 4028): who refreshes a session and when it counts as dead. A value and the rules of offer and answer are
 * here; running the timers is for `session-run.ts`. If a peer leaves the choice to us we refresh ourselves, since a client that
 * claims the extension without keeping to it would lose its session.
 */
import { header, headerValues } from '../header.ts';
import type { Header, SipMessage, SipRequest, SipResponse } from '../message.ts';
import { param, parseParams } from '../params.ts';

/** RFC 4028 5: no interval may be shorter. */
export const intervalMinS = 90;

export type SessionTimer = { readonly intervalS: number; readonly isRefresher: boolean };

export type SessionSettings = {
  readonly sessionExpiresS: number;
  readonly minSessionExpiresS: number;
};

type Wish = { readonly intervalS: number; readonly refresher: 'uac' | 'uas' | undefined };

/** The headers of a request that offers a session timer, or keeps the present one (RFC 4028 7.1, 7.4). */
export function offerSession(
  settings: SessionSettings,
  current: SessionTimer | undefined,
  floorS: number,
): readonly Header[] {
  const wanted = current?.intervalS ?? settings.sessionExpiresS;
  if (wanted === 0) return [];
  const intervalS = Math.max(wanted, floorS, intervalMinS);
  const role = current?.isRefresher ? 'uac' : 'uas';
  const refresher = current === undefined ? '' : `;refresher=${role}`;
  const headers: Header[] = [{ name: 'Session-Expires', value: `${intervalS}${refresher}` }];
  const minS = Math.max(settings.minSessionExpiresS, floorS);
  if (minS > intervalMinS) headers.push({ name: 'Min-SE', value: String(minS) });
  return headers;
}

/** RFC 4028 9: an interval below our minimum gets 422, if the caller knows what that means. Answers the Min-SE to send. */
export function tooSmall(request: SipRequest, settings: SessionSettings): number | undefined {
  const wish = wished(request);
  const minS = Math.max(settings.minSessionExpiresS, intervalMinS);
  if (wish === undefined || wish.intervalS >= minS || !supportsTimer(request)) return undefined;
  return minS;
}

/** RFC 4028 9: what our 2xx says, and the timer that holds from then on; undefined for a session without one. */
export function answerSession(
  request: SipRequest,
  settings: SessionSettings,
  current: SessionTimer | undefined,
): { readonly timer: SessionTimer; readonly headers: readonly Header[] } | undefined {
  const wish = wished(request);
  const ours = settings.sessionExpiresS;
  if (wish === undefined && ours === 0) return undefined;
  const floorS = Math.max(minimum(request), settings.minSessionExpiresS, intervalMinS);
  const capS = ours === 0 ? Number.POSITIVE_INFINITY : Math.max(ours, floorS);
  const intervalS = Math.min(Math.max(wish?.intervalS ?? ours, floorS), capS);
  const refresher = supportsTimer(request) ? (wish?.refresher ?? keptRole(current)) : 'uas';
  const headers: Header[] = [
    { name: 'Session-Expires', value: `${intervalS};refresher=${refresher}` },
  ];
  if (refresher === 'uac') headers.push({ name: 'Require', value: 'timer' });
  return { timer: { intervalS, isRefresher: refresher === 'uas' }, headers };
}

/** RFC 4028 7.2: what a 2xx to our request has settled. */
export function acceptedSession(response: SipResponse): SessionTimer | undefined {
  const wish = wished(response);
  if (wish === undefined) return undefined;
  const intervalS = Math.max(wish.intervalS, intervalMinS);
  return { intervalS, isRefresher: wish.refresher !== 'uas' };
}

/** The smallest interval that the other side takes; 0 without Min-SE. */
export function minimum(message: SipMessage): number {
  return seconds(header(message, 'Min-SE')) ?? 0;
}

/** RFC 4028 10: the refresher refreshes at half the interval. */
export function refreshDelayMs(timer: SessionTimer): number {
  return timer.intervalS * 500;
}

/** RFC 4028 10: a session that nobody has refreshed ends a little before its interval is over. */
export function expiryDelayMs(timer: SessionTimer): number {
  return Math.ceil((timer.intervalS - Math.min(32, timer.intervalS / 3)) * 1000);
}

function keptRole(current: SessionTimer | undefined): 'uac' | 'uas' {
  return current === undefined || current.isRefresher ? 'uas' : 'uac';
}

function supportsTimer(request: SipRequest): boolean {
  return headerValues(request, 'Supported').some((tag) => tag.toLowerCase() === 'timer');
}

function wished(message: SipMessage): Wish | undefined {
  const value = header(message, 'Session-Expires');
  const intervalS = seconds(value);
  if (value === undefined || intervalS === undefined) return undefined;
  const at = value.indexOf(';');
  const named =
    at < 0 ? undefined : param(parseParams(value.slice(at)), 'refresher')?.toLowerCase();
  return { intervalS, refresher: named === 'uac' || named === 'uas' ? named : undefined };
}

/** Delta-seconds, cut so that no timer overflows. */
function seconds(value: string | undefined): number | undefined {
  const digits = /^\s*(\d+)/.exec(value ?? '')?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), intervalMaxS);
}

/** Three weeks: timers count milliseconds in 31 bits. */
const intervalMaxS = 1_814_400;
