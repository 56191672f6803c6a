import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { type Cpim, parseCpim, printCpim } from '../../../edge/cpim/cpim.ts';
import {
  addressUri,
  contentHeader,
  cpimContentType,
  cpimFrom,
  cpimHeader,
  cpimHeaders,
  cpimTo,
  dispositions,
  imdnHeader,
  imdnHeaders,
  imdnPrefix,
  isComposing,
  isImdn,
  withImdnHeader,
  withTo,
} from '../../../edge/cpim/header.ts';

function message(headers: readonly string[], contentHeaders: readonly string[] = []): Cpim {
  const lines = ['X-First: 1', ...headers, '', ...contentHeaders, '', 'content'];
  const result = parseCpim(utf8Encode(lines.join('\r\n')));
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.cpim;
}

test('message header names are case-sensitive, MIME header names are not (RFC 3862 2.2)', () => {
  const cpim = message(['to: a', 'To: b', 'To: c'], ['CONTENT-TYPE: Text/HTML; x=y']);
  expect(cpimHeader(cpim, 'To')).toBe('b');
  expect(cpimHeaders(cpim, 'To')).toEqual(['b', 'c']);
  expect(cpimHeader(cpim, 'TO')).toBeUndefined();
  expect(contentHeader(cpim, 'content-type')).toBe('Text/HTML; x=y');
  expect(cpimContentType(cpim)).toBe('text/html');
});

test('content of no stated type is plain text (RFC 2045 5.2)', () => {
  expect(cpimContentType(message([]))).toBe('text/plain');
});

test.each([
  ['imdn <urn:ietf:params:imdn>', 'imdn'],
  ['imdn<urn:ietf:params:imdn>', 'imdn'],
  ['n <URN:ietf:params:imdn>', 'n'],
  ['<urn:ietf:params:imdn>', ''],
  ['x <urn:other>', 'imdn'],
  ['broken', 'imdn'],
])('NS %s gives the prefix "%s" (RFC 3862 3.4)', (value, prefix) => {
  expect(imdnPrefix(message([`NS: ${value}`]))).toBe(prefix);
});

test('IMDN headers are found by the prefix that the message binds (RFC 5438 6)', () => {
  const cpim = message([
    'NS: x <urn:other>',
    'NS: n<urn:ietf:params:imdn>',
    'x.Message-ID: 1',
    'n.Message-ID: 2',
    'n.IMDN-Record-Route: <sip:a>',
    'n.IMDN-Record-Route: <sip:b>',
  ]);
  expect(imdnHeader(cpim, 'Message-ID')).toBe('2');
  expect(imdnHeaders(cpim, 'IMDN-Record-Route')).toEqual(['<sip:a>', '<sip:b>']);
  expect(imdnHeader(message(['NS: <urn:ietf:params:imdn>', 'Message-ID: 3']), 'Message-ID')).toBe(
    '3',
  );
  expect(imdnHeader(message([]), 'Message-ID')).toBeUndefined();
});

test('a prefix that would end the name of its headers binds nothing (RFC 3862 2.2)', () => {
  const cpim = message(['NS: a: b <urn:ietf:params:imdn>', 'imdn.Message-ID: 4']);
  expect(imdnHeader(cpim, 'Message-ID')).toBe('4');
  const changed = parseCpim(printCpim(withImdnHeader(cpim, 'Message-ID', ['5'])));
  expect(changed.kind === 'cpim' && imdnHeader(changed.cpim, 'Message-ID')).toBe('5');
});

test('an IMDN header is replaced or taken out under its own prefix (004 5.2.6.1)', () => {
  const cpim = message(['NS: n <urn:ietf:params:imdn>', 'n.Disposition-Notification: a']);
  const name = 'Disposition-Notification';
  expect(imdnHeader(withImdnHeader(cpim, name, ['display']), name)).toBe('display');
  expect(utf8Decode(printCpim(withImdnHeader(cpim, name, [])))).not.toContain(name);
});

test('the notifications that are asked for are read without case and blanks (RFC 5438 6.2)', () => {
  const cpim = message([
    'imdn.Disposition-Notification: Positive-Delivery ,display;x=y,, interworking',
  ]);
  expect(dispositions(cpim)).toEqual(['positive-delivery', 'display', 'interworking']);
  expect(dispositions(message([]))).toEqual([]);
});

test.each([
  ['<sip:a@b>', 'sip:a@b'],
  ['Alice < sip:a@b >', 'sip:a@b'],
  ['"A <x> \\"B\\"" <sip:a@b>', 'sip:a@b'],
  ['"A <sip:a@b>', 'sip:a@b'],
  [' sip:a@b ', 'sip:a@b'],
  ['Alice sip:a@b', undefined],
  ['"Alice"', undefined],
  ['', undefined],
  ['<sip:a@b', undefined],
  ['<>', undefined],
])('the URI of %s is %s (RFC 3862 2.3)', (value, uri) => {
  expect(addressUri(value)).toBe(uri);
});

test('author and recipients are URIs (RFC 3862 4)', () => {
  const cpim = message([
    'From: "B" <sip:b@x>',
    'To: <sip:c@x>',
    'To: nobody here',
    'To: D <sip:d@x>',
  ]);
  expect(cpimFrom(cpim)).toBe('sip:b@x');
  expect(cpimTo(cpim)).toEqual(['sip:c@x', 'sip:d@x']);
  expect(cpimFrom(message([]))).toBeUndefined();
});

test('recipients are rewritten in their place (003 B.2.3.5.X step 5)', () => {
  const changed = withTo(message(['To: a', 'Y: 2']), ['sip:c@x', 'sip:d@x']);
  expect(utf8Decode(printCpim(changed))).toBe(
    'X-First: 1\r\nTo: <sip:c@x>\r\nTo: <sip:d@x>\r\nY: 2\r\n\r\n\r\ncontent',
  );
});

test('isComposing is known by its type, misspelt too (RFC 3994 3)', () => {
  expect(isComposing('application/im-iscomposing+xml;charset=utf-8')).toBe(true);
  expect(isComposing('application/im-isComposing+xm')).toBe(true);
  expect(isComposing('text/plain')).toBe(false);
});

test('a notification is known by its type or its disposition (RFC 5438 7.2.1)', () => {
  expect(isImdn(message([], ['Content-Type: message/imdn+xml']))).toBe(true);
  expect(
    isImdn(
      message([], ['Content-Type: multipart/mixed', 'Content-Disposition: Notification; a=b']),
    ),
  ).toBe(true);
  expect(isImdn(message([], ['Content-Type: text/plain']))).toBe(false);
});
