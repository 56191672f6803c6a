import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import {
  type Cpim,
  type CpimHeader,
  parseCpim,
  printCpim,
  withCpimHeader,
} from '../../../edge/cpim/cpim.ts';
import { cpimHeadBytesMax, cpimHeadersMax } from '../../../edge/cpim/limit.ts';

const text = [
  'From: Bob <sip:bob@example.net>',
  'To: <sip:g7@conf.example.net>',
  'DateTime:2013-01-16T10:00:00.000Z',
  'NS: imdn <urn:ietf:params:imdn>',
  'imdn.Message-ID: Msg1',
  '',
  'Content-type: text/plain; charset=utf-8',
  'Content-Length: 5',
  '',
  'héllo\r\n\r\nmore',
].join('\r\n');

function read(source: string | Uint8Array): Cpim {
  const result = parseCpim(typeof source === 'string' ? utf8Encode(source) : source);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.cpim;
}

test('both header blocks and the content are read (RFC 3862 2)', () => {
  const cpim = read(text);
  expect(cpim.headers).toEqual([
    { name: 'From', value: 'Bob <sip:bob@example.net>' },
    { name: 'To', value: '<sip:g7@conf.example.net>' },
    { name: 'DateTime', value: '2013-01-16T10:00:00.000Z' },
    { name: 'NS', value: 'imdn <urn:ietf:params:imdn>' },
    { name: 'imdn.Message-ID', value: 'Msg1' },
  ]);
  expect(cpim.contentHeaders).toEqual([
    { name: 'Content-type', value: 'text/plain; charset=utf-8' },
    { name: 'Content-Length', value: '5' },
  ]);
  expect(utf8Decode(cpim.content)).toBe('héllo\r\n\r\nmore');
  expect(printCpim(cpim)).toEqual(utf8Encode(text));
});

test('a message may lack MIME headers, or content (RFC 2046 5.1)', () => {
  expect(read('To: a\r\n\r\n\r\nx')).toMatchObject({
    contentHeaders: [],
    content: utf8Encode('x'),
  });
  expect(read('To: a\r\n\r\n')).toMatchObject({ contentHeaders: [], content: new Uint8Array(0) });
  expect(read('To: a\r\n\r\nContent-Type: a/b').contentHeaders).toHaveLength(1);
});

test('lines that end in LF alone and folded lines are read', () => {
  const cpim = read('To: a\n  b\n\nContent-Type: a/b;\n\tc=d\n\nx');
  expect(cpim.headers).toEqual([{ name: 'To', value: 'a b' }]);
  expect(cpim.contentHeaders).toEqual([{ name: 'Content-Type', value: 'a/b; c=d' }]);
});

test.each([
  ['nothing', '', 'message headers do not end'],
  ['headers without an end', 'To: a\r\n', 'message headers do not end'],
  ['no message headers', '\r\nContent-Type: a/b\r\n\r\n', 'no message headers'],
  ['a line without a name', 'To: a\r\nnonsense\r\n\r\n', 'header line without a name'],
  ['a line with an empty name', ': a\r\n\r\n', 'header line without a name'],
  ['a folded first line', ' To: a\r\n\r\n', 'header line without a name'],
  ['a MIME header without a name', 'To: a\r\n\r\nnonsense\r\n\r\n', 'header line without a name'],
  ['too many headers', `${'a: b\r\n'.repeat(cpimHeadersMax + 1)}\r\n`, 'too many headers'],
  ['too long a header', `a: ${'b'.repeat(cpimHeadBytesMax)}\r\n\r\n`, 'headers too long'],
])('%s is refused', (_, source, reason) => {
  expect(parseCpim(utf8Encode(source))).toEqual({ kind: 'refused', reason });
});

