import { expect, test } from 'vitest';
import { Digest, type DigestOutcome } from '../../../edge/registrar/digest.ts';
import { credentialsValueMax } from '../../../edge/registrar/limit.ts';
import { credentials, hash } from './client.ts';

function make(): Digest {
  return new Digest({ realm: 'rejoin.test', hash, secret: 'secret' });
}

const check = { method: 'REGISTER', password: 'demo' };

test('SHA-256 is offered before MD5, with the same nonce and qop auth (RFC 8760 2.3, RFC 7616 3.7)', () => {
  const [first, second, ...more] = make().challenges(0, false);
  expect(first).toMatch(
    /^Digest realm="rejoin.test", nonce="[^"]+", algorithm=SHA-256, qop="auth"$/,
  );
  expect(second).toBe(first?.replace('SHA-256', 'MD5'));
  expect(more).toEqual([]);
});

test('a challenge says when only the nonce was old (RFC 7616 3.3)', () => {
  expect(make().challenges(0, true)[0]).toContain('stale=true');
});

test.each([0, 1])('the right password is accepted with the algorithm of challenge %i', (index) => {
  const digest = make();
  const challenge = digest.challenges(0, false)[index] ?? '';
  const given = credentials({ challenge });
  expect(digest.verify(1, { ...check, credentials: given })).toBe('ok');
  expect(digest.verify(1, { ...check, credentials: given })).toBe('replayed');
  const next = credentials({ challenge, count: 2 });
  expect(digest.verify(1, { ...check, credentials: next, uri: 'sip:rejoin.test' })).toBe('ok');
});

test('the example of RFC 7616 is computed as there (RFC 7616 3.9.1)', () => {
  const digest = new Digest({ realm: 'http-auth@example.org', hash, secret: 'secret' });
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
  const given = new Map(
    Object.entries({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      algorithm: 'SHA-256',
      nonce,
      nc: '00000001',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      qop: 'auth',
      response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    }),
  );
  const outcome = digest.verify(0, {
    credentials: given,
    method: 'GET',
    password: 'Circle of Life',
  });
  // The response is right, the nonce is not one of ours.
  expect(outcome).toBe('stale');
});

test('an old nonce is told as such to who knows the password only (RFC 7616 3.3)', () => {
  const digest = new Digest({ realm: 'r', hash, secret: 's', nonceLifetimeMs: 10, noncesMax: 5 });
  const [challenge = ''] = digest.challenges(0, false);
  const right = credentials({ challenge });
  const wrong = credentials({ challenge, password: 'guess' });
  expect(digest.verify(11, { ...check, credentials: right })).toBe('stale');
  expect(digest.verify(11, { ...check, credentials: wrong })).toBe('wrong');
});

test.each<[string, Readonly<Record<string, string | undefined>>, DigestOutcome]>([
  ['another algorithm', { algorithm: 'SHA-512-256' }, 'wrong'],
  ['another realm', { realm: 'other' }, 'wrong'],
  ['no quality of protection', { qop: undefined }, 'wrong'],
  ['another quality of protection', { qop: 'auth-int' }, 'wrong'],
  ['no count', { nc: undefined }, 'wrong'],
  ['a count that is no number', { nc: 'zzzzzzzz' }, 'wrong'],
  ['another name', { username: 'bob' }, 'wrong'],
  ['another URI', { uri: 'sip:other' }, 'wrong'],
  ['no response', { response: undefined }, 'wrong'],
  ['too long a value', { opaque: 'x'.repeat(credentialsValueMax + 1) }, 'wrong'],
  ['capitals', { algorithm: 'sha-256', qop: 'AUTH' }, 'ok'],
])('credentials with %s are %s', (_, changes, outcome) => {
  const digest = make();
  const given = new Map(credentials({ challenge: digest.challenges(0, false)[0] ?? '' }));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) given.delete(name);
    else given.set(name, value);
  }
  expect(digest.verify(0, { ...check, credentials: given })).toBe(outcome);
});

test('credentials without an algorithm are of MD5 (RFC 7616 3.4)', () => {
  const digest = make();
  const given = new Map(credentials({ challenge: digest.challenges(0, false)[1] ?? '' }));
  given.delete('algorithm');
  expect(digest.verify(0, { ...check, credentials: given })).toBe('ok');
});

test('credentials are for one method, and for one URI if that is asked for', () => {
  const digest = make();
  const [challenge = ''] = digest.challenges(0, false);
  const given = credentials({ challenge });
  expect(digest.verify(0, { ...check, credentials: given, method: 'INVITE' })).toBe('wrong');
  expect(digest.verify(0, { ...check, credentials: given, uri: 'sip:other' })).toBe('wrong');
});
