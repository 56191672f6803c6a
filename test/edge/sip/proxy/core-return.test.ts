/** Requests of ours that an IMS core brings back to us. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../../edge/sip/effect.ts';
import { header, headerValues } from '../../../../edge/sip/header.ts';
import { returnedRequestsMax } from '../../../../edge/sip/limit.ts';
import type { SipRequest, SipResponse } from '../../../../edge/sip/message.ts';
import { CoreReturn, type Returned } from '../../../../edge/sip/proxy/core-return.ts';
import { client, request } from './edges.ts';

const core: Flow = { id: 'tcp/3', transport: 'tcp', host: '10.0.0.9', port: 45_000 };
const bob = 'sip:bob@rejoin.test';
const ours = 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKours';
const way = '<sip:10.0.0.1;lr>, <sip:odi1@10.0.0.9:6060;transport=udp;lr>, <sip:later.test;lr>';

function returns(): CoreReturn {
  return new CoreReturn({
    host: '10.0.0.1',
    port: 5060,
    isOurs: (host, port) => port === 5060 && ['10.0.0.1', '10.0.0.2'].includes(host),
    isTrusted: ({ host }) => host.startsWith('10.'),
  });
}

function brought(
  method: string,
  headers: Readonly<Record<string, string>> = {},
  behind = ours,
): SipRequest {
  const via = `SIP/2.0/TCP 10.0.0.9:6060;branch=z9hG4bKcore, ${behind}`;
  return request(method, bob, { Via: via, Route: way, 'Max-Forwards': '60', ...headers });
}

/** What the core sends for a request hop by hop. */
function following(method: string): SipRequest {
  const Via = 'SIP/2.0/TCP 10.0.0.9:6060;branch=z9hG4bKcore';
  return request(method, bob, { Via, Route: way, To: `<${bob}>;tag=2` });
}

type Passed = Extract<Returned, { kind: 'passed' }>;

function passed(returned: Returned | undefined): Passed {
  if (returned?.kind !== 'passed') throw new Error(returned?.reason ?? 'not taken');
  return returned;
}

