/** Requests that name an edge that is gone: its dialogs were taken over by the homes of its users. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../../edge/sip/effect.ts';
import { headerValues } from '../../../../edge/sip/header.ts';
import { routeRequest } from '../../../../edge/sip/proxy/edge-proxy.ts';
import { flowToken } from '../../../../edge/sip/proxy/flow-token.ts';
import { a, b, client, inner, request, requestOf } from './edges.ts';

const peer: Flow = { id: 'tcp/5', transport: 'tcp', host: '10.0.9.9', port: 5060 };
const gone = '<sip:10.0.0.7:5060;lr;edge=gone>';
const goneFlow = '<sip:10.0.0.7:5060;lr;edge=gone;flow=tcp!x!1!tcp_2f7>';
const ofBob = { To: '<sip:g@focus.test>;tag=2' };
const toBob = { From: '<sip:g@focus.test>;tag=2', To: '<sip:bob@rejoin.test>;tag=1' };

describe('a request within a dialog of an edge that is gone', () => {
  test('goes to the home of the client that sends it, without the route over that edge [design 7]', () => {
    const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: gone });
    const routed = routeRequest(bye, client, a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
    const sent = requestOf(routed);
    expect(headerValues(sent, 'Route')).toEqual([]);
    expect(headerValues(sent, 'Record-Route')).toEqual([]);
    expect(headerValues(sent, 'Max-Forwards')).toEqual(['69']);
  });

  test('goes to the home of the user whom a peer sends it to [design 7]', () => {
    const bye = request('BYE', 'sip:bob@10.0.0.7:5060;edge=gone', toBob);
    expect(routeRequest(bye, peer, a)).toMatchObject({ kind: 'edge', edge: 'b' });
  });

  test('goes to the home of the client where it comes over a host that is trusted [design 7]', () => {
    const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: gone });
    expect(routeRequest(bye, peer, a)).toMatchObject({ kind: 'edge', edge: 'b' });
  });

  test('is not let to a user by who is not trusted [design 6.9]', () => {
    const bye = request('BYE', 'sip:bob@10.0.0.7:5060;edge=gone', toBob);
    expect(routeRequest(bye, client, a).kind).toBe('local');
  });

  test('stays at the home of its user, and where no user of ours is concerned', () => {
    const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: gone });
    expect(routeRequest(bye, client, b)).toMatchObject({ kind: 'local' });
    const strange = request('BYE', 'sip:x@10.0.0.7;edge=gone', {
      From: '<sip:g@focus.test>;tag=1',
      To: '<sip:g2@rejoin.test>;tag=2',
    });
    expect(routeRequest(strange, peer, a)).toMatchObject({ kind: 'local', message: strange });
    const nobody = request('BYE', 'sip:x@10.0.0.7;edge=gone', { From: 'x', To: 'y;tag=2' });
    expect(routeRequest(nobody, peer, a)).toMatchObject({ kind: 'local' });
  });

  test('stays if it comes from another edge: two that disagree send nothing to and fro', () => {
    const bye = request('BYE', 'sip:bob@10.0.0.7:5060;edge=gone', toBob);
    const sent = requestOf(routeRequest(bye, peer, a));
    expect(routeRequest(sent, inner, { ...b, homeOf: () => 'c' }).kind).toBe('local');
  });

  test('is refused when no hop is left [RFC 3261 16.3]', () => {
    const last = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: gone, 'Max-Forwards': '0' });
    expect(routeRequest(last, client, a)).toMatchObject({ kind: 'refused', status: 483 });
  });
});

test('an edge that nobody knows of yet takes what names itself', () => {
  const route = '<sip:10.0.0.1:5060;lr;edge=a>';
  const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: route });
  const routed = routeRequest(bye, client, { ...a, isAlive: () => false });
  expect(routed).toMatchObject({ kind: 'local', message: bye });
});

describe('a request whose way led over an edge that is gone', () => {
  test('goes on to the edge that stands behind it [RFC 3261 16.12]', () => {
    const routes = `${goneFlow}, <sip:10.0.0.3:5060;lr;edge=c>`;
    const routed = routeRequest(
      request('BYE', 'sip:g@focus.test', { ...ofBob, Route: routes }),
      client,
      a,
    );
    expect(routed).toMatchObject({ kind: 'edge', edge: 'c' });
    expect(headerValues(requestOf(routed), 'Route')).toEqual(['<sip:10.0.0.3:5060;lr;edge=c>']);
    const byContact = request('BYE', 'sip:g@10.0.0.3;edge=c', { ...ofBob, Route: goneFlow });
    expect(routeRequest(byContact, client, a)).toMatchObject({ kind: 'edge', edge: 'c' });
  });

  test('is taken here if this edge stands behind it', () => {
    const routes = `${goneFlow}, <sip:10.0.0.1:5060;lr;edge=a>`;
    const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: routes });
    expect(routeRequest(bye, client, a).kind).toBe('local');
  });

  test('goes to the home of its client if it came back over this edge first [RFC 5626 5.3]', () => {
    const own = `<sip:10.0.0.1:5060;lr;edge=a;flow=${flowToken(client)}>`;
    const bye = request('BYE', 'sip:g@focus.test', { ...ofBob, Route: `${own}, ${gone}` });
    expect(routeRequest(bye, client, a)).toMatchObject({ kind: 'edge', edge: 'b' });
  });

  test('begins at the home of its user if it begins something [RFC 5626 5.1]', () => {
    const invite = request('INVITE', 'sip:g@focus.test', { Route: gone });
    const routed = routeRequest(invite, client, a);
    expect(routed).toMatchObject({ kind: 'edge', edge: 'b' });
    expect(headerValues(requestOf(routed), 'Record-Route')).toHaveLength(1);
    const contact = request('MESSAGE', 'sip:bob@10.0.0.7:5060;edge=gone', {
      From: '<sip:x@other.test>;tag=1',
      'P-Asserted-Identity': '<sip:x@other.test>',
    });
    expect(routeRequest(contact, peer, a)).toMatchObject({ kind: 'edge', edge: 'b' });
  });
});
