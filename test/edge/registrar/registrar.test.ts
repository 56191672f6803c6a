import { expect, test } from 'vitest';
import { type Binding, withoutFlow } from '../../../edge/registrar/binding.ts';
import { registerLimits } from '../../../edge/registrar/register.ts';
import { request, tcpFlow, udpFlow, valuesOf } from './client.ts';
import { alice, contact, invite, make, registered } from './harness.ts';

test('a client without credentials is challenged (RFC 3261 22.1)', () => {
  const handled = make().handle(0, request({ headers: [contact] }), udpFlow);
  expect(handled).toMatchObject({ response: { status: 401 }, changes: [] });
  expect(handled).not.toHaveProperty('user');
  expect(valuesOf(handled.response.headers, 'WWW-Authenticate')).toHaveLength(2);
});

test('a client that answers the challenge is registered (RFC 3261 10.3)', () => {
  const registrar = make();
  const handled = registered(registrar);
  expect(handled).toMatchObject({
    response: { status: 200 },
    user: alice,
    changes: [{ kind: 'added' }],
  });
  expect(valuesOf(handled.response.headers, 'Contact')).toEqual([
    '<sip:alice@192.0.2.7:5070>;+g.x="a";expires=3600',
  ]);
  expect(registrar.bindings(0, alice)).toHaveLength(1);
  expect(registrar.counts).toEqual({ users: 1, bindings: 1 });
});

test('a request that can not be done is answered with the reason (RFC 3261 10.3 step 7)', () => {
  const limits = { ...registerLimits, minExpiresS: 1000 };
  const handled = registered(make({ limits }), { headers: [`${contact};expires=999`] });
  expect(handled.response).toMatchObject({ status: 423, reason: 'Interval Too Brief' });
  expect(valuesOf(handled.response.headers, 'Min-Expires')).toEqual(['1000']);
});

test('our users are known by their address of record', () => {
  expect(make().isKnown(alice)).toBe(true);
  expect(make().isKnown('sip:mallory@rejoin.test')).toBe(false);
});

test('bindings are given while their time lasts', () => {
  const registrar = make();
  registered(registrar, { headers: [`${contact};expires=60`, 'Contact: <sip:alice@long>'] });
  expect(registrar.bindings(0, alice)).toHaveLength(2);
  expect(registrar.bindings(60_000, alice)).toHaveLength(1);
  expect(registrar.bindings(0, 'sip:bob@rejoin.test')).toEqual([]);
});

test('what has run out is forgotten, each binding at its time [RFC 3261 10.3]', () => {
  const registrar = make();
  registered(registrar, { headers: [`${contact};expires=60`, 'Contact: <sip:alice@long>'] });
  expect(registrar.expire(59_999)).toEqual([]);
  expect(registrar.counts.bindings).toBe(2);
  expect(registrar.expire(60_000)).toEqual([]);
  expect(registrar.bindings(0, alice)).toMatchObject([{ contact: 'sip:alice@long' }]);
  expect(registrar.expire(3_600_000)).toEqual([alice]);
  expect(registrar.expire(3_600_000)).toEqual([]);
  expect(registrar.counts).toEqual({ users: 0, bindings: 0 });
});

test('a binding that was refreshed meanwhile does not expire at its first time', () => {
  const registrar = make();
  registered(registrar, { headers: [`${contact};expires=60`] });
  registered(registrar, { cseq: 2, headers: [`${contact};expires=600`] });
  expect(registrar.expire(60_000)).toEqual([]);
  expect(registrar.counts.bindings).toBe(1);
  expect(registrar.expire(600_000)).toEqual([alice]);
});

test('a user who has taken back everything is forgotten', () => {
  const registrar = make();
  registered(registrar);
  const handled = registered(registrar, { cseq: 2, headers: ['Contact: *', 'Expires: 0'] });
  expect(handled.changes.map((change) => change.kind)).toEqual(['removed']);
  expect(registrar.counts.bindings).toBe(0);
  // Whose entry is still there is looked at once more.
  expect(registrar.expire(3_600_000)).toEqual([alice]);
});

test('a client whose connection is gone is reached at its contact and not known by it any more', () => {
  const registrar = make();
  registered(registrar, { headers: [contact, 'Contact: <sip:alice@other>'] }, tcpFlow);
  registrar.flowClosed('tcp:unknown');
  registrar.flowClosed(tcpFlow.id);
  registrar.flowClosed(tcpFlow.id);
  expect(registrar.bindings(0, alice)[0]?.target).toEqual({
    transport: 'tcp',
    host: '192.0.2.7',
    port: 5070,
  });
  expect(registrar.authenticate(0, invite(), tcpFlow).kind).toBe('challenge');
});

test('only the bindings of the closed connection lose it', () => {
  const registrar = make();
  const other = { ...tcpFlow, id: 'tcp:2' };
  registered(registrar, {}, tcpFlow);
  registered(registrar, { callId: 'c2', headers: ['Contact: <sip:alice@other>'] }, other);
  registrar.flowClosed(tcpFlow.id);
  expect(registrar.bindings(0, alice).map((binding) => binding.target.flow)).toEqual([
    undefined,
    'tcp:2',
  ]);
});

test('stored bindings are taken over, newer ones stay', () => {
  const before = make();
  registered(before, { headers: [contact, 'Contact: <sip:alice@other>'] }, tcpFlow);
  const read = JSON.parse(JSON.stringify(before.bindings(0, alice))) as Binding[];
  const stored = read.map(withoutFlow);
  const registrar = make();
  registered(registrar, { callId: 'newer' }, tcpFlow);
  registrar.load(alice, stored);
  expect(registrar.bindings(0, alice)).toMatchObject([
    { callId: 'newer', target: { flow: 'tcp:1' } },
    { contact: 'sip:alice@other', target: { host: 'other' } },
  ]);
  const fresh = make();
  fresh.load(alice, stored);
  expect(fresh.expire(3_600_000)).toEqual([alice]);
});

test('a user who is at home elsewhere now is forgotten, and read again when asked for [design 7]', () => {
  const registrar = make();
  registered(registrar);
  const kept = registrar.bindings(0, alice);
  registrar.forget(alice);
  expect(registrar.counts).toEqual({ users: 0, bindings: 0 });
  registrar.load(alice, kept);
  expect(registrar.bindings(0, alice)).toHaveLength(1);
});
