import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../edge/sip/parse.ts';
import { printMessage } from '../../../edge/sip/print.ts';
import { cutIn, framedAll, read, refusal, tortureMessage } from './sample.ts';

/** Messages that are understood: the name in the RFC, what they are about, and their method or status. */
const understood: readonly (readonly [name: string, about: string, what: string | number])[] = [
  ['wsinv', 'folds and blanks wherever they may be [RFC 4475 3.1.1.1]', 'INVITE'],
  [
    'intmeth',
    'all characters a method may have [RFC 4475 3.1.1.2]',
    "!interesting-Method0123456789_*+`.%indeed'~",
  ],
  ['esc01', 'escapes in URIs [RFC 4475 3.1.1.3]', 'INVITE'],
  ['escnull', 'escaped null characters in URIs [RFC 4475 3.1.1.4]', 'REGISTER'],
  ['esc02', 'a percent sign that is no escape [RFC 4475 3.1.1.5]', 'RE%47IST%45R'],
  ['lwsdisp', 'no blank between name and bracket [RFC 4475 3.1.1.6]', 'OPTIONS'],
  ['longreq', 'long values [RFC 4475 3.1.1.7]', 'INVITE'],
  ['dblreq', 'bytes behind the message [RFC 4475 3.1.1.8]', 'REGISTER'],
  ['semiuri', 'semicolons in the user part [RFC 4475 3.1.1.9]', 'OPTIONS'],
  ['transports', 'many transports, one of them unknown [RFC 4475 3.1.1.10]', 'OPTIONS'],
  ['mpart01', 'a body of several parts [RFC 4475 3.1.1.11]', 'MESSAGE'],
  ['unreason', 'a reason in other letters [RFC 4475 3.1.1.12]', 200],
  ['noreason', 'an empty reason [RFC 4475 3.1.1.13]', 100],
  ['badbranch', 'a branch without a token, left to the transactions [RFC 4475 3.2.1]', 'OPTIONS'],
  ['unksm2', 'an unknown scheme in To, left to the registrar [RFC 4475 3.3.4]', 'REGISTER'],
  ['bext01', 'unknown extensions, left to who serves the method [RFC 4475 3.3.5]', 'OPTIONS'],
  ['invut', 'an unknown body, left to who serves it [RFC 4475 3.3.6]', 'INVITE'],
  [
    'regaut01',
    'an unknown authorization scheme, left to the registrar [RFC 4475 3.3.7]',
    'REGISTER',
  ],
  ['bcast', 'a response with a foreign Via on top [RFC 4475 3.3.10]', 200],
  ['zeromf', 'no hops left, which is for proxies [RFC 4475 3.3.11]', 'OPTIONS'],
  ['cparam01', 'a parameter behind a bare URI [RFC 4475 3.3.12]', 'REGISTER'],
  ['cparam02', 'a parameter within brackets [RFC 4475 3.3.13]', 'REGISTER'],
  ['regescrt', 'a header within a URI of Contact [RFC 4475 3.3.14]', 'REGISTER'],
  ['sdp01', 'an unusual Accept [RFC 4475 3.3.15]', 'INVITE'],
  ['inv2543', 'a request in the manner of RFC 2543 [RFC 4475 3.4.1]', 'INVITE'],
];

/** Messages that are refused, with the status of the answer; those with 'drop' get none. */
const refused: readonly (readonly [name: string, about: string, verdict: number | 'drop'])[] = [
  ['badinv01', 'separators without anything between [RFC 4475 3.1.2.1]', 400],
  ['clerr', 'a body shorter than it says [RFC 4475 3.1.2.2]', 400],
  ['ncl', 'a negative Content-Length [RFC 4475 3.1.2.3]', 400],
  ['scalar02', 'numbers that are too large, in a request [RFC 4475 3.1.2.4]', 400],
  ['scalarlg', 'numbers that are too large, in a response [RFC 4475 3.1.2.5]', 'drop'],
  ['quotbal', 'a quote that is never closed [RFC 4475 3.1.2.6]', 400],
  ['ltgtruri', 'a Request-URI in brackets [RFC 4475 3.1.2.7]', 400],
  ['lwsruri', 'a blank within the Request-URI [RFC 4475 3.1.2.8]', 400],
  ['lwsstart', 'two spaces in the Request-Line [RFC 4475 3.1.2.9]', 400],
  ['trws', 'a space behind the Request-Line [RFC 4475 3.1.2.10]', 400],
  ['escruri', 'headers within the Request-URI [RFC 4475 3.1.2.11]', 400],
  ['baddate', 'a time zone that is not GMT [RFC 4475 3.1.2.12]', 400],
  ['regbadct', 'a Contact that needs brackets and has none [RFC 4475 3.1.2.13]', 400],
  ['badaspec', 'blanks within a URI [RFC 4475 3.1.2.14]', 400],
  ['baddn', 'a name that needs quotes and has none [RFC 4475 3.1.2.15]', 400],
  ['badvers', 'an unknown version [RFC 4475 3.1.2.16]', 505],
  ['mismatch01', 'a CSeq with another method [RFC 4475 3.1.2.17]', 400],
  ['mismatch02', 'a CSeq with another method, both unknown [RFC 4475 3.1.2.18]', 400],
  ['bigcode', 'a status of four digits [RFC 4475 3.1.2.19]', 'drop'],
  ['insuf', 'no From, To and Call-ID to answer with [RFC 4475 3.3.1]', 'drop'],
  ['novelsc', 'a scheme nobody has heard of [RFC 4475 3.3.3]', 416],
  ['unkscm', 'a registered scheme that is not served [RFC 4475 3.3.2]', 416],
  ['multi01', 'several values where one may be [RFC 4475 3.3.8]', 400],
  ['mcl01', 'two lengths [RFC 4475 3.3.9]', 400],
];

const names = readdirSync(new URL('../../data/rfc4475/', import.meta.url))
  .filter((file) => file.endsWith('.dat'))
  .map((file) => file.slice(0, -4));

test('each of the 49 messages has a verdict [RFC 4475]', () => {
  expect(names).toHaveLength(49);
  expect([...understood, ...refused].map(([name]) => name).sort()).toEqual([...names].sort());
});

test.each(understood)('%s is understood: %s', (name, _about, what) => {
  const message = read(tortureMessage(name));
  expect(message.kind === 'request' ? message.method : message.status).toBe(what);
});

test.each(refused)('%s is refused: %s', (name, _about, verdict) => {
  const { request, status } = refusal(tortureMessage(name));
  expect(status ?? 'drop').toBe(verdict);
  expect(request !== undefined).toBe(verdict !== 'drop');
});

test.each(understood)('%s is the same after it was written and read again: %s', (name) => {
  const message = read(tortureMessage(name));
  const again = read(printMessage(message));
  const { headers: _, ...start } = message;
  expect(again).toMatchObject({ ...start, body: message.body.slice() });
  const besidesLength = (one: typeof message) =>
    one.headers.filter((header) => header.name !== 'Content-Length');
  expect(besidesLength(again)).toEqual(besidesLength(message));
});

describe.each(names)('%s', (name) => {
  const bytes = tortureMessage(name);

  test('cut at any byte it is a message or refused, and nothing is thrown [RFC 4475]', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(['message', 'refused']).toContain(parseMessage(bytes.slice(0, length)).kind);
    }
  });

  test('on a stream it gives the same whole and byte by byte [RFC 3261 18.3]', () => {
    expect(framedAll(cutIn(bytes, 1))).toEqual(framedAll([bytes]));
  });
});
