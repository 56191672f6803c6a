import { expect, test } from 'vitest';
import type { Binding } from '../../../edge/registrar/binding.ts';
import { bindingsPerUserMax, bindingTextMax, maxExpiresS } from '../../../edge/registrar/limit.ts';
import {
  type Registered,
  type RegisterOptions,
  register,
  registerLimits,
} from '../../../edge/registrar/register.ts';
import { type RequestParts, request, tcpFlow, udpFlow, valuesOf } from './client.ts';

const options: RegisterOptions = {
  nowMs: 0,
  flow: udpFlow,
  limits: registerLimits,
  intern: (text) => text,
};
const contact = 'Contact: <sip:alice@192.0.2.7:5070>';
const phone = 'Contact: <sip:a@phone>;+sip.instance="<urn:uuid:1>"';

function ask(
  bindings: readonly Binding[],
  parts: RequestParts,
  changed: Partial<RegisterOptions> = {},
): Registered {
  return register(bindings, request(parts), { ...options, ...changed });
}

type Updated = Extract<Registered, { kind: 'updated' }>;

function updated(registered: Registered): Updated {
  if (registered.kind === 'refused') throw new Error(registered.reason);
  return registered;
}

function kinds(registered: Registered): readonly string[] {
  return updated(registered).changes.map((change) => change.kind);
}

/** The bindings after one request. */
function after(...headers: readonly string[]): readonly Binding[] {
  return updated(ask([], { headers })).bindings;
}

test('a contact becomes a binding with all that matters of the request (RFC 3261 10.3)', () => {
  const registered = ask([], {
    cseq: 7,
    headers: [
      'Contact: "A" <sip:alice@192.0.2.7:5070;ob>;Expires=120;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=2;+g.x="a,b";isfocus',
      'User-Agent: client/1',
      'Expires: 300',
    ],
  });
  expect(updated(registered).bindings).toEqual([
    {
      contact: 'sip:alice@192.0.2.7:5070;ob',
      instance: '<urn:uuid:1>',
      regId: 2,
      params: ';+g.x="a,b";isfocus',
      callId: 'call-1',
      cseq: 7,
      expiresAtMs: 120_000,
      q: 0.5,
      target: { transport: 'udp', host: '192.0.2.7', port: 5070 },
      path: [],
      userAgent: 'client/1',
    },
  ]);
  expect(kinds(registered)).toEqual(['added']);
  expect(valuesOf(updated(registered).headers, 'Contact')).toEqual([
    '<sip:alice@192.0.2.7:5070;ob>;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=2;+g.x="a,b";isfocus;expires=120',
  ]);
});

test('a request without contacts asks for the list (RFC 3261 10.2.3)', () => {
  const registered = updated(ask(after(contact), {}));
  expect(registered.changes).toEqual([]);
  expect(valuesOf(registered.headers, 'Contact')).toEqual([
    '<sip:alice@192.0.2.7:5070>;expires=3600',
  ]);
});

test.each([
  ['the contact', ['Expires: 100', `${contact};expires=200`], 200],
  ['the request', ['Expires: 100', contact], 100],
  ['nobody', [contact], 3600],
  ['a contact that can not be read', ['Expires: 100', `${contact};expires=soon`], 3600],
  ['a request that can not be read', ['Expires: soon', contact], 3600],
  ['more than we keep', [`${contact};expires=99999999`], maxExpiresS],
  ['the shortest that we keep', [`${contact};expires=60`], 60],
])('the time is that of %s (RFC 3261 10.3 step 7)', (_, headers, seconds) => {
  expect(after(...headers)[0]?.expiresAtMs).toBe(seconds * 1000);
});

test('too short a time is refused with the shortest (RFC 3261 10.3 step 7)', () => {
  expect(ask([], { headers: [`${contact};expires=59`] })).toEqual({
    kind: 'refused',
    status: 423,
    reason: 'Interval Too Brief',
    headers: [{ name: 'Min-Expires', value: '60' }],
  });
});

test.each([
  ['0', 0],
  ['0.123', 0.123],
  ['1.000', 1],
  ['2', 1],
  ['x', 1],
])('a preference of %s counts as %d (RFC 3261 20.10)', (text, q) => {
  expect(after(`${contact};q=${text}`)[0]?.q).toBe(q);
});

test('a later request of the same client refreshes its binding (RFC 3261 10.2.4)', () => {
  const known = after(contact);
  const registered = ask(known, { cseq: 2, headers: [contact] }, { nowMs: 1000 });
  expect(kinds(registered)).toEqual(['refreshed']);
  expect(updated(registered).bindings).toMatchObject([{ cseq: 2, expiresAtMs: 3_601_000 }]);
});

test('a request of the same call that is not later is refused (RFC 3261 10.3 step 7)', () => {
  const known = after(contact);
  const late = { kind: 'refused', status: 500 };
  expect(ask(known, { cseq: 1, headers: [contact] })).toMatchObject(late);
  expect(ask(known, { cseq: 1, headers: [`${contact};expires=0`] })).toMatchObject(late);
  expect(ask(known, { cseq: 1, headers: ['Contact: *', 'Expires: 0'] })).toMatchObject(late);
  expect(ask(known, { callId: 'other', cseq: 1, headers: [contact] })).toMatchObject({
    kind: 'updated',
  });
});

test('a client that begins anew at the same place counts as moved (RFC 3261 10.2)', () => {
  const known = after(contact);
  expect(kinds(ask(known, { callId: 'other', cseq: 1, headers: [contact] }))).toEqual(['moved']);
});

