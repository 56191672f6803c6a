import { expect, test } from 'vitest';
import {
  type Binding,
  contactValue,
  isMoved,
  isSameClient,
  targetOf,
  withoutFlow,
} from '../../../edge/registrar/binding.ts';
import type { Flow, Target, Transport } from '../../../edge/sip/effect.ts';
import { parseUri } from '../../../edge/sip/uri.ts';

const plain: Binding = {
  contact: 'sip:alice@192.0.2.7:5070',
  params: '',
  callId: 'c',
  cseq: 1,
  expiresAtMs: 60_000,
  q: 1,
  target: { transport: 'udp', host: '192.0.2.7', port: 5070 },
  path: [],
};
const device: Binding = { ...plain, instance: '<urn:uuid:1>' };

test('clients are told apart by their instance and reg-id (RFC 5626 6)', () => {
  expect(isSameClient(device, { ...device, contact: 'sip:alice@other' })).toBe(true);
  expect(isSameClient(device, { ...device, instance: '<urn:uuid:2>' })).toBe(false);
  expect(isSameClient(device, { ...device, regId: 1 })).toBe(false);
});

test('clients without an instance are told apart by their contact (RFC 3261 10.3)', () => {
  expect(isSameClient(plain, { ...plain, contact: 'SIP:alice@192.0.2.7:5070' })).toBe(true);
  expect(isSameClient(plain, device)).toBe(true);
  expect(isSameClient(plain, { ...plain, contact: 'sip:alice@192.0.2.8:5070' })).toBe(false);
});

test.each<[string, Partial<Binding>, boolean]>([
  ['nothing', { cseq: 2 }, false],
  ['the contact', { contact: 'sip:alice@other' }, true],
  ['the transport', { target: { ...plain.target, transport: 'tcp' } }, true],
  ['the host', { target: { ...plain.target, host: 'h' } }, true],
  ['the port', { target: { ...plain.target, port: 1 } }, true],
  ['the connection', { target: { ...plain.target, flow: 'tcp:1' } }, true],
])('a client of which %s is different has moved: %#', (_, changes, moved) => {
  expect(isMoved(plain, { ...plain, ...changes })).toBe(moved);
});

test('a contact is listed with all its parameters and the rest of its time (RFC 3261 10.3 step 8)', () => {
  expect(contactValue(plain, 1)).toBe('<sip:alice@192.0.2.7:5070>;expires=60');
  expect(contactValue(plain, 70_000)).toBe('<sip:alice@192.0.2.7:5070>;expires=0');
  expect(contactValue({ ...device, regId: 2, q: 0.5, params: ';a="b"' }, 0)).toBe(
    '<sip:alice@192.0.2.7:5070>;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=2;a="b";expires=60',
  );
});

function flow(transport: Transport): Flow {
  return { id: `${transport}:1`, transport, host: '198.51.100.1', port: 4000 };
}

test.each<[string, Transport, string, readonly string[], Target]>([
  ['UDP', 'udp', 'sip:a@10.0.0.1', [], { transport: 'udp', host: '198.51.100.1', port: 4000 }],
  [
    'UDP for a contact over TCP',
    'udp',
    'sip:a@10.0.0.1;transport=TCP',
    [],
    { transport: 'tcp', host: '10.0.0.1', port: 5060 },
  ],
  [
    'UDP for a contact over TLS',
    'udp',
    'sips:a@10.0.0.1',
    [],
    { transport: 'tls', host: '10.0.0.1', port: 5061 },
  ],
  [
    'UDP through a proxy',
    'udp',
    'sip:a@10.0.0.1',
    ['sip:proxy.example:5080;lr'],
    { transport: 'udp', host: 'proxy.example', port: 5080 },
  ],
  [
    'TCP',
    'tcp',
    'sip:a@[2001:db8::1]:5070',
    [],
    { transport: 'tcp', host: '2001:db8::1', port: 5070, flow: 'tcp:1' },
  ],
  [
    'TLS',
    'tls',
    'sip:a@h;transport=other',
    [],
    { transport: 'tls', host: 'h', port: 5061, flow: 'tls:1' },
  ],
  [
    'TCP with a contact that is no address',
    'tcp',
    'sip:a@x.INVALID',
    [],
    { transport: 'tcp', host: '198.51.100.1', port: 4000, flow: 'tcp:1' },
  ],
  [
    'WebSocket (RFC 7118 5)',
    'wss',
    'sip:a@x.invalid',
    [],
    { transport: 'wss', host: '198.51.100.1', port: 4000, flow: 'wss:1' },
  ],
])('a client that registers by %s is reached there', (_, transport, contact, path, target) => {
  const uri = parseUri(contact);
  expect(uri && targetOf(uri, flow(transport), path)).toEqual(target);
});

test('a client whose connection is gone is reached at its contact', () => {
  const binding = { ...plain, target: { ...plain.target, flow: 'tcp:1' } };
  expect(withoutFlow(binding)).toEqual(plain);
});
