import { expect, test } from 'vitest';
import {
  acceptedSession,
  answerSession,
  expiryDelayMs,
  minimum,
  offerSession,
  refreshDelayMs,
  tooSmall,
} from '../../../../edge/sip/agent/session-timer.ts';
import { emptyBody, type SipRequest, type SipResponse } from '../../../../edge/sip/message.ts';

const settings = { sessionExpiresS: 1800, minSessionExpiresS: 90 };
const none = { sessionExpiresS: 0, minSessionExpiresS: 90 };

function parsed(lines: readonly string[]) {
  return lines.map((line) => {
    const [name = '', value = ''] = line.split(': ');
    return { name, value };
  });
}

function request(...lines: string[]): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:a',
    headers: parsed(lines),
    body: emptyBody,
  };
}

function response(...lines: string[]): SipResponse {
  return { kind: 'response', status: 200, reason: 'OK', headers: parsed(lines), body: emptyBody };
}

const printed = (headers: readonly { name: string; value: string }[] | undefined) =>
  headers?.map(({ name, value }) => `${name}: ${value}`);

test('an INVITE offers the interval that is set, and leaves the role open [RFC 4028 7.1]', () => {
  expect(printed(offerSession(settings, undefined, 0))).toEqual(['Session-Expires: 1800']);
  expect(offerSession(none, undefined, 0)).toEqual([]);
});

test('a refresh keeps interval and roles [RFC 4028 7.4]', () => {
  const current = { intervalS: 600, isRefresher: true };
  expect(printed(offerSession(none, current, 0))).toEqual(['Session-Expires: 600;refresher=uac']);
  expect(printed(offerSession(settings, { ...current, isRefresher: false }, 0))).toEqual([
    'Session-Expires: 600;refresher=uas',
  ]);
});

test('a floor raises interval and Min-SE, and nothing goes below 90 s [RFC 4028 4, 7.3]', () => {
  expect(printed(offerSession(settings, undefined, 2000))).toEqual([
    ...['Session-Expires: 2000', 'Min-SE: 2000'],
  ]);
  expect(printed(offerSession({ ...settings, sessionExpiresS: 20 }, undefined, 0))).toEqual([
    'Session-Expires: 90',
  ]);
  expect(printed(offerSession({ ...settings, minSessionExpiresS: 200 }, undefined, 0))).toEqual([
    ...['Session-Expires: 1800', 'Min-SE: 200'],
  ]);
});

test('an interval below the minimum is refused if the caller knows the extension [RFC 4028 9]', () => {
  expect(tooSmall(request('Supported: timer', 'Session-Expires: 80'), settings)).toBe(90);
  expect(tooSmall(request('Supported: timer', 'Session-Expires: 90'), settings)).toBeUndefined();
  expect(tooSmall(request('Session-Expires: 80'), settings)).toBeUndefined();
  expect(tooSmall(request('Supported: timer'), settings)).toBeUndefined();
});

test.each([
  // what the request says, our setting, what holds, what the answer says
  [['Supported: timer', 'Session-Expires: 600;refresher=uac'], 1800, false, '600;refresher=uac'],
  [['Supported: timer', 'Session-Expires: 600;refresher=uas'], 1800, true, '600;refresher=uas'],
  [['Supported: timer', 'Session-Expires: 600'], 1800, true, '600;refresher=uas'],
  [['Supported: timer', 'Session-Expires: 600;refresher=other'], 0, true, '600;refresher=uas'],
  [['Supported: timer', 'Session-Expires: 3600'], 1800, true, '1800;refresher=uas'],
  [['Supported: timer', 'Session-Expires: 3600'], 0, true, '3600;refresher=uas'],
  [['Supported: timer', 'Session-Expires: 3600', 'Min-SE: 2400'], 1800, true, '2400;refresher=uas'],
  [['Supported: timer'], 1800, true, '1800;refresher=uas'],
  [['Session-Expires: 600;refresher=uac'], 1800, true, '600;refresher=uas'],
  [['Session-Expires: 60'], 1800, true, '90;refresher=uas'],
  [[], 1800, true, '1800;refresher=uas'],
] as const)('the answer to %j with %i is settled by the callee [RFC 4028 9]', (...row) => {
  const [lines, ours, isRefresher, value] = row;
  const answer = answerSession(
    request(...lines),
    { ...settings, sessionExpiresS: ours },
    undefined,
  );
  expect(answer?.timer).toEqual({ intervalS: Number.parseInt(value, 10), isRefresher });
  const required = isRefresher ? [] : ['Require: timer'];
  expect(printed(answer?.headers)).toEqual([`Session-Expires: ${value}`, ...required]);
});

test('without a wish on either side there is no session timer [RFC 4028 9]', () => {
  expect(answerSession(request('Supported: timer'), none, undefined)).toBeUndefined();
  expect(answerSession(request('Session-Expires: soon'), none, undefined)).toBeUndefined();
});

test('a refresh without a role keeps the role that is [RFC 4028 9]', () => {
  const refresh = request('Supported: timer', 'Session-Expires: 600');
  const peer = { intervalS: 600, isRefresher: false };
  expect(answerSession(refresh, settings, peer)?.timer.isRefresher).toBe(false);
  expect(answerSession(refresh, settings, { ...peer, isRefresher: true })?.timer.isRefresher).toBe(
    true,
  );
});

test('a 2xx settles the timer of the caller [RFC 4028 7.2]', () => {
  expect(acceptedSession(response())).toBeUndefined();
  expect(acceptedSession(response('Session-Expires: 600;refresher=uac'))).toEqual({
    intervalS: 600,
    isRefresher: true,
  });
  expect(acceptedSession(response('Session-Expires: 10;refresher=uas'))).toEqual({
    intervalS: 90,
    isRefresher: false,
  });
  expect(acceptedSession(response('Session-Expires: 99999999999'))?.intervalS).toBe(1_814_400);
});

test('refresh comes at half the interval, the end min(32 s, a third) before it [RFC 4028 10]', () => {
  const timer = { intervalS: 1800, isRefresher: true };
  expect([refreshDelayMs(timer), expiryDelayMs(timer)]).toEqual([900_000, 1_768_000]);
  expect(expiryDelayMs({ ...timer, intervalS: 90 })).toBe(60_000);
});

test('Min-SE is read, 0 if it is not there [RFC 4028 5]', () => {
  expect([minimum(response('Min-SE: 120')), minimum(response())]).toEqual([120, 0]);
});
