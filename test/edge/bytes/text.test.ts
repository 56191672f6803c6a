import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText, utf8Decode, utf8DecodeStrict, utf8Encode } from '../../../edge/bytes/text.ts';

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

test('a text of its own is the same text, and lets go of the message that it was cut from', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  expect([ownText('héllo'.slice(1)), ownText(''), ownText(' a \r')]).toEqual(['éllo', '', ' a \r']);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 1000 }, (_, index) =>
    ownText(`${'x'.repeat(10_000)} the text behind it, ${index}`.slice(10_000)),
  );
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
  expect(kept).toHaveLength(1000);
});
