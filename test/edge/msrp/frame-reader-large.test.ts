import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../edge/msrp/frame-reader.ts';
import { pieceBytesMin } from '../../../edge/msrp/limit.ts';
import { cpuMs } from '../../kit/cpu.ts';
import { cutEvery, from, grammarCases, readAll, to } from './grammar.ts';
import { bytesOf, lines } from './world.ts';

function largeFrame(size: number, fill: string): string {
  const body = fill.repeat(Math.ceil(size / fill.length)).slice(0, size);
  const head = [
    'MSRP abcd1234 SEND',
    `To-Path: ${to}`,
    `From-Path: ${from}`,
    'Message-ID: 1234',
    'Byte-Range: 1-*/*',
    'Content-Type: a/b',
    '',
  ];
  return lines(...head, body, '-------abcd1234$');
}

describe('large bodies', () => {
  it.each([
    ['text', 'Some words of a long letter.\r\n'],
    ['hyphens', '-'],
    ['lines that look like ends', '\r\n-------abcd123'],
    ['line ends', '\r\n'],
  ])('of %s come whole through reads of any size [RFC 4975 7.1]', (_what, fill) => {
    const text = largeFrame(200_000, fill) + largeFrame(10, 'x');
    for (const length of [1, 1_000, 16_384, 65_536, 300_000]) {
      const { said, refused } = readAll(cutEvery(text, length));
      expect(refused).toBe('');
      expect(said.map((one) => ('body' in one ? one.body.length : 0))).toEqual([200_000, 10]);
    }
  });

  it('are handed on in pieces, so that no buffer grows with them', () => {
    const reader = new FrameReader();
    const sizes: number[] = [];
    for (const piece of cutEvery(largeFrame(1_000_000, 'x'), 65_536)) {
      reader.push(piece);
      for (;;) {
        const result = reader.next();
        if (result.kind !== 'frame' || result.frame.kind !== 'request') break;
        sizes.push(result.frame.body.buffer.byteLength);
      }
    }
    expect(sizes.length).toBeGreaterThan(15);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
  });

  it('are handed on only when a good piece has come', () => {
    const reader = new FrameReader();
    let pieces = 0;
    for (const byte of cutEvery(largeFrame(3 * pieceBytesMin, 'x'), 1)) {
      reader.push(byte);
      if (reader.next().kind === 'frame') pieces++;
    }
    expect(pieces).toBe(3);
  });

  it('are read byte by byte in a time that grows with their length only', () => {
    const timeOf = (size: number): number => {
      const pieces = cutEvery(largeFrame(size, '\r\n------'), 1);
      const start = cpuMs();
      readAll(pieces);
      return cpuMs() - start;
    };
    timeOf(20_000);
    expect(timeOf(400_000)).toBeLessThan(100 * Math.max(timeOf(20_000), 1));
  });
});

describe('random streams', () => {
  const any = fc.array(fc.constantFrom(...grammarCases), { maxLength: 8 });

  it('say the same however they are cut', () => {
    fc.assert(
      fc.property(
        any,
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
        (cases, cuts) => {
          const text = cases.map((one) => one.text).join('');
          const pieces: Uint8Array[] = [];
          let at = 0;
          for (let index = 0; at < text.length; index++) {
            const length = cuts[index % cuts.length]!;
            pieces.push(bytesOf(text.slice(at, at + length)));
            at += length;
          }
          expect(readAll(pieces)).toEqual({ said: cases.map((one) => one.said), refused: '' });
        },
      ),
    );
  });

  it('never throw, whatever is done to them, and say the same byte by byte', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom(
        '\r',
        '\n',
        '\r\n',
        ' ',
        ':',
        '-',
        '$',
        '\x00',
        '\xff',
        'MSRP ',
        '/',
        '*',
        '9',
      ),
      fc.nat(3),
    );
    fc.assert(
      fc.property(any, fc.array(change, { minLength: 1, maxLength: 6 }), (cases, changes) => {
        let text = cases.map((one) => one.text).join('');
        for (const [at, put, removed] of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + removed);
        }
        const whole = readAll([bytesOf(text)]);
        const byBytes = readAll(cutEvery(text, 1));
        expect(byBytes.refused).toBe(whole.refused);
        expect(byBytes.said).toEqual(whole.said);
      }),
      { numRuns: 500 },
    );
  });

  it('of noise are refused at once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 200 }), (bytes) => {
        fc.pre(bytes[0] !== 77 && bytes[0] !== 13);
        expect(readAll([bytes]).refused).toBe('no MSRP');
      }),
    );
  });
});