test('replacing recipients leaves every other byte as it was (003 B.2.3.5.X step 5)', () => {
  const source =
    'From: <sip:b@x>\r\nTo: a\r\n folded\r\nX:1\r\nTo:b\r\nY:\t2\r\n\r\n\r\nTo: content';
  const changed = withCpimHeader(read(source), 'To', ['<sip:c@x>', '<sip:d@x>']);
  const expected = source
    .replace('To: a\r\n folded\r\n', 'To: <sip:c@x>\r\nTo: <sip:d@x>\r\n')
    .replace('To:b\r\n', '');
  expect(utf8Decode(printCpim(changed))).toBe(expected);
  expect(changed).toEqual(read(expected));
});

test('a new header comes last, a header without values goes', () => {
  const added = withCpimHeader(read('A: 1\r\n\r\n\r\nx'), 'B', ['2']);
  expect(utf8Decode(printCpim(added))).toBe('A: 1\r\nB: 2\r\n\r\n\r\nx');
  expect(utf8Decode(printCpim(withCpimHeader(added, 'A', [])))).toBe('B: 2\r\n\r\n\r\nx');
});

test('a value can not bring in a header of its own', () => {
  const changed = withCpimHeader(read('A: 1\r\n\r\n\r\nx'), 'A', ['2\r\nB: 3\r\n']);
  expect(changed).toEqual(read('A: 2 B: 3\r\n\r\n\r\nx'));
});

test('a message put together by hand is printed and may be changed', () => {
  const cpim: Cpim = {
    headers: [{ name: 'To', value: 'a\r\nb' }],
    contentHeaders: [{ name: 'Content-Type', value: 'text/plain' }],
    content: utf8Encode('x'),
  };
  expect(utf8Decode(printCpim(cpim))).toBe('To: a b\r\n\r\nContent-Type: text/plain\r\n\r\nx');
  const changed = withCpimHeader(cpim, 'To', ['c']);
  expect(utf8Decode(printCpim(changed))).toBe('To: c\r\n\r\nContent-Type: text/plain\r\n\r\nx');
});

test('bytes that do not belong to the message are dropped when it is changed', () => {
  const cpim: Cpim = { ...read('A: 1\r\n\r\n\r\nx'), raw: utf8Encode('A') };
  expect(withCpimHeader(cpim, 'A', ['2'])).not.toHaveProperty('raw');
  const blank: Cpim = { ...cpim, raw: utf8Encode('\r\n') };
  expect(utf8Decode(printCpim(withCpimHeader(blank, 'A', ['2'])))).toBe('A: 2\r\n\r\n');
});

const token = fc.stringMatching(/^[A-Za-z][A-Za-z.-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const headers: fc.Arbitrary<CpimHeader[]> = fc.array(fc.record({ name: token, value }), {
  minLength: 1,
  maxLength: 6,
});

test('what is printed reads back, whatever the content', () => {
  fc.assert(
    fc.property(headers, headers, fc.uint8Array(), (head, contentHead, content) => {
      const made: Cpim = { headers: head, contentHeaders: contentHead, content };
      const bytes = printCpim(made);
      expect(read(bytes)).toEqual({ ...made, raw: bytes });
      expect(read(withCpimHeader(read(bytes), 'To', ['<sip:x@y>']).raw!)).toEqual(
        withCpimHeader(read(bytes), 'To', ['<sip:x@y>']),
      );
    }),
    { numRuns: 200 },
  );
});

test('a message cut or changed at any byte is read or refused, and keeps its bytes', () => {
  const whole = utf8Encode(text);
  for (let length = 0; length <= whole.length; length++) {
    const cut = whole.subarray(0, length);
    const result = parseCpim(cut);
    if (result.kind === 'cpim') expect(printCpim(result.cpim)).toBe(cut);
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = whole.slice();
      changed[at] = byte;
      const result = parseCpim(changed);
      if (result.kind === 'cpim') expect(printCpim(result.cpim)).toBe(changed);
    }),
    { numRuns: 300 },
  );
});

test('a header of very many lines takes no long time', () => {
  const bytes = utf8Encode(`A: b\r\n${' c\r\n'.repeat(26_000)}\r\n\r\n`);
  const before = process.threadCpuUsage();
  expect(read(bytes).headers[0]?.value).toHaveLength(1 + 2 * 26_000);
  expect(process.threadCpuUsage(before).user).toBeLessThan(50_000);
});
