import { expect, test } from 'vitest';
import { isForeignBody } from '../../../edge/sip/foreign-body.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';

function invite(type: string | undefined, body: string): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:bob@rejoin.test',
    headers: type === undefined ? [] : [{ name: 'Content-Type', value: type }],
    body: new TextEncoder().encode(body),
  };
}

test.each<[string, string | undefined, string, boolean]>([
  ['of another type', 'application/isup', 'x', true],
  ['of another type with parameters', 'Application/QSIG ;version=iso', 'x', true],
  ['that is read', 'application/sdp', 'v=0', false],
  ['that is read, written otherwise', 'Application/SDP; charset=utf-8', 'v=0', false],
  ['in parts', 'multipart/mixed;boundary=b', '--b--', false],
  ['of no type', undefined, 'x', false],
  ['without an octet', 'application/isup', '', false],
])('a body %s is foreign or not [RFC 3261 8.2.3]', (_what, type, body, isForeign) => {
  expect(isForeignBody(invite(type, body), ['application/sdp'])).toBe(isForeign);
});
