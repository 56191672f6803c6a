import { expect, test } from 'vitest';
import { isSame, Nonces } from '../../../edge/registrar/nonces.ts';
import { hash } from './client.ts';

function make(noncesMax = 100): Nonces {
  return new Nonces({ hash, secret: 'secret', lifetimeMs: 1000, noncesMax });
}

test('each nonce is another, also within a millisecond (RFC 7616 3.3)', () => {
  const nonces = make();
  expect(nonces.make(5)).not.toBe(nonces.make(5));
});

test('the counts of a nonce only rise (RFC 7616 3.4)', () => {
  const nonces = make();
  const nonce = nonces.make(0);
  expect(nonces.use(1, nonce, 1)).toBe('fresh');
  expect(nonces.use(1, nonce, 1)).toBe('replayed');
  expect(nonces.use(1, nonce, 5)).toBe('fresh');
  expect(nonces.use(1, nonce, 4)).toBe('replayed');
});

test('a nonce is good for its lifetime (RFC 7616 3.3)', () => {
  const nonces = make();
  const nonce = nonces.make(0);
  expect(nonces.use(1000, nonce, 1)).toBe('fresh');
  expect(nonces.use(1001, nonce, 2)).toBe('stale');
});

test.each(['', 'a', 'a.b', 'a.b.c', 'a.b.c.d', '0.1.'])(
  'a nonce "%s" that we have not made is stale',
  (nonce) => {
    expect(make().use(0, nonce, 1)).toBe('stale');
  },
);

test('a nonce whose parts are changed is stale', () => {
  const nonces = make();
  const [time, number, code] = nonces.make(0).split('.');
  expect(nonces.use(0, `1.${number}.${code}`, 1)).toBe('stale');
  expect(nonces.use(0, `${time}.2.${code}`, 1)).toBe('stale');
  expect(nonces.use(0, `${time}.${number}.${code?.slice(1)}0`, 1)).toBe('stale');
});

test('beyond the bound the oldest nonces become stale and are never fresh again', () => {
  const nonces = make(2);
  const [first, second, third] = [nonces.make(1), nonces.make(2), nonces.make(3)];
  for (const nonce of [first, second, third]) expect(nonces.use(3, nonce, 1)).toBe('fresh');
  expect(nonces.use(3, first, 1)).toBe('stale');
  expect(nonces.use(3, first, 2)).toBe('stale');
  expect(nonces.use(3, second, 1)).toBe('replayed');
  expect(nonces.use(3, third, 2)).toBe('fresh');
});

test('nonces that are over make room', () => {
  const nonces = make(3);
  const old = nonces.make(0);
  expect(nonces.use(0, old, 1)).toBe('fresh');
  expect(nonces.use(2000, nonces.make(2000), 1)).toBe('fresh');
  expect(nonces.use(500, old, 2)).toBe('stale');
});

test.each([
  ['', '', true],
  ['a', 'a', true],
  ['a', 'b', false],
  ['', 'a', false],
  ['aa', 'a', false],
  ['a', 'aa', false],
])('"%s" and "%s" are the same: %s', (left, right, result) => {
  expect(isSame(left, right)).toBe(result);
});
