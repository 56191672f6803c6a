/**
 * Name-addr and addr-spec with header parameters: `"Bob" <sip:bob@example.com>;tag=1` (RFC 3261 20.10). The URI is only seen to look
 * like one here; `uri.ts` reads it.
 */
import {
  blank,
  charClass,
  closing,
  closingQuote,
  doubleQuote,
  isBlank,
  isMadeOf,
  opening,
  semicolon,
  skipBlanks,
  tokenChars,
  trimEnd,
} from './grammar.ts';
import { findParam, type Params, parseParams, printParams, quote, unquote } from './params.ts';

export type Address = {
  readonly display: string | undefined;
  readonly uri: string;
  readonly params: Params;
};

/** Where the parts of an address stand; `params` is behind the first semicolon, or the end of the text. */
type Places = {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly uriStart: number;
  readonly uriEnd: number;
  readonly params: number;
};

const schemeChars = charClass('+-.');

/** Reads an address; undefined if it is malformed or has no URI. */
export function parseAddress(text: string): Address | undefined {
  const places = findPlaces(text);
  if (places === undefined) return undefined;
  const { nameStart, nameEnd, uriStart, uriEnd, params } = places;
  return {
    display: nameEnd === nameStart ? undefined : unquote(text.slice(nameStart, nameEnd)),
    uri: text.slice(uriStart, uriEnd),
    params: params >= text.length ? [] : parseParams(text, params),
  };
}

/** Whether a text is a well-formed address. */
export function isAddress(text: string): boolean {
  return findPlaces(text) !== undefined;
}

/** The value of one parameter of an address, as written; '' for one without a value. */
export function addressParam(text: string, name: string): string | undefined {
  const places = findPlaces(text);
  return places && findParam(text, places.params, name);
}

/** Writes an address, always with angle brackets. */
export function printAddress({ display, uri, params }: Address): string {
  const name = display === undefined ? '' : `${quote(display)} `;
  return `${name}<${uri}>${printParams(params)}`;
}

function findPlaces(text: string): Places | undefined {
  const start = skipBlanks(text, 0);
  if (text.charCodeAt(start) === doubleQuote) {
    const close = closingQuote(text, start + 1);
    return close < 0 ? undefined : bracketed(text, start, close + 1);
  }
  const open = text.indexOf('<', start);
  const isNamed = open >= 0 && isPlainName(text, start, open);
  return isNamed ? bracketed(text, start, trimEnd(text, start, open)) : bare(text, start);
}

/** What follows a display name: the URI in brackets, then nothing or parameters. */
function bracketed(text: string, nameStart: number, nameEnd: number): Places | undefined {
  const open = skipBlanks(text, nameEnd);
  if (!text.startsWith('<', open)) return undefined;
  const uriEnd = text.indexOf('>', open);
  if (uriEnd < 0 || !looksLikeUri(text, open + 1, uriEnd)) return undefined;
  const after = skipBlanks(text, uriEnd + 1);
  if (after < text.length && text.charCodeAt(after) !== semicolon) return undefined;
  return { nameStart, nameEnd, uriStart: open + 1, uriEnd, params: after + 1 };
}

/** RFC 3261 20.10: without brackets, parameters belong to the header, and the URI has no comma and no question mark. */
function bare(text: string, start: number): Places | undefined {
  const found = text.indexOf(';', start);
  const end = found < 0 ? text.length : found;
  const uriEnd = trimEnd(text, start, end);
  if (!looksLikeUri(text, start, uriEnd)) return undefined;
  for (const mark of [',', '?']) {
    const at = text.indexOf(mark, start);
    if (at >= 0 && at < uriEnd) return undefined;
  }
  return { nameStart: start, nameEnd: start, uriStart: start, uriEnd, params: end + 1 };
}

/** RFC 3261 25.1: a display name without quotes is made of tokens. Other scripts are taken, too: many write them so. */
function isPlainName(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (tokenChars[code] !== 1 && !isBlank(code) && code < 128) return false;
  }
  return true;
}

/** Whether there is a scheme, a colon and something behind it, without blanks, quotes and brackets. */
function looksLikeUri(text: string, from: number, to: number): boolean {
  const colonAt = text.indexOf(':', from);
  if (colonAt < 0 || colonAt + 1 >= to) return false;
  if (!isMadeOf(text, from, colonAt, schemeChars)) return false;
  for (let at = colonAt + 1; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code <= blank || code === doubleQuote || code === opening || code === closing) return false;
  }
  return true;
}
