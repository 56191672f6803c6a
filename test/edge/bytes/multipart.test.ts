import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findPart, parseMultipart, printMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';

const type = 'multipart/mixed;boundary=b';

/** The parts of a body of lines, as media type and content. */
function parts(...lines: readonly string[]): readonly string[] | undefined {
  return read(type, lines.join('\r\n'));
}

function read(contentType: string, body: string): readonly string[] | undefined {
  const all = parseMultipart(contentType, utf8Encode(body));
  return all?.map((part) => `${part.contentType}|${utf8Decode(part.body)}`);
}

test('parts stand between delimiters, with line breaks of their own [RFC 2046 5.1.1]', () => {
  const body = [
    '--b',
    'Content-Type: a/b',
    '',
    'x',
    '',
    '--b',
    'content-type:c/d',
    '',
    'y\nz',
    '--b--',
  ];
  expect(parts(...body)).toEqual(['a/b|x\r\n', 'c/d|y\nz']);
});

test('what stands before the first and behind the last is passed over [RFC 2046 5.1.1]', () => {
  expect(parts('before', '--b', '', 'x', '--b--', 'behind', '--b')).toEqual(['text/plain|x']);
  expect(parts('', '--b', '', 'x', '--b--')).toEqual(['text/plain|x']);
});

test('blanks may follow a boundary on its line [RFC 2046 5.1.1]', () => {
  expect(parts('--b \t', '', 'x', '--b--  ')).toEqual(['text/plain|x']);
});

test('other headers are kept, folds are undone, lengths are not believed [RFC 2045 3]', () => {
  const body =
    '--b\r\nContent-ID: <1>\r\nContent-Length: 999\r\nX:\r\n  y\r\n\tz\r\nno header\r\n\r\nx\r\n--b--';
  expect(parseMultipart(type, utf8Encode(body))).toEqual([
    {
      headers: [
        { name: 'Content-ID', value: '<1>' },
        { name: 'X', value: 'y z' },
      ],
      contentType: 'text/plain',
      body: utf8Encode('x'),
    },
  ]);
});

test('a part may have no headers, no content, or neither [RFC 2046 5.1.1]', () => {
  expect(parts('--b', '', 'x', '--b--')).toEqual(['text/plain|x']);
  expect(parts('--b', 'Content-Type: a/b', '', '', '--b--')).toEqual(['a/b|']);
  expect(parts('--b', 'Content-Type: a/b', '', '--b--')).toEqual(['a/b|']);
  expect(parts('--b', '', '--b--')).toEqual(['text/plain|']);
  expect(parts('--b', '--b--')).toEqual(['text/plain|']);
});

test('a delimiter begins a line, and is a whole one [RFC 2046 5.1.1]', () => {
  expect(parts('--b', '', 'x--b', '--bb', ' --b', '--b-', '--b--')).toEqual([
    'text/plain|x--b\r\n--bb\r\n --b\r\n--b-',
  ]);
});

test('a multipart within a part is left as it is', () => {
  const inner = ['--bb', '', 'x', '--bb--'];
  const [outer] =
    parts('--b', 'Content-Type: multipart/mixed;boundary=bb', '', ...inner, '--b--') ?? [];
  expect(outer).toBe(`multipart/mixed;boundary=bb|${inner.join('\r\n')}`);
});

test.each([
  ['no delimiter', ['x']],
  ['nothing', ['']],
  ['no close', ['--b', '', 'x']],
  ['a close that is cut', ['--b', '', 'x', '--b-']],
  ['a part that is not a head and has no content', ['--b', 'x', '--b--']],
  ['a head that is too long', ['--b', `X: ${'y'.repeat(8192)}`, '', 'x', '--b--']],
  ['too many parts', [...Array.from({ length: 33 }, () => '--b\r\n\r\nx'), '--b--']],
])('a body with %s is malformed', (_what, lines) => {
  expect(parts(...lines)).toBeUndefined();
});

test('there may be as many parts as the bound', () => {
  expect(parts(...Array.from({ length: 32 }, () => '--b\r\n\r\nx'), '--b--')).toHaveLength(32);
  expect(parts('--b--')).toEqual([]);
});

test.each([
  ['multipart/mixed;boundary="b"', true],
  ['Multipart/Related ; type="a;boundary=c" ; Boundary = b ', true],
  ['multipart/mixed;x="\\";boundary=c";boundary=b', true],
  ['multipart/mixed', false],
  ['multipart/mixed;boundary=', false],
  ['multipart/mixed;boundary=""', false],
  ['multipart/mixed;xboundary=b', false],
  [`multipart/mixed;boundary=${'b'.repeat(71)}`, false],
])('%s has its boundary: %s [RFC 2046 5.1.1]', (contentType, has) => {
  expect(read(contentType, '--b\r\n\r\nx\r\n--b--')).toEqual(has ? ['text/plain|x'] : undefined);
});

test('a body that is not multipart is one part', () => {
  expect(read('text/plain; charset=utf-8', '--b--')).toEqual(['text/plain; charset=utf-8|--b--']);
});

test('a part is found by its media type', () => {
  const all =
    parseMultipart(type, utf8Encode('--b\r\nContent-Type: A/B; c=d\r\n\r\nx\r\n--b--')) ?? [];
  expect(findPart(all, 'a/b')).toBe(all[0]);
  expect(findPart(all, 'text/plain')).toBeUndefined();
  const [plain] = parseMultipart('text/plain', new Uint8Array(0)) ?? [];
  expect(plain && findPart([plain], 'text/plain')).toBe(plain);
});

test('what is written is read again, whatever the parts hold', () => {
  const header = fc.record({
    name: fc.constant('Content-ID'),
    value: fc.stringMatching(/^[a-z<>@]{0,5}$/),
  });
  const part = fc.record({
    headers: fc.array(header, { maxLength: 3 }),
    contentType: fc.constantFrom('application/sdp', 'a/b; c="d;e"'),
    body: fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom('\r\n', '-', 'b', '--bound') }).map(utf8Encode),
    ),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (written) => {
      const { contentType, body } = printMultipart(written, 'bound-7');
      const again = parseMultipart(contentType, body);
      expect(again?.map((one) => ({ ...one, body: one.body.slice() }))).toEqual(written);
    }),
  );
});

test('cut at any byte a body is malformed, until its close', () => {
  const body = utf8Encode('--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--');
  for (let length = 0; length < body.length; length++) {
    expect(parseMultipart(type, body.subarray(0, length))).toBeUndefined();
  }
  expect(parseMultipart(type, body)).toHaveLength(2);
});

test('any bytes are parts or malformed', () => {
  const body = fc.string({ unit: fc.constantFrom('--b', '-', '\r\n', '\r\n\r\n', ':', 'x', ' ') });
  fc.assert(
    fc.property(body, (text) => {
      expect(() => read(type, text)).not.toThrow();
    }),
  );
});

test.each([
  ['hyphens', '-'],
  ['half delimiters', `\r\n--${'-'.repeat(69)}`],
  ['line breaks', '\r\n'],
  ['delimiters that go on', `\r\n--${'-'.repeat(70)} `],
])('a long body of %s takes no long time', (_what, unit) => {
  const body = utf8Encode(unit.repeat(1_000_000 / unit.length));
  const start = performance.now();
  parseMultipart(`multipart/mixed;boundary=${'-'.repeat(70)}`, body);
  parseMultipart(`multipart/mixed${';a="'.repeat(15_000)}`, body);
  parseMultipart(`multipart/mixed;${' '.repeat(60_000)}`, body);
  expect(performance.now() - start).toBeLessThan(1000);
});
