import { expect, test } from 'vitest';
import {
  acceptable,
  accepts,
  answerDirection,
  answerSetup,
  isOffererActive,
} from '../../../edge/sdp/negotiate.ts';

test.each([
  ['actpass', 'active', 'active'],
  ['actpass', 'passive', 'passive'],
  ['active', 'active', 'passive'],
  ['passive', 'passive', 'active'],
  [undefined, 'active', 'passive'],
] as const)('an offer of %s, with %s preferred, is answered %s (RFC 6135 4.2)', (...row) => {
  const [offered, preferred, answer] = row;
  expect(answerSetup(offered, preferred)).toBe(answer);
});

test('the offerer is active unless the answerer is (RFC 4975 5.4, RFC 6135 4.2)', () => {
  expect(isOffererActive('passive')).toBe(true);
  expect(isOffererActive(undefined)).toBe(true);
  expect(isOffererActive('active')).toBe(false);
});

test.each([
  ['sendonly', 'recvonly'],
  ['recvonly', 'sendonly'],
  ['sendrecv', 'sendrecv'],
  ['inactive', 'inactive'],
] as const)('an offer that is %s is answered %s (RFC 3264 6.1)', (offered, answer) => {
  expect(answerDirection(offered)).toBe(answer);
});

test('a type is accepted with its parameters and in any case (RFC 4975 8.6)', () => {
  expect(accepts(['message/cpim'], 'Message/CPIM; charset=utf-8')).toBe(true);
  expect(accepts(['message/cpim'], 'text/plain')).toBe(false);
  expect(accepts(['*'], 'text/plain')).toBe(true);
});

test('of our types only those that the other side accepts are left (RFC 4975 8.6)', () => {
  expect(acceptable(['message/cpim', 'text/html'], ['text/plain', 'message/cpim'])).toEqual([
    'message/cpim',
  ]);
  expect(acceptable(['*'], ['message/cpim'])).toEqual(['message/cpim']);
  expect(acceptable(['text/html'], ['*'])).toEqual(['text/html']);
  expect(acceptable(['text/html'], ['message/cpim'])).toEqual([]);
});
