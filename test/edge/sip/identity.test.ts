import { describe, expect, test } from 'vitest';
import { assertedUser, originatingUser } from '../../../edge/sip/identity.ts';
import { emptyBody, type SipRequest } from '../../../edge/sip/message.ts';

function invite(headers: Readonly<Record<string, string>>): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:conference-factory@rejoin.test',
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: emptyBody,
  };
}

const asserted = { 'P-Asserted-Identity': '<sip:Alice@Rejoin.test;user=phone>, <tel:+4912>' };

describe('the asserted user', () => {
  test('is the first of the identities [RFC 3325 9.1]', () => {
    expect(assertedUser(invite(asserted))).toBe('sip:Alice@rejoin.test');
  });

  test('is nobody where nothing can be read', () => {
    expect(assertedUser(invite({}))).toBeUndefined();
    expect(assertedUser(invite({ 'P-Asserted-Identity': 'alice' }))).toBeUndefined();
  });
});

describe('the originating user', () => {
  test('is the served user in the originating case [RFC 5502 6]', () => {
    const served = { 'P-Served-User': '<sip:alice@rejoin.test>;sescase=ORIG;regstate=reg' };
    expect(originatingUser(invite(served))).toBe('sip:alice@rejoin.test');
  });

  test('is nobody in the terminating case, whatever the routes say [RFC 5502 6]', () => {
    const served = {
      ...asserted,
      'P-Served-User': '<sip:bob@rejoin.test>;sescase=term',
      Route: '<sip:rejoin.test;lr;orig>',
    };
    expect(originatingUser(invite(served))).toBeUndefined();
  });

  test('is the asserted one behind a route that is marked as originating [3GPP TS 24.229 5.4.3.2]', () => {
    const marked = { ...asserted, Route: '<sip:rejoin.test;lr>, <sip:x1@core.test;lr;orig>' };
    expect(originatingUser(invite(marked))).toBe('sip:Alice@rejoin.test');
    const plain = { ...asserted, Route: '<tel:+49>, <urn:x>, <sip:x1@core.test;lr>' };
    expect(originatingUser(invite(plain))).toBeUndefined();
  });

  test('is nobody if the header that says so cannot be read', () => {
    const marked = { ...asserted, 'P-Served-User': 'alice', Route: '<sip:rejoin.test;lr;orig>' };
    expect(originatingUser(invite(marked))).toBeUndefined();
  });

  test('is the served one behind such a route if the header names no case', () => {
    const marked = {
      ...asserted,
      'P-Served-User': '<sip:carol@rejoin.test>',
      Route: '<sip:rejoin.test;lr;orig>',
    };
    expect(originatingUser(invite(marked))).toBe('sip:carol@rejoin.test');
  });
});
