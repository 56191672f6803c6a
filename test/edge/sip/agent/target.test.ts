import { expect, test } from 'vitest';
import {
  isReliable,
  nextHop,
  responseTarget,
  stampVia,
  viaTransport,
  wayBack,
} from '../../../../edge/sip/agent/target.ts';
import type { Flow, Target, Transport } from '../../../../edge/sip/effect.ts';
import { headerValues } from '../../../../edge/sip/header.ts';
import { emptyBody, type SipRequest } from '../../../../edge/sip/message.ts';
import { parseVia } from '../../../../edge/sip/via.ts';

const flow = (transport: Transport, host = '192.0.2.1'): Flow => ({
  id: `${transport}:7`,
  transport,
  host,
  port: 40000,
});

const request = (...vias: string[]): SipRequest => ({
  kind: 'request',
  method: 'OPTIONS',
  uri: 'sip:a',
  headers: [...vias.map((value) => ({ name: 'Via', value })), { name: 'To', value: 'x' }],
  body: emptyBody,
});

const stamped = (via: string, from: Flow) => headerValues(stampVia(request(via), from), 'Via');

test('the source is noted in the top Via where it differs [RFC 3261 18.2.1]', () => {
  expect(stamped('SIP/2.0/UDP pc.x;branch=z', flow('udp'))).toEqual([
    'SIP/2.0/UDP pc.x;branch=z;received=192.0.2.1',
  ]);
  expect(stamped('SIP/2.0/UDP 192.0.2.1:5061;branch=z', flow('udp'))).toEqual([
    'SIP/2.0/UDP 192.0.2.1:5061;branch=z',
  ]);
  expect(stamped('SIP/2.0/TCP [2001:db8::1];branch=z', flow('tcp', '2001:db8::1'))).toEqual([
    'SIP/2.0/TCP [2001:db8::1];branch=z',
  ]);
});

test('a wish for rport is met with address and port, and a forged one is replaced [RFC 3581 4]', () => {
  expect(stamped('SIP/2.0/UDP 192.0.2.1;rport;branch=z', flow('udp'))).toEqual([
    'SIP/2.0/UDP 192.0.2.1;branch=z;received=192.0.2.1;rport=40000',
  ]);
  expect(stamped('SIP/2.0/UDP x;rport=1;received=9.9.9.9', flow('udp'))).toEqual([
    'SIP/2.0/UDP x;received=192.0.2.1;rport=40000',
  ]);
});

test('only the top Via changes, and none within the process', () => {
  const two = request('SIP/2.0/UDP p;branch=1, SIP/2.0/UDP q;branch=2', 'SIP/2.0/UDP r;branch=3');
  expect(headerValues(stampVia(two, flow('udp')), 'Via')).toEqual([
    'SIP/2.0/UDP p;branch=1;received=192.0.2.1',
    'SIP/2.0/UDP q;branch=2',
    'SIP/2.0/UDP r;branch=3',
  ]);
  expect(stampVia(two, flow('local'))).toBe(two);
  expect(stampVia(request(), flow('udp')).headers).toHaveLength(1);
});

const answerTo = (via: string, from: Flow) => {
  const parsed = parseVia(via);
  if (parsed === undefined) throw new Error('no Via');
  return responseTarget(parsed, from);
};

test('a response goes to rport, or to the sent-by port at the source [RFC 3261 18.2.2, RFC 3581 4]', () => {
  expect(answerTo('SIP/2.0/UDP pc;rport=40000', flow('udp'))).toEqual({
    ...{ transport: 'udp', host: '192.0.2.1', port: 40000 },
  });
  expect(answerTo('SIP/2.0/UDP pc:5099', flow('udp')).port).toBe(5099);
  expect(answerTo('SIP/2.0/UDP pc', flow('udp')).port).toBe(5060);
});

test('over a stream it goes by the connection, else to the sent-by port [RFC 3261 18.2.2]', () => {
  expect(answerTo('SIP/2.0/TCP pc;rport=40000', flow('tcp'))).toEqual({
    ...{ transport: 'tcp', host: '192.0.2.1', port: 5060, flow: 'tcp:7' },
  });
  expect(answerTo('SIP/2.0/TLS pc', flow('tls')).port).toBe(5061);
  expect(answerTo('SIP/2.0/WSS pc', flow('wss')).port).toBe(5061);
  expect(answerTo('SIP/2.0/TCP pc', flow('local')).port).toBe(40000);
});

