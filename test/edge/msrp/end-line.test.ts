import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsEndLine, matchEndLine, searchEndLine } from '../../../edge/msrp/end-line.ts';
import { bytesOf } from './world.ts';

const id = 'abcd';

describe('the end-line', () => {
  it.each(['$', '+', '#'])('is found with the flag %s [RFC 4975 9]', (flag) => {
    const bytes = bytesOf(`\r\nbody\r\n-------abcd${flag}\r\nMSRP`);
    expect(searchEndLine(bytes, 2, bytes.length, id)).toBe(8);
    expect(matchEndLine(bytes, 8, bytes.length, id)).toBe(14);
  });

  it.each([
    ['another id', '\r\n-------abce$\r\n'],
    ['a longer id', '\r\n-------abcde$\r\n'],
    ['no flag', '\r\n-------abcd\r\n'],
    ['an unknown flag', '\r\n-------abcd!\r\n'],
    ['no CR', '\r\n-------abcd$\n\n'],
    ['no LF', '\r\n-------abcd$\r\r'],
    ['six hyphens', '\r\n------abcd$\r\n'],
    ['eight hyphens', '\r\n--------abcd$\r\n'],
    ['twenty hyphens', `\r\n${'-'.repeat(20)}abcd$\r\n`],
    ['no line start', '\r\nx-------abcd$\r\n'],
    ['no CR before', '\r\nx\n-------abcd$\r\n'],
  ])('is not one with %s [RFC 4975 9]', (_what, text) => {
    const bytes = bytesOf(`${text}${' '.repeat(20)}`);
    expect(searchEndLine(bytes, 2, bytes.length, id)).toBeLessThan(0);
  });

  it('is found wherever the search stopped before, in a haystack of look-alikes [RFC 4975 9]', () => {
    const piece = fc.constantFrom(
      '\r\n',
      '-',
      '-------',
      '------',
      'abcd',
      '$',
      'x',
      '\r',
      '\n',
      '-------abcd',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(40)), (pieces, steps) => {
        const text = `\r\n${pieces.join('')}\r\n-------abcd$\r\n`;
        const bytes = bytesOf(text);
        const wanted = text.search(/(?<=\r\n)-------abcd[$+#]\r\n/);
        let from = 2;
        let end = 2;
        let found = -1;
        for (const step of [...steps, text.length]) {
          end = Math.min(text.length, end + step);
          found = searchEndLine(bytes, from, end, id);
          if (found >= 0) break;
          expect(-1 - found).toBeGreaterThanOrEqual(from);
          from = -1 - found;
        }
        expect(found).toBe(wanted);
      }),
    );
  });

  it.each([
    ['x-------abcd', true],
    ['-------abcd', true],
    ['----------------abcd', true],
    ['-------abcx', false],
    ['-------', false],
    ['------abcd', false],
    ['abcd', false],
    ['', false],
  ])('"%s" is searched for what would end a frame: %s [RFC 4975 7.1]', (body, isHeld) => {
    expect(holdsEndLine(bytesOf(body), id)).toBe(isHeld);
  });

  it('is looked for in a body of hyphens without going over it again and again', () => {
    const body = new Uint8Array(1_000_000).fill(45);
    expect(holdsEndLine(body, id)).toBe(false);
    expect(searchEndLine(body, 2, body.length, id)).toBeLessThan(0);
  });
});
