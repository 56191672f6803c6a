import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Decode, utf8DecodeStrict, utf8Encode } from '../../../edge/bytes/text.ts';

test('a text is the same after it was encoded and decoded', () => {
  const texts = fc.string({ unit: 'binary' }).filter((text) => !text.startsWith('\uFEFF'));
  fc.assert(
    fc.property(texts, (text) => {
      expect(utf8Decode(utf8Encode(text))).toBe(text);
      expect(utf8DecodeStrict(utf8Encode(text))).toBe(text);
    }),
  );
});

test.each([
  ['a lone continuation', [0x61, 0x80]],
  ['a sequence that is cut', [0x61, 0xc3]],
  ['a surrogate', [0x61, 0xed, 0xa0, 0x80]],
])('malformed UTF-8 is replaced, or refused by the strict: %s [RFC 3629 3]', (_what, bytes) => {
  expect(utf8Decode(new Uint8Array(bytes))).toMatch(/^a\uFFFD+$/);
  expect(utf8DecodeStrict(new Uint8Array(bytes))).toBeUndefined();
});
