import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Part,
  packSegment,
  type StoredMessage,
  storedBytes,
  unpackSegment,
} from '../../../shared/core/segment.ts';

const text = (maxLength: number) =>
  fc
    .array(fc.integer({ min: 0, max: 255 }), { maxLength })
    .map((codes) => String.fromCharCode(...codes));

const message: fc.Arbitrary<StoredMessage> = fc.record({
  messageId: text(40),
  contentType: text(60),
  body: fc.uint8Array({ maxLength: 300 }),
  receivedAtMs: fc.integer({ min: 0, max: 2 ** 45 }),
  part: fc.constantFrom<Part>('whole', 'first', 'middle', 'last'),
});

const hello: StoredMessage = {
  messageId: 'm1',
  contentType: 'text/plain',
  body: new TextEncoder().encode('hello'),
  receivedAtMs: 1_790_000_000_123,
};

describe('a segment', () => {
  test('gives back the messages that were packed, in order [design 3]', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        expect(unpackSegment(packSegment(messages))).toEqual(messages);
      }),
    );
  });

  test('is as long as its messages are said to be [design 6.8]', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const bytes = messages.reduce((sum, one) => sum + storedBytes(one), 0);
        expect(packSegment(messages).length).toBe(bytes);
      }),
    );
  });

  test('takes a message for whole that does not say which part it is', () => {
    expect(unpackSegment(packSegment([hello]))).toEqual([{ ...hello, part: 'whole' }]);
  });

  test('has this layout, which older segments have too', () => {
    const bytes = packSegment([{ ...hello, part: 'last', receivedAtMs: 1 }]);
    const hex = Buffer.from(bytes).toString('hex');
    expect(hex).toBe(
      `${'03'}${'3ff0000000000000'}${'0002'}${'6d31'}${'000a'}${'746578742f706c61696e'}${'00000005'}${'68656c6c6f'}`,
    );
  });

  test('may stand anywhere in a longer buffer', () => {
    const packed = packSegment([hello]);
    const buffer = new Uint8Array(packed.length + 20).fill(0xff);
    buffer.set(packed, 7);
    expect(unpackSegment(buffer.subarray(7, 7 + packed.length))).toEqual([
      { ...hello, part: 'whole' },
    ]);
  });

  test('without messages has no bytes', () => {
    expect(packSegment([])).toHaveLength(0);
    expect(unpackSegment(new Uint8Array())).toEqual([]);
  });
});

describe('a damaged segment', () => {
  const packed = packSegment([hello, { ...hello, messageId: 'm2' }]);
  const boundary = storedBytes(hello);

  test('throws wherever it is cut off within a message: damage is a fault, not input', () => {
    for (let length = 1; length < packed.length; length++) {
      if (length === boundary) continue;
      expect(() => unpackSegment(packed.slice(0, length)), `at ${length}`).toThrow();
    }
  });

  test('throws with a part of no known kind', () => {
    expect(() => unpackSegment(packed.with(0, 4))).toThrow('a segment is damaged');
    expect(() => unpackSegment(packed.with(boundary, 0xff))).toThrow('a segment is damaged');
  });

  test('throws with bytes behind its last message', () => {
    expect(() => unpackSegment(new Uint8Array([...packed, 0]))).toThrow();
  });

  test('never hangs and never gives bytes that are not its own [design 6.9]', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let messages: readonly StoredMessage[] = [];
        try {
          messages = unpackSegment(bytes);
        } catch {
          return;
        }
        expect(packSegment(messages)).toHaveLength(bytes.length);
      }),
    );
  });
});
