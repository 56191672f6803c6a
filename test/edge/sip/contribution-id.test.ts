/** What counts as a Contribution-ID: it becomes part of keys. */
import { expect, test } from 'vitest';
import { contributionIdOf } from '../../../edge/sip/contribution-id.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';

function withId(...values: readonly string[]): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:bob@rejoin.test',
    headers: values.map((value) => ({ name: 'Contribution-ID', value })),
    body: new Uint8Array(),
  };
}

test.for([
  [withId('9f1c2a64b7d94c5d8e0f1a2b3c4d5e6f'), '9f1c2a64b7d94c5d8e0f1a2b3c4d5e6f'],
  [withId('  f81d4fae-7dec-11d0-a765-00a0c91e6bf6 '), 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  [withId("a-.!%*_+`'~Z"), "a-.!%*_+`'~Z"],
  [withId('a'.repeat(128)), 'a'.repeat(128)],
  [withId('a'.repeat(129)), undefined],
  [withId(), undefined],
  [withId(''), undefined],
  [withId('one-to-one:sip:alice@rejoin.test'), undefined],
  [withId('a#b'), undefined],
  [withId('a b'), undefined],
  [withId('a', 'b'), undefined],
] as const)('a Contribution-ID is a token of at most 128 characters', ([message, id]) => {
  expect(contributionIdOf(message)).toBe(id);
});
