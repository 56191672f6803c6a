import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../edge/msrp/frame-reader.ts';
import { headBytesMax } from '../../../edge/msrp/limit.ts';
import { cutEvery, from, grammarCases, readAll, to } from './grammar.ts';
import { bytesOf, lines, textOf } from './world.ts';

const paths = [`To-Path: ${to}`, `From-Path: ${from}`];

describe('reading frames', () => {
  it.each(grammarCases)(
    '$what is read whole, and with others behind it [RFC 4975 9]',
    ({ text, said }) => {
      expect(readAll([bytesOf(text)])).toEqual({ said: [said], refused: '' });
      expect(readAll([bytesOf(text + text)])).toEqual({ said: [said, said], refused: '' });
    },
  );

  it.each(grammarCases)(
    '$what is read byte by byte, with others behind it [RFC 4975 9]',
    ({ text, said }) => {
      expect(readAll(cutEvery(text + text, 1))).toEqual({ said: [said, said], refused: '' });
    },
  );

  it.each(grammarCases)('$what is read however it is cut in two [RFC 4975 9]', ({ text, said }) => {
    for (let at = 1; at < text.length; at++) {
      const pieces = [bytesOf(text.slice(0, at)), bytesOf(text.slice(at) + text)];
      expect(readAll(pieces)).toEqual({ said: [said, said], refused: '' });
    }
  });

  it('all of them are read from one stream, in pieces of any length', () => {
    const text = grammarCases.map((one) => one.text).join('');
    const said = grammarCases.map((one) => one.said);
    for (let length = 1; length < 700; length += 7) {
      expect(readAll(cutEvery(text, length))).toEqual({ said, refused: '' });
    }
  });

  it('empty lines between frames keep a connection open and mean nothing', () => {
    const text = grammarCases.map((one) => `\r\n\r\n${one.text}\r\n`).join('');
    const said = grammarCases.map((one) => one.said);
    expect(readAll([bytesOf(text)])).toEqual({ said, refused: '' });
    expect(readAll(cutEvery(text, 1))).toEqual({ said, refused: '' });
  });

  it.each([
    ['other protocols', 'GET / HTTP/1.1\r\n'],
    ['a beginning that can’t become MSRP', 'MSRX'],
    ['a lone CR between frames', '\rMSRP'],
    ['a start-line of one word', lines('MSRP abcd', ...paths, '-------abcd$')],
    ['a transaction-id that is none', lines('MSRP -bcd SEND', ...paths, '--------bcd$')],
    ['a transaction-id with strange characters', lines('MSRP ab_d SEND', ...paths, '-------ab_d$')],
    [
      'an endless transaction-id',
      lines(`MSRP ${'a'.repeat(65)} SEND`, ...paths, `-------${'a'.repeat(65)}$`),
    ],
    ['an empty method', lines('MSRP abcd ', ...paths, '-------abcd$')],
    ['a method in small letters', lines('MSRP abcd send', ...paths, '-------abcd$')],
    ['a status of four digits', lines('MSRP abcd 2000', ...paths, '-------abcd$')],
    ['no headers at all', lines('MSRP abcd SEND', '-------abcd$')],
    ['no From-Path', lines('MSRP abcd SEND', `To-Path: ${to}`, '-------abcd$')],
    [
      'an empty To-Path',
      lines('MSRP abcd SEND', 'To-Path: ', `From-Path: ${from}`, '-------abcd$'),
    ],
    [
      'paths the other way round',
      lines('MSRP abcd SEND', `From-Path: ${from}`, `To-Path: ${to}`, '-------abcd$'),
    ],
    ['lines without CR', 'MSRP abcd SEND\nTo-Path: x\n'],
    ['an end-line of another frame', lines('MSRP abcd SEND', ...paths, '-------abce$')],
    ['an end-line with more behind', lines('MSRP abcd SEND', ...paths, '-------abcd$x')],
    ['a header that starts like an end-line', lines('MSRP abcd SEND', ...paths, '-x: y')],
    ['a response with a body', lines('MSRP abcd 200 OK', ...paths, '', 'x', '-------abcd$')],
    ['an endless head', `MSRP abcd SEND\r\n${'X: y\r\n'.repeat(headBytesMax / 6)}x`],
    ['an endless line', `MSRP ${'a'.repeat(headBytesMax)}`],
  ])('%s are refused, whole and byte by byte [RFC 4975 9]', (_what, text) => {
    expect(readAll([bytesOf(text)]).refused).not.toBe('');
    expect(readAll(cutEvery(text, 1)).refused).not.toBe('');
  });

  it('after a refusal nothing else comes', () => {
    const reader = new FrameReader();
    reader.push(bytesOf('hello'));
    expect(reader.next().kind).toBe('refused');
    reader.push(bytesOf(grammarCases[0]!.text));
    expect(reader.next()).toEqual({ kind: 'refused', reason: 'no MSRP' });
  });

  it.each([
    ['Message-ID', 'Message-ID: a b'],
    ['Message-ID', 'Message-ID: '],
    ['Message-ID', `Message-ID: ${'a'.repeat(129)}`],
    ['Byte-Range', 'Byte-Range: 1'],
    ['Byte-Range', 'Byte-Range: 1-2'],
    ['Byte-Range', 'Byte-Range: -/2'],
    ['Byte-Range', 'Byte-Range: x-2/2'],
    ['Byte-Range', 'Byte-Range: 1-x/2'],
    ['Byte-Range', 'Byte-Range: 1-2/+'],
    ['Byte-Range', `Byte-Range: 1-2/${'9'.repeat(16)}`],
    ['Failure-Report', 'Failure-Report: maybe'],
    ['Content-Type', 'Content-Type: text/\x01plain'],
    ['Content-Type', 'Content-Type: text/\x7fplain'],
    ['header without a colon', 'Message-ID'],
    ['header without a colon', 'Message-ID\r\nX: y'],
  ])('a bad %s is noted, as it can be answered: %s [RFC 4975 7.3]', (problem, header) => {
    const { said } = readAll([bytesOf(lines('MSRP abcd SEND', ...paths, header, '-------abcd$'))]);
    expect(said[0]).toMatchObject({ head: { problem } });
  });

  it('a body that is within one read is not copied', () => {
    const text = grammarCases[0]!.text;
    const bytes = bytesOf(text + text);
    const reader = new FrameReader();
    reader.push(bytes);
    for (let count = 0; count < 2; count++) {
      const result = reader.next();
      if (result.kind !== 'frame' || result.frame.kind !== 'request') throw new Error('no frame');
      expect(result.frame.body.buffer).toBe(bytes.buffer);
    }
  });

  it('bodies stay as they are while more is read', () => {
    const reader = new FrameReader();
    const bodies = cutEvery(grammarCases[0]!.text.repeat(20), 50).flatMap((piece) => {
      reader.push(piece);
      return bodiesIn(reader);
    });
    expect(bodies.map(textOf)).toEqual(
      Array.from({ length: 20 }, () => 'Hey Bob, are you there?\r\n'),
    );
  });

  it('reads that come faster than frames are taken out are all kept', () => {
    const text = grammarCases[0]!.text;
    const reader = new FrameReader();
    for (const piece of cutEvery(text.repeat(3), 100)) reader.push(piece);
    reader.push(new Uint8Array(0));
    const kinds = [reader.next(), reader.next(), reader.next(), reader.next()].map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['frame', 'frame', 'frame', 'need-more']);
    expect(reader.isWithinFrame).toBe(false);
  });

  it('knows whether a frame has begun', () => {
    const reader = new FrameReader();
    expect(reader.isWithinFrame).toBe(false);
    reader.push(bytesOf('MS'));
    expect(reader.next().kind).toBe('need-more');
    expect(reader.isWithinFrame).toBe(true);
  });
});

function bodiesIn(reader: FrameReader): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (;;) {
    const result = reader.next();
    if (result.kind !== 'frame') return bodies;
    if (result.frame.kind === 'request') bodies.push(result.frame.body);
  }
}
