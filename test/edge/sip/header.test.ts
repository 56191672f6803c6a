import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  firstOfList,
  header,
  headerValues,
  splitList,
  withHeader,
  withoutHeader,
} from '../../../edge/sip/header.ts';
import { canonicalName, canonicalNameAt } from '../../../edge/sip/header-name.ts';
import { requestWith } from './sample.ts';

describe('names of headers', () => {
  test.each([
    ['v', 'Via'],
    ['V', 'Via'],
    ['f', 'From'],
    ['t', 'To'],
    ['i', 'Call-ID'],
    ['m', 'Contact'],
    ['l', 'Content-Length'],
    ['c', 'Content-Type'],
    ['e', 'Content-Encoding'],
    ['k', 'Supported'],
    ['s', 'Subject'],
    ['o', 'Event'],
    ['u', 'Allow-Events'],
    ['r', 'Refer-To'],
    ['b', 'Referred-By'],
    ['x', 'Session-Expires'],
    ['d', 'Request-Disposition'],
    ['a', 'Accept-Contact'],
    ['j', 'Reject-Contact'],
    ['y', 'Identity'],
    ['n', 'Identity-Info'],
  ])('the compact %s is %s [RFC 3261 7.3.3]', (short, name) => {
    expect(canonicalName(short)).toBe(name);
  });

  test.each([
    ['call-id', 'Call-ID'],
    ['CALL-ID', 'Call-ID'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['cseq', 'CSeq'],
    ['P-ASSERTED-IDENTITY', 'P-Asserted-Identity'],
    ['inreplyto-contribution-id', 'InReplyTo-Contribution-ID'],
    ['p-charging-function-addresses', 'P-Charging-Function-Addresses'],
  ])('%s is %s [RFC 3261 7.3.1]', (written, name) => {
    expect(canonicalName(written)).toBe(name);
  });

  test.each(['X-Other', 'x-other', 'z', 'Vib', 'a b', '', 'constructor', '__proto__'])(
    'an unknown "%s" stays as written',
    (written) => {
      expect(canonicalName(written)).toBe(written);
    },
  );

  test('a name within a text is found in its place, and only if it is one', () => {
    expect(canonicalNameAt('xVia:', 1, 4)).toBe('Via');
    expect(canonicalNameAt('Call-IDs', 0, 8)).toBe('Call-IDs');
    expect(canonicalNameAt('a b:', 0, 3)).toBeUndefined();
    expect(canonicalNameAt(':', 0, 0)).toBeUndefined();
  });
});

describe('lists', () => {
  test('are split at commas outside quotes and brackets [RFC 3261 7.3.1]', () => {
    const text = '"a,\\",b" <sip:a,b@h>;x="y,z" ,c,, d ,';
    expect(splitList(text)).toEqual(['"a,\\",b" <sip:a,b@h>;x="y,z"', 'c', 'd']);
    expect(splitList('')).toEqual([]);
  });

  test.each(['a,"b,c', 'a,<b,c'])(
    'what is opened and never closed reaches to the end: %s',
    (text) => {
      expect(splitList(text)).toEqual(['a', text.slice(2)]);
    },
  );

  test('the first value is found without the others', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab,"<>\\ ') });
    fc.assert(
      fc.property(texts, (text) => {
        const list = `x${text}`;
        expect(firstOfList(list).trim()).toBe(splitList(list)[0]);
      }),
    );
  });
});

describe('headers of a message', () => {
  const request = requestWith(
    'Via: SIP/2.0/UDP a, SIP/2.0/UDP b',
    'Route: <sip:a,b>',
    'Subject: one, two',
    'Via: SIP/2.0/UDP c',
  );

  test('the first one is read by any of its names', () => {
    expect(header(request, 'v')).toBe('SIP/2.0/UDP a, SIP/2.0/UDP b');
    expect(header(request, 'VIA')).toBe('SIP/2.0/UDP a, SIP/2.0/UDP b');
    expect(header(request, 'To')).toBeUndefined();
  });

  test('several fields and lists are the same [RFC 3261 7.3.1]', () => {
    expect(headerValues(request, 'v')).toEqual(['SIP/2.0/UDP a', 'SIP/2.0/UDP b', 'SIP/2.0/UDP c']);
    expect(headerValues(request, 'Route')).toEqual(['<sip:a,b>']);
    expect(headerValues(request, 'To')).toEqual([]);
  });

  test('a value that may hold commas is not a list [RFC 3261 7.3.1]', () => {
    expect(headerValues(request, 'Subject')).toEqual(['one, two']);
  });

  test('one is put in the place of all fields of its name', () => {
    expect(withHeader(request, 'v', 'x').headers).toEqual([
      { name: 'Via', value: 'x' },
      { name: 'Route', value: '<sip:a,b>' },
      { name: 'Subject', value: 'one, two' },
    ]);
  });

  test('one that was not there comes last', () => {
    expect(withHeader(request, 't', 'x').headers.at(-1)).toEqual({ name: 'To', value: 'x' });
  });

  test('all of a name are taken away', () => {
    expect(withoutHeader(request, 'v').headers.map(({ name }) => name)).toEqual([
      'Route',
      'Subject',
    ]);
  });

  test('no change touches the message itself', () => {
    const before = structuredClone(request);
    withHeader(request, 'Via', 'x');
    withoutHeader(request, 'Via');
    expect(request).toEqual(before);
  });
});