test('maddr does not aim our answers at others', () => {
  expect(answerTo('SIP/2.0/UDP pc;maddr=203.0.113.9', flow('udp')).host).toBe('192.0.2.1');
});

test('a peer alone in Via that asks for rport is met where it called from [RFC 3581]', () => {
  const back = (...vias: string[]) => wayBack(request(...vias), flow('udp')).flow;
  expect(back('SIP/2.0/UDP pc;rport=40000')).toBe('udp:7');
  expect(back('SIP/2.0/UDP pc')).toBeUndefined();
  expect(back('SIP/2.0/UDP p;rport=40000', 'SIP/2.0/UDP pc')).toBeUndefined();
  expect(back()).toBeUndefined();
  expect(wayBack(request('SIP/2.0/TCP pc'), flow('tcp')).flow).toBe('tcp:7');
});

const base = (transport: Transport, id?: string): Target => ({
  ...{ transport, host: '192.0.2.1', port: 40000 },
  ...(id === undefined ? {} : { flow: id }),
});

test('without a flow the next hop is where its URI says [RFC 3261 12.2.1.1]', () => {
  const at = (uri: string, transport: Transport = 'udp') => nextHop(base(transport), uri);
  expect(at('sip:b@10.0.0.2')).toEqual({ transport: 'udp', host: '10.0.0.2', port: 5060 });
  expect(at('sip:b@10.0.0.2:99;transport=TCP')).toEqual({
    transport: 'tcp',
    host: '10.0.0.2',
    port: 99,
  });
  expect(at('sip:b@10.0.0.2;transport=carrier-pigeon').transport).toBe('udp');
  expect(at('sips:b@10.0.0.2')).toEqual({ transport: 'tls', host: '10.0.0.2', port: 5061 });
  expect(at('sip:b@[2001:db8::1]').host).toBe('2001:db8::1');
});

test('over a flow the URI says only where to go if the flow is gone [RFC 5626 5.3]', () => {
  expect(nextHop(base('tcp', 'tcp:7'), 'sip:b@10.0.0.2:99;transport=udp')).toEqual({
    ...{ transport: 'tcp', host: '10.0.0.2', port: 99, flow: 'tcp:7' },
  });
  expect(nextHop(base('udp', 'udp:7'), 'sip:b@10.0.0.2')).toEqual(base('udp', 'udp:7'));
  expect(nextHop(base('local', 'local:7'), 'sip:b@10.0.0.2')).toEqual(base('local', 'local:7'));
});

test('a URI that leads nowhere leaves the target as it was [RFC 7118 5]', () => {
  for (const uri of ['sip:b@df7jal23ls0d.invalid', 'tel:+4930', 'nonsense']) {
    expect(nextHop(base('ws', 'ws:7'), uri)).toEqual(base('ws', 'ws:7'));
  }
});

test('only UDP loses messages, and Via knows no transport within the process', () => {
  expect([isReliable('udp'), isReliable('local'), isReliable('wss')]).toEqual([false, true, true]);
  expect([viaTransport('local'), viaTransport('wss')]).toEqual(['TCP', 'WSS']);
});

test('the next hop is the base where that was found by the same name and port', () => {
  const known = { transport: 'tcp', host: '10.0.0.9', port: 5070 } as const;
  const at = (uri: string, foundBy?: string) => nextHop(known, uri, foundBy).host;
  expect(at('sip:b@a.test', 'sip:c@A.test')).toBe('10.0.0.9');
  expect(at('sip:b@a.test', undefined)).toBe('a.test');
  expect(at('sip:b@a.test', 'sip:c@b.test')).toBe('a.test');
  expect(at('sip:b@a.test:5061', 'sip:c@a.test')).toBe('a.test');
  // An address is no name: it can be reached as it is.
  expect(at('sip:b@10.0.0.2', 'sip:c@10.0.0.2')).toBe('10.0.0.2');
  expect(at('sip:b@[2001:db8::a]', 'sip:c@[2001:db8::a]')).toBe('2001:db8::a');
  expect(at('tel:+1', 'sip:c@a.test')).toBe('10.0.0.9');
});
