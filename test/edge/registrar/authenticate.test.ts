import { expect, test } from 'vitest';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { authorization, request, tcpFlow, udpFlow } from './client.ts';
import { alice, answered, challengeOf, contact, invite, make, registered } from './harness.ts';

test.each(['alice', 'alice@rejoin.test', 'sip:alice@rejoin.test'])(
  'the user name %s is that of the user (3GPP TS 24.229 5.1.1)',
  (username) => {
    const registrar = make();
    const sent = answered(registrar, { headers: [contact] }, { username });
    expect(registrar.handle(0, sent, udpFlow)).toMatchObject({ user: alice });
  },
);

test.each(['jörg', 'jörg@rejoin.test', 'jo\u0308rg', 'j%C3%B6rg', 'j%c3%b6rg'])(
  'the user name %s is that of a user whose URI has it escaped (RFC 3261 19.1.2, RFC 7616 3.4)',
  (username) => {
    const joerg = 'sip:j%C3%B6rg@rejoin.test';
    const registrar = make({ users: new Map([[joerg, 'pässwörd']]) });
    const answer = { username, password: 'pässwörd' };
    const sent = answered(registrar, { user: 'j%C3%B6rg', headers: [contact] }, answer);
    expect(registrar.handle(0, sent, udpFlow)).toMatchObject({ user: joerg });
  },
);

test.each([
  ['a wrong password', { password: 'guess' }],
  ['an unknown user', { username: 'mallory' }],
  ['a user name that is no name', { username: 'sip:' }],
  ['a user name with blanks', { username: 'a b' }],
])('%s is challenged again, as if it were the first time', (_, answer) => {
  const registrar = make();
  const { response } = registrar.handle(0, answered(registrar, {}, answer), udpFlow);
  expect(response.status).toBe(401);
  expect(challengeOf(response)).not.toContain('stale');
});

test('credentials work once; after that another nonce is given, without a new question (RFC 7616 3.3)', () => {
  const registrar = make();
  const sent = answered(registrar, { headers: [contact] });
  expect(registrar.handle(0, sent, udpFlow).response.status).toBe(200);
  const { response } = registrar.handle(0, sent, udpFlow);
  expect(response.status).toBe(401);
  expect(challengeOf(response)).toContain('stale=true');
});

test('credentials of other realms and schemes are passed over (RFC 3261 22.3)', () => {
  const registrar = make();
  const line = authorization({ challenge: 'realm="other", nonce="x"' });
  const headers = ['Authorization: Basic YTpi', 'Authorization: Basic', line];
  expect(registrar.handle(0, request({ headers }), udpFlow).response.status).toBe(401);
  const sent = answered(registrar, { headers: [...headers, contact] });
  expect(registrar.handle(0, sent, udpFlow).response.status).toBe(200);
});

test('credentials without a user name are of nobody', () => {
  const registrar = make();
  const headers = ['Authorization: Digest realm="rejoin.test"'];
  expect(registrar.handle(0, request({ headers }), udpFlow).response.status).toBe(401);
});

test('nobody registers for another user (RFC 3261 10.3 step 3)', () => {
  const registrar = make();
  const sent = answered(registrar, { user: 'bob', headers: [contact] }, { username: 'alice' });
  expect(registrar.handle(0, sent, udpFlow)).toEqual({
    response: { status: 403, reason: 'Forbidden' },
    user: alice,
    changes: [],
  });
});

test('a request from the UDP address of a registered client is that user', () => {
  const registrar = make();
  registered(registrar);
  expect(registrar.authenticate(0, invite(), udpFlow)).toEqual({ kind: 'user', user: alice });
  for (const flow of [
    { ...udpFlow, port: 1 },
    { ...udpFlow, host: '192.0.2.8' },
    { ...tcpFlow, port: udpFlow.port },
  ]) {
    expect(registrar.authenticate(0, invite(), flow).kind).toBe('challenge');
  }
});

test('a request over the connection of a registered client is that user', () => {
  const registrar = make();
  registered(registrar, {}, tcpFlow);
  expect(registrar.authenticate(0, invite(), tcpFlow)).toEqual({ kind: 'user', user: alice });
  expect(registrar.authenticate(0, invite(), { ...tcpFlow, id: 'tcp:2' }).kind).toBe('challenge');
  const asBob = registrar.authenticate(0, invite({ user: 'bob' }), tcpFlow);
  expect(asBob.kind).toBe('challenge');
  const source = { ...udpFlow, port: 5070 };
  expect(registrar.authenticate(0, invite(), source).kind).toBe('challenge');
});

test('a registration that is over proves nothing', () => {
  const registrar = make();
  registered(registrar);
  expect(registrar.authenticate(3_600_000, invite(), udpFlow).kind).toBe('challenge');
});

test('what comes through a proxy is known by credentials only', () => {
  const registrar = make();
  registered(registrar);
  const proxied = invite({ headers: ['Via: SIP/2.0/UDP other.test;branch=z9hG4bK2'] });
  expect(registrar.authenticate(0, proxied, udpFlow).kind).toBe('challenge');
  const path = make();
  registered(path, { headers: [contact, 'Path: <sip:192.0.2.7:5070;lr>'] });
  expect(path.authenticate(0, invite(), udpFlow).kind).toBe('challenge');
});

test('a request with the right credentials is that user, from wherever it comes', () => {
  const registrar = make();
  const sent = answered(registrar, { method: 'INVITE' });
  expect(registrar.authenticate(0, sent, tcpFlow)).toEqual({ kind: 'user', user: alice });
});

test('who claims to be another user is refused (RFC 3261 22)', () => {
  const registrar = make();
  const sent = answered(registrar, { method: 'INVITE', user: 'bob' }, { username: 'alice' });
  expect(registrar.authenticate(0, sent, tcpFlow)).toEqual({
    kind: 'refused',
    response: { status: 403, reason: 'Forbidden' },
  });
});

test('an anonymous caller is known by P-Preferred-Identity, or by credentials (RFC 3325 9.1)', () => {
  const registrar = make();
  registered(registrar);
  const anonymous = (sent: SipRequest): SipRequest => ({
    ...sent,
    headers: sent.headers.map((one) =>
      one.name === 'From'
        ? { name: 'From', value: '<sip:anonymous@anonymous.invalid>;tag=1' }
        : one,
    ),
  });
  const preferred = anonymous(invite({ headers: [`P-Preferred-Identity: <${alice}>`] }));
  expect(registrar.authenticate(0, preferred, udpFlow)).toEqual({ kind: 'user', user: alice });
  expect(registrar.authenticate(0, anonymous(invite()), udpFlow).kind).toBe('challenge');
  const sent = anonymous(answered(registrar, { method: 'INVITE' }));
  expect(registrar.authenticate(0, sent, tcpFlow)).toEqual({ kind: 'user', user: alice });
});

test('a request without From is nobody', () => {
  const registrar = make();
  const bare = { ...invite(), headers: [] };
  expect(registrar.authenticate(0, bare, udpFlow).kind).toBe('challenge');
  const malformed = { ...invite(), headers: [{ name: 'From', value: '<>' }] };
  expect(registrar.authenticate(0, malformed, udpFlow).kind).toBe('challenge');
});
