import { expect, test } from 'vitest';
import { cseq } from '../../../edge/sip/cseq.ts';
import { requestWith } from './sample.ts';

test.each([
  ['0 ACK', { number: 0, method: 'ACK' }],
  ['00314159 \t INVITE', { number: 314_159, method: 'INVITE' }],
  ['2147483647 x!%*', { number: 2_147_483_647, method: 'x!%*' }],
])('%s is a sequence number and a method [RFC 3261 20.16]', (value, read) => {
  expect(cseq(requestWith(`CSeq: ${value}`))).toEqual(read);
});

test.each([
  '',
  '1',
  'INVITE',
  'INVITE 1',
  '1INVITE',
  '-1 INVITE',
  '1.5 INVITE',
  '1 IN VITE',
  '1 "INVITE"',
  '2147483648 INVITE',
])('"%s" is none [RFC 3261 8.1.1.5]', (value) => {
  expect(cseq(requestWith(`CSeq: ${value}`))).toBeUndefined();
});

test('a message without CSeq has none', () => {
  expect(cseq(requestWith())).toBeUndefined();
});
