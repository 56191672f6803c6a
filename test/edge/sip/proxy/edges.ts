/** Two edges, a client that is connected to one of them, and what it sends. */
import type { Flow } from '../../../../edge/sip/effect.ts';
import type { SipRequest } from '../../../../edge/sip/message.ts';
import type { EdgeProxyOptions, Routed } from '../../../../edge/sip/proxy/edge-proxy.ts';

export const client: Flow = { id: 'tcp/7', transport: 'tcp', host: '192.0.2.9', port: 40_000 };
export const inner: Flow = { id: 'tcp/2', transport: 'tcp', host: '10.0.0.2', port: 50_000 };

/** Bob's home is `b`, everybody else's `a`; both are there, and `c`. */
export const a: EdgeProxyOptions = {
  edge: 'a',
  host: '10.0.0.1',
  port: 5060,
  domain: 'rejoin.test',
  homeOf: (address) => (address.includes('bob') ? 'b' : 'a'),
  isAlive: (edge) => ['a', 'b', 'c'].includes(edge),
  isUser: (address) => /^sip:(alice|bob)@rejoin.test$/.test(address),
  isTrusted: ({ host }) => host.startsWith('10.'),
};
export const b: EdgeProxyOptions = { ...a, edge: 'b', host: '10.0.0.2' };

/** A request as a client of Bob's sends it. */
export function request(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string>> = {},
): SipRequest {
  const all = {
    Via: 'SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bKone',
    From: '<sip:bob@rejoin.test>;tag=1',
    To: '<sip:bob@rejoin.test>',
    'Call-ID': 'call-1',
    CSeq: `1 ${method}`,
    ...headers,
  };
  return {
    kind: 'request',
    method,
    uri,
    headers: Object.entries(all).map(([name, value]) => ({ name, value })),
    body: new Uint8Array(),
  };
}

/** The request that goes on. */
export function requestOf(routed: Routed): SipRequest {
  if (routed.kind === 'refused' || routed.message.kind !== 'request') throw new Error(routed.kind);
  return routed.message;
}