describe('a request of ours that comes back', () => {
  test('goes on unchanged along the route of the core [3GPP TS 24.229 5.7.4]', () => {
    const invite = brought('INVITE', { Subject: 'Hiking' });
    const { message, target } = passed(returns().take(invite, core));
    expect(target).toEqual({ transport: 'udp', host: '10.0.0.9', port: 6060 });
    expect(headerValues(message, 'Route')).toEqual([
      '<sip:odi1@10.0.0.9:6060;transport=udp;lr>',
      '<sip:later.test;lr>',
    ]);
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', uri: bob });
    expect(header(message, 'Max-Forwards')).toBe('59');
    expect(header(message, 'Subject')).toBe('Hiking');
    const [via = '', ...others] = headerValues(message, 'Via');
    expect(via).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1:5060;branch=z9hG4bK-back-core;back=/);
    expect(others).toHaveLength(2);
  });

  test('is recognised if another edge of ours has made it [design 7]', () => {
    const behind = 'SIP/2.0/TCP 10.0.0.2;branch=z9hG4bKother';
    expect(returns().take(brought('MESSAGE', {}, behind), core)?.kind).toBe('passed');
  });

  test('is followed by its CANCEL, and by the ACK of a refusal [RFC 3261 9.1, 17.1.1.3]', () => {
    const way = returns();
    expect(way.take(following('CANCEL'), core)).toBeUndefined();
    const [first] = headerValues(passed(way.take(brought('INVITE'), core)).message, 'Via');
    for (const method of ['CANCEL', 'ACK']) {
      const { message, target } = passed(way.take(following(method), core));
      expect(headerValues(message, 'Via')[0]).toBe(first);
      expect(target.host).toBe('10.0.0.9');
    }
  });

  test('is followed by a CANCEL that repeats no routes, too', () => {
    const way = returns();
    way.take(brought('INVITE'), core);
    const { headers, ...cancel } = following('CANCEL');
    const bare = { ...cancel, headers: headers.filter(({ name }) => name !== 'Route') };
    expect(headerValues(passed(way.take(bare, core)).message, 'Route')).toEqual([]);
  });

  test('is answered by the way it came [RFC 3261 16.7]', () => {
    const way = returns();
    const { message } = passed(way.take(brought('INVITE'), core));
    const response: SipResponse = {
      kind: 'response',
      status: 200,
      reason: 'OK',
      headers: message.headers.filter(({ name }) => name === 'Via'),
      body: new Uint8Array(),
    };
    const back = passed(way.take(response, core));
    const { id, ...place } = core;
    expect(back.target).toEqual({ ...place, flow: id });
    expect(headerValues(back.message, 'Via')).toEqual(headerValues(brought('INVITE'), 'Via'));
    expect(way.take(back.message, core)).toBeUndefined();
  });

  test('of a core that names neither branch nor hops goes on alone', () => {
    const way = returns();
    const headers = [
      { name: 'Via', value: `SIP/2.0/TCP 10.0.0.9:6060, ${ours}` },
      { name: 'Route', value: '<sip:10.0.0.1;lr>, <sip:odi1@10.0.0.9>' },
    ];
    const { message } = passed(way.take({ ...brought('MESSAGE'), headers }, core));
    expect(header(message, 'Max-Forwards')).toBe('69');
    expect(way.take({ ...following('CANCEL'), headers: headers.slice(1) }, core)).toBeUndefined();
  });

  test('is refused if the core gives it no route, or no hop is left [RFC 3261 16.3]', () => {
    const lost = returns().take(brought('INVITE', { Route: '<sip:10.0.0.1;lr>' }), core);
    expect(lost).toMatchObject({ kind: 'refused', status: 482 });
    const last = returns().take(brought('INVITE', { 'Max-Forwards': '0' }), core);
    expect(last).toMatchObject({ kind: 'refused', status: 483 });
  });

  test('is forgotten with the oldest first when there are too many', () => {
    const way = returns();
    way.take(brought('INVITE'), core);
    for (let count = 0; count < returnedRequestsMax; count++) {
      const Via = `SIP/2.0/TCP 10.0.0.9:6060;branch=z9hG4bK${count}, ${ours}`;
      way.take(brought('MESSAGE', { Via }), core);
    }
    expect(way.take(following('CANCEL'), core)).toBeUndefined();
  });
});

describe('not taken is', () => {
  test.each([
    ['a request of somebody else', brought('INVITE', {}, 'SIP/2.0/TCP 10.0.0.7;branch=z9hG4bKx')],
    ['one within a dialog', brought('INVITE', { To: `<${bob}>;tag=2` })],
    ['one that only came by an edge of ours', brought('INVITE', {}, `${ours};edge=b`)],
    ['one whose way cannot be read', brought('INVITE', {}, 'nonsense')],
    ['one that lacks all names', { ...brought('INVITE'), headers: [] }],
  ])('%s', (_, message) => {
    expect(returns().take(message, core)).toBeUndefined();
  });

  test('what an untrusted sender pretends [design 6.9]', () => {
    expect(returns().take(brought('INVITE'), client)).toBeUndefined();
  });

  test.each([
    'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1',
    'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1;back=nonsense',
    'SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bK1;back=tcp!10.0.0.9!45000!tcp_2f3',
    'SIP/2.0/TCP 10.0.0.1:5061;branch=z9hG4bK1;back=tcp!10.0.0.9!45000!tcp_2f3',
    'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1;back=udp!192.0.2.10!5060!udp_3a1',
  ])('an answer by %s', (value) => {
    const headers = [{ name: 'Via', value }];
    const body = new Uint8Array();
    const response = { kind: 'response', status: 200, reason: 'OK', headers, body } as const;
    expect(returns().take(response, core)).toBeUndefined();
  });
});
