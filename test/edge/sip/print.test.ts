import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { withHeader } from '../../../edge/sip/header.ts';
import { canonicalName } from '../../../edge/sip/header-name.ts';
import type { SipMessage } from '../../../edge/sip/message.ts';
import { printMessage } from '../../../edge/sip/print.ts';
import { cutIn, framedAll, invite, okHead, read, wire } from './sample.ts';

test('a request is written as it was read [RFC 3261 7]', () => {
  expect(utf8Decode(printMessage(read(invite)))).toBe(utf8Decode(invite));
});

test('a response is written as it was read [RFC 3261 7]', () => {
  expect(utf8Decode(printMessage(read(wire(okHead))))).toBe(utf8Decode(wire(okHead)));
});

test('Content-Length is put right, or added [RFC 3261 20.14]', () => {
  const message = { ...withHeader(read(invite), 'l', '9'), body: utf8Encode('äh') };
  expect(utf8Decode(printMessage(message))).toContain('\r\nContent-Length: 3\r\n\r\näh');
  expect(utf8Decode(printMessage(message)).match(/Content-Length/g)).toHaveLength(1);
});

test('what is written is read again, as a datagram and on a stream', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((one) => one.replace(/[\r\n]/g, '').replace(/^[ \t]+|[ \t]+$/g, ''));
  const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
  const known = [
    'From',
    'To',
    'Call-ID',
    'CSeq',
    'Via',
    'Max-Forwards',
    'Contact',
    'Date',
    'Content-Type',
  ];
  const isFree = (name: string): boolean =>
    ![...known, 'Content-Length'].includes(canonicalName(name));
  const header = fc.record({ name: token.filter(isFree).map(canonicalName), value: text });
  const start = fc.oneof(
    fc.record({
      kind: fc.constant('request' as const),
      method: fc.constant('INVITE'),
      uri: fc.constantFrom('sip:a@h', 'tel:+1'),
    }),
    fc.record({
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 100, max: 699 }),
      reason: text,
    }),
  );
  const sound = read(invite).headers.filter(({ name }) => known.includes(name));
  const messages = fc
    .tuple(start, fc.array(header), fc.uint8Array())
    .map(([first, more, body]): SipMessage => ({ ...first, headers: [...sound, ...more], body }));
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 50 }), (message, length) => {
      const bytes = printMessage(message);
      const expected = withHeader(message, 'Content-Length', String(message.body.length));
      expect(read(bytes)).toEqual(expected);
      expect(framedAll(cutIn(bytes, length))).toEqual([{ kind: 'message', message: expected }]);
    }),
  );
});
