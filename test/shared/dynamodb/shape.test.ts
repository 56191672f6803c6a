import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionOf } from '../../../shared/core/position.ts';
import {
  itemAttributes,
  itemOf,
  positionText,
  segmentAttributes,
  segmentOf,
} from '../../../shared/dynamodb/shape.ts';
import { segment } from '../../contract/store-segments.ts';

test('positions as text have the order of their numbers', () => {
  const position = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 20 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }))
    .map(([epoch, count]) => positionOf(epoch, count));
  fc.assert(
    fc.property(position, position, (one, other) => {
      expect(positionText(one) < positionText(other)).toBe(one < other);
    }),
  );
});

test('a segment is what was written, whether it was deflated or not', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.string({ maxLength: 2000 }).map((text) => new TextEncoder().encode(text.repeat(3))),
  );
  fc.assert(
    fc.property(bytes, (some) => {
      const written = segment('sip:a@rejoin.test#1', 7, { count: 3, bytes: some });
      const read = segmentOf(segmentAttributes(written));
      expect({ ...read, bytes: [...read.bytes] }).toEqual({ ...written, bytes: [...some] });
    }),
  );
});

test('a text is written shorter than it is, what can not get shorter as it is', () => {
  const text = new TextEncoder().encode(
    'what was said while she was away, and more of it. '.repeat(40),
  );
  expect(segmentAttributes(segment('k', 1, { bytes: text })).b?.B?.length).toBeLessThan(300);
  const noise = Uint8Array.from({ length: 300 }, (_, index) => (index * 7919 * (index + 13)) % 251);
  expect(segmentAttributes(segment('k', 1, { bytes: noise })).b?.B?.length).toBeLessThanOrEqual(
    300,
  );
});

test('bytes that would become too many are a fault', () => {
  const bomb = segmentAttributes(segment('k', 1, { bytes: new Uint8Array(8 * 1024 * 1024) }));
  expect(() => segmentOf(bomb)).toThrow();
});

test('an item is what was written, whether its data were deflated or not', () => {
  const data = fc.oneof(
    fc.jsonValue(),
    fc.string({ maxLength: 900 }),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(data, (some) => {
      const item = { partition: 'p', sort: 's', version: 3, data: { some, again: some } };
      const read = JSON.parse(JSON.stringify(item)) as typeof item;
      expect(itemOf(itemAttributes(item))).toEqual(read);
    }),
  );
});

test('long data are deflated, short ones stay as they can be read', () => {
  const long = itemAttributes({ partition: 'p', sort: 's', version: 1, data: 'word '.repeat(400) });
  expect(long.d?.B?.length).toBeLessThan(100);
  const short = itemAttributes({ partition: 'p', sort: 's', version: 1, data: { atMs: 1 } });
  expect(short.d).toEqual({ S: '{"atMs":1}' });
});