test('a client that comes back from elsewhere replaces its old contact (RFC 5626 6)', () => {
  const known = after(phone);
  const moved = phone.replace('a@phone', 'a@elsewhere');
  const registered = updated(ask(known, { callId: 'new', headers: [moved] }, { flow: tcpFlow }));
  expect(registered.changes.map((change) => change.kind)).toEqual(['moved']);
  expect(registered.bindings).toMatchObject([
    { contact: 'sip:a@elsewhere', target: { transport: 'tcp', flow: 'tcp:1' } },
  ]);
});

test('several clients of a user are kept side by side (RFC 3261 10.2.1)', () => {
  const tablet = phone.replace('uuid:1', 'uuid:2');
  const known = after(phone);
  const both = ask(known, { callId: 'tablet', headers: [tablet] });
  expect(kinds(both)).toEqual(['added']);
  expect(updated(both).bindings).toHaveLength(2);
  const flows = ask(known, { callId: 'flow', headers: [`${phone};reg-id=1`] });
  expect(kinds(flows)).toEqual(['added']);
});

test('one contact is taken back by a time of 0 (RFC 3261 10.2.2)', () => {
  const known = after(`${contact}, <sip:alice@other>`);
  const registered = ask(known, { cseq: 2, headers: [`${contact};expires=0`] });
  expect(kinds(registered)).toEqual(['removed']);
  expect(updated(registered).bindings.map((binding) => binding.contact)).toEqual([
    'sip:alice@other',
  ]);
  expect(kinds(ask([], { headers: [`${contact};expires=0`] }))).toEqual([]);
});

test('all contacts are taken back by * with a time of 0 (RFC 3261 10.2.2)', () => {
  const known = after(`${contact}, <sip:alice@other>`);
  const registered = ask(known, { cseq: 2, headers: ['Contact: *', 'Expires: 0'] });
  expect(kinds(registered)).toEqual(['removed', 'removed']);
  expect(updated(registered)).toMatchObject({ bindings: [], headers: [] });
});

test.each([
  ['* without a time of 0', ['Contact: *', 'Expires: 60'], 400],
  ['* without a time', ['Contact: *'], 400],
  ['* beside another', ['Contact: *', contact, 'Expires: 0'], 400],
  ['a contact of another scheme', ['Contact: <http://x>'], 400],
  ['a telephone number', ['Contact: <tel:+1>'], 400],
  ['too long a contact', [`${contact};x=${'y'.repeat(bindingTextMax)}`], 403],
])('%s is refused (RFC 3261 10.3 step 6)', (_, headers, status) => {
  expect(ask([], { headers })).toMatchObject({ kind: 'refused', status });
});

test('of a request with one bad contact nothing is done (RFC 3261 10.3 step 7)', () => {
  const registered = ask([], { headers: [contact, 'Contact: <sip:alice@other>;expires=1'] });
  expect(registered).toMatchObject({ kind: 'refused', status: 423 });
});

test('a user has a bounded number of clients', () => {
  const many = Array.from({ length: bindingsPerUserMax }, (_, index) => `<sip:a@${index}.test>`);
  const known = after(`Contact: ${many.join(', ')}`);
  expect(known).toHaveLength(bindingsPerUserMax);
  expect(ask(known, { cseq: 2, headers: [contact] })).toMatchObject({
    kind: 'refused',
    status: 403,
  });
  expect(kinds(ask(known, { cseq: 2, headers: [`Contact: ${many[0]}`] }))).toEqual(['refreshed']);
});

test('bindings whose time is over are dropped and told (RFC 3261 10.3)', () => {
  const known = after(`${contact};expires=60`);
  const registered = updated(ask(known, {}, { nowMs: 60_000 }));
  expect(registered).toMatchObject({ bindings: [], changes: [{ kind: 'expired' }], headers: [] });
});

test('the way through proxies is kept and told (RFC 3327 5.3)', () => {
  const registered = updated(
    ask([], { headers: [contact, 'Path: <sip:p1.test;lr>, <sip:p2.test;lr>'] }),
  );
  expect(registered.bindings).toMatchObject([
    { path: ['sip:p1.test;lr', 'sip:p2.test;lr'], target: { host: 'p1.test', port: 5060 } },
  ]);
  expect(valuesOf(registered.headers, 'Path')).toEqual(['<sip:p1.test;lr>, <sip:p2.test;lr>']);
});

test('a client with several flows is told that they are kept, if it understands (RFC 5626 6)', () => {
  const outbound = [`${phone};reg-id=1`, 'Supported: path, outbound'];
  expect(valuesOf(updated(ask([], { headers: outbound })).headers, 'Require')).toEqual([
    'outbound',
  ]);
  const unaware = updated(ask([], { headers: [`${phone};reg-id=1`] }));
  expect(valuesOf(unaware.headers, 'Require')).toEqual([]);
});

test('reg-id counts only beside an instance, and only as a number (RFC 5626 4.2)', () => {
  expect(after(`${contact};reg-id=1`)[0]).not.toHaveProperty('regId');
  expect(after(`${phone};reg-id=0`)[0]).not.toHaveProperty('regId');
  expect(after(`${phone};reg-id=x`)[0]).not.toHaveProperty('regId');
});

test('a request without Call-ID and CSeq does no harm', () => {
  const bare = { ...request({ headers: [contact] }), headers: [] };
  expect(register([], bare, options)).toMatchObject({ kind: 'updated', bindings: [] });
});
