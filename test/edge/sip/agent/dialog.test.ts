import { expect, test } from 'vitest';
import {
  contactUri,
  dialogOfCallee,
  dialogOfCaller,
  isInOrder,
  requestWithin,
  withRemoteTarget,
} from '../../../../edge/sip/agent/dialog.ts';
import type { DialogState } from '../../../../edge/sip/effect.ts';
import { emptyBody, type SipRequest, type SipResponse } from '../../../../edge/sip/message.ts';

const target = { transport: 'udp', host: '192.0.2.1', port: 5060 } as const;

function fields(lines: readonly string[]) {
  return lines.map((line) => ({
    name: line.slice(0, line.indexOf(':')),
    value: line.slice(line.indexOf(':') + 2),
  }));
}

function request(...lines: string[]): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:b@y',
    headers: fields(lines),
    body: emptyBody,
  };
}

function response(...lines: string[]): SipResponse {
  return { kind: 'response', status: 200, reason: 'OK', headers: fields(lines), body: emptyBody };
}

const invite = request(
  'From: "A, B" <sip:a@x>;tag=1;x=y',
  'To: sip:b@y',
  'Call-ID: c',
  'CSeq: 5 INVITE',
  'Contact: <sip:a@10.0.0.1>;isfocus',
);

test('the caller takes routes in reverse, and its Contact with parameters [RFC 3261 12.1.2]', () => {
  const answer = response(
    ...['To: <sip:b@y>;tag=2', 'Contact: <sip:b@10.0.0.2:99>'],
    'Record-Route: <sip:p3;lr>, <sip:p2;lr>',
    'Record-Route: <sip:10.0.0.9:5080;lr>',
  );
  expect(dialogOfCaller(invite, answer, target)).toEqual({
    ...{ callId: 'c', localTag: '1', remoteTag: '2' },
    ...{ local: '"A, B" <sip:a@x>;x=y', remote: '<sip:b@y>' },
    localContact: '<sip:a@10.0.0.1>;isfocus',
    remoteTarget: 'sip:b@10.0.0.2:99',
    routes: ['<sip:10.0.0.9:5080;lr>', '<sip:p2;lr>', '<sip:p3;lr>'],
    ...{ localSequence: 5, remoteSequence: -1, isCaller: true },
    target: { transport: 'udp', host: '10.0.0.9', port: 5080 },
  });
});

test('our own Record-Route is no hop on our way [RFC 3261 12.1.2]', () => {
  const own = { name: 'Record-Route', value: '<sip:10.0.0.1;lr>' };
  const answer = response('Record-Route: <sip:p2;lr>, <sip:10.0.0.1;lr>');
  const dialog = dialogOfCaller({ ...invite, headers: [...invite.headers, own] }, answer, target);
  expect(dialog.routes).toEqual(['<sip:p2;lr>']);
});

test('a peer of RFC 2543 has no tag and perhaps no Contact [RFC 3261 12.1.2]', () => {
  const dialog = dialogOfCaller(request('To: sip:b@y'), response('To: sip:b@y'), target);
  expect(dialog).toMatchObject({
    callId: '',
    localTag: '',
    remoteTag: '',
    remoteTarget: 'sip:b@y',
  });
  expect(dialog).toMatchObject({ local: '', localContact: '', localSequence: 0 });
  const { headers } = requestWithin(dialog, 'BYE', 1);
  expect(headers.find(({ name }) => name === 'To')?.value).toBe('<sip:b@y>');
});

test('the callee takes routes as they stand [RFC 3261 12.1.1]', () => {
  const routed = {
    ...invite,
    headers: [...invite.headers, ...fields(['Record-Route: <sip:p1;lr>'])],
  };
  expect(dialogOfCallee(routed, { tag: '9', contact: '<sip:me>' }, target)).toMatchObject({
    ...{ localTag: '9', remoteTag: '1', local: '<sip:b@y>', remote: '"A, B" <sip:a@x>;x=y' },
    ...{ remoteTarget: 'sip:a@10.0.0.1', localContact: '<sip:me>', routes: ['<sip:p1;lr>'] },
    ...{ localSequence: 0, remoteSequence: 5, isCaller: false },
  });
});

