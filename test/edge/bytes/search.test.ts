import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes, indexOfBytes } from '../../../edge/bytes/search.ts';
import { utf8Encode } from '../../../edge/bytes/text.ts';

test('bytes are found where a text is found in a text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c') });
  const needle = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
  fc.assert(
    fc.property(text, needle, fc.nat(12), (whole, part, from) => {
      const at = indexOfBytes(utf8Encode(whole), utf8Encode(part), Math.min(from, whole.length));
      expect(at).toBe(whole.indexOf(part, from));
    }),
  );
});

test('arrays are joined in their order', () => {
  const arrays = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 5 });
  fc.assert(
    fc.property(arrays, (parts) => {
      expect([...concatBytes(parts)]).toEqual(parts.flatMap((part) => [...part]));
    }),
  );
});

test('one array alone is not copied', () => {
  const only = new Uint8Array(3);
  expect(concatBytes([only])).toBe(only);
});
