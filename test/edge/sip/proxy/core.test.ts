/** Which edge gets what an IMS core sends, and what others pretend to be a core's. */
import { describe, expect, test } from 'vitest';
import { header } from '../../../../edge/sip/header.ts';
import { routeRequest } from '../../../../edge/sip/proxy/edge-proxy.ts';
import { a, client, inner, request, requestOf } from './edges.ts';

const factory = 'sip:conference-factory@rejoin.test';
const asserted = { 'P-Asserted-Identity': '<sip:bob@rejoin.test>' };
const served = { ...asserted, 'P-Served-User': '<sip:bob@rejoin.test>;sescase=orig' };
const marked = { ...asserted, Route: '<sip:10.0.0.1;lr>, <sip:core.test;lr;orig>' };

describe('a request that an IMS core passes on in the name of a user', () => {
  test.each([
    ['the served user', served],
    ['its route', marked],
  ])('goes to the home of that user, as %s says [RFC 5502]', (_, headers) => {
    const invite = request('INVITE', factory, headers);
    expect(routeRequest(invite, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(routeRequest(request('INVITE', factory, asserted), inner, a).kind).toBe('local');
  });

  test('is called off at the same edge [RFC 3261 9.1]', () => {
    const { Route } = marked;
    const cancel = request('CANCEL', 'sip:alice@rejoin.test', { Route });
    expect(routeRequest(cancel, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
    const ofPeer = request('CANCEL', 'sip:alice@rejoin.test');
    expect(routeRequest(ofPeer, inner, a).kind).toBe('local');
    expect(routeRequest(request('CANCEL', 'urn:x'), inner, a)).toMatchObject({ edge: 'b' });
  });
});

test('a third-party REGISTER goes to the home of the registered user, whatever else it asserts [PFT-009]', () => {
  const ofCore = { ...asserted, To: '<sip:bob@rejoin.test>', From: '<sip:core.test>;tag=1' };
  const register = request('REGISTER', 'sip:rejoin.test', ofCore);
  expect(routeRequest(register, inner, a)).toMatchObject({ kind: 'edge', edge: 'b' });
});

test('what somebody asserts who is not trusted is not passed on to an edge that would believe it [RFC 3325 5]', () => {
  const claim = { ...served, 'P-Asserted-Identity': '<sip:alice@rejoin.test>' };
  const sent = (from: typeof client) =>
    requestOf(routeRequest(request('INVITE', factory, claim), from, a));
  expect(header(sent(client), 'P-Asserted-Identity')).toBeUndefined();
  expect(header(sent(client), 'P-Served-User')).toBeUndefined();
  expect(header(sent(inner), 'P-Asserted-Identity')).toBe('<sip:alice@rejoin.test>');
  expect(header(sent(inner), 'P-Served-User')).toBeDefined();
});
