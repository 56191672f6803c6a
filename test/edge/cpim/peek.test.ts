import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { parseCpim } from '../../../edge/cpim/cpim.ts';
import { cpimContentType, cpimFrom, imdnHeader } from '../../../edge/cpim/header.ts';
import { usualHeadBytesMax } from '../../../edge/cpim/limit.ts';
import { type CpimPeek, peekCpim } from '../../../edge/cpim/peek.ts';

const usual = [
  'From: <sip:bob@example.net>',
  'To: <sip:g7@conf.example.net>',
  'NS: imdn <urn:ietf:params:imdn>',
  'imdn.Message-ID: Msg1',
  '',
  'Content-type: Message/IMDN+xml; charset=utf-8',
  '',
  'hello',
].join('\r\n');

/** What the full parser says. */
function full(bytes: Uint8Array): CpimPeek | undefined {
  const parsed = parseCpim(bytes);
  if (parsed.kind === 'refused') return undefined;
  return {
    from: cpimFrom(parsed.cpim),
    messageId: imdnHeader(parsed.cpim, 'Message-ID'),
    contentType: cpimContentType(parsed.cpim),
  };
}

test('author, id and type of a usual message are seen at a glance', () => {
  expect(peekCpim(utf8Encode(usual))).toEqual({
    from: 'sip:bob@example.net',
    messageId: 'Msg1',
    contentType: 'message/imdn+xml',
  });
});

test.each([
  ['usual', usual],
  ['with another prefix', usual.replaceAll('imdn', 'n')],
  ['with another prefix, bound rightly', usual.replace('NS: imdn', 'NS: n').replace('imdn.', 'n.')],
  ['with line ends of LF', usual.replaceAll('\r\n', '\n')],
  ['with one line end of LF', usual.replace('\r\nTo', '\nTo')],
  ['folded', usual.replace('bob', 'bob\r\n ')],
  ['folded with a tab', usual.replace('From: ', 'From:\r\n\t')],
  ['without MIME headers', 'From: <sip:a@b>\r\n\r\n\r\nhello\r\n\r\n'],
  ['without a type', 'From: <sip:a@b>\r\n\r\nX: y\r\n\r\nhello'],
  ['without an author', 'X: y\r\n\r\nContent-Type: a/b\r\n\r\nhello'],
  ['without an end', 'From: <sip:a@b>\r\n\r\nContent-Type: a/b\r\n'],
  ['without anything', ''],
  ['without message headers', '\r\n\r\nContent-Type: a/b\r\n\r\nhello'],
  ['without a name', usual.replace('To:', ':')],
  ['without a colon', usual.replace('To:', 'To')],
  ['without a colon in the last line', 'From\r\n\r\nA: b\r\n\r\n'],
  ['with a nameless MIME header', usual.replace('Content-type:', ':')],
  [
    'with two of each',
    `From: <sip:first@x>\r\n${usual}`.replace('NS:', 'imdn.Message-ID: 0\r\nNS:'),
  ],
  ['with a byte order mark', usual.replace('To:', '\u{FEFF}To:')],
  ['with a long head', usual.replace('To:', `X: ${'x'.repeat(usualHeadBytesMax)}\r\nTo:`)],
])('a message %s is seen as the full parser sees it', (_, source) => {
  expect(peekCpim(utf8Encode(source))).toEqual(full(utf8Encode(source)));
});

test('both views agree on any cut and any changed bytes', () => {
  const whole = utf8Encode(usual);
  for (let length = 0; length <= whole.length; length++) {
    const cut = whole.subarray(0, length);
    expect(peekCpim(cut)).toEqual(full(cut));
  }
  const change = fc.tuple(
    fc.nat(whole.length - 1),
    fc.constantFrom(9, 10, 12, 13, 32, 58, 59, 200),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = whole.slice();
      for (const [at, byte] of changes) changed[at] = byte;
      expect(peekCpim(changed)).toEqual(full(changed));
    }),
    { numRuns: 1000 },
  );
});