test('a request without Contact or anything else still makes a dialog', () => {
  const local = { tag: '9', contact: '' };
  expect(dialogOfCallee(request('From: sip:a@x'), local, target)).toMatchObject({
    ...{ callId: '', remoteTag: '', remoteTarget: 'sip:a@x', local: '', remoteSequence: 0 },
  });
  expect(dialogOfCallee(request('From: <'), local, target)).toMatchObject({
    ...{ remoteTarget: '', remote: '<', target },
  });
});

const dialog: DialogState = {
  ...{ callId: 'c', localTag: '1', remoteTag: '2', local: '<sip:a@x>', remote: '<sip:b@y>' },
  ...{ localContact: '<sip:a@10.0.0.1>', remoteTarget: 'sip:b@10.0.0.2', routes: [], target },
  ...{ localSequence: 5, remoteSequence: 7, isCaller: true },
};

function within(routes: readonly string[]) {
  const { uri, headers } = requestWithin({ ...dialog, routes }, 'INFO', 6);
  return [uri, ...headers.map(({ name, value }) => `${name}: ${value}`)];
}

test('a request within a dialog has its names, number and remote target [RFC 3261 12.2.1.1]', () => {
  expect(within([])).toEqual([
    'sip:b@10.0.0.2',
    'Max-Forwards: 70',
    'From: <sip:a@x>;tag=1',
    'To: <sip:b@y>;tag=2',
    'Call-ID: c',
    'CSeq: 6 INFO',
  ]);
});

test('loose routes go into Route, behind the remote target [RFC 3261 12.2.1.1]', () => {
  expect(within(['<sip:p1;lr>', '<sip:p2>']).slice(0, 3)).toEqual([
    ...['sip:b@10.0.0.2', 'Route: <sip:p1;lr>', 'Route: <sip:p2>'],
  ]);
  expect(within(['<urn:odd>']).slice(0, 2)).toEqual(['sip:b@10.0.0.2', 'Route: <urn:odd>']);
});

test('a strict route takes the place of the remote target [RFC 3261 12.2.1.1]', () => {
  expect(within(['<sip:p1>', '<sip:p2;lr>']).slice(0, 3)).toEqual([
    ...['sip:p1', 'Route: <sip:p2;lr>', 'Route: <sip:b@10.0.0.2>'],
  ]);
});

test('a higher number is in order, any other is not [RFC 3261 12.2.2]', () => {
  const numbered = (line: string) => isInOrder(dialog, request(line));
  expect([numbered('CSeq: 8 INFO'), numbered('CSeq: 7 INFO'), numbered('X: y')]).toEqual([
    ...[true, false, false],
  ]);
});

test('a Contact moves the remote target, and the next hop if there are no routes [RFC 3261 12.2.2]', () => {
  const moved = response('Contact: <sip:n@10.0.0.7>, <sip:second>');
  expect(withRemoteTarget(dialog, moved)).toMatchObject({
    remoteTarget: 'sip:n@10.0.0.7',
    target: { host: '10.0.0.7' },
  });
  const routed = { ...dialog, routes: ['<sip:p1;lr>'] };
  expect(withRemoteTarget(routed, moved).target.host).toBe('p1');
  expect(withRemoteTarget(dialog, response())).toBe(dialog);
  expect(contactUri(response('Contact: *'))).toBeUndefined();
});

test('a peer whose Contact has the name that the INVITE was sent by is reached where the INVITE went', () => {
  const answer = response('To: <sip:b@y>;tag=2', 'Contact: <sip:group@Y>');
  const agreed = dialogOfCaller(invite, answer, target);
  expect(agreed).toMatchObject({ remoteTarget: 'sip:group@Y', target });
  const moved = withRemoteTarget(agreed, response('Contact: <sip:other@y>'));
  expect(moved).toMatchObject({ remoteTarget: 'sip:other@y', target });
  const named = withRemoteTarget(agreed, response('Contact: <sip:other@z>'));
  expect(named.target).toEqual({ ...target, host: 'z' });
});
