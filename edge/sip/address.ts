/**
 * Name-addr and addr-spec with header parameters: `"Bob" <sip:bob@example.com>;tag=1` (RFC 3261 20.10). The URI is only seen to look
 * like one here; `uri.ts` reads it.
 */
import { blanks, closingQuote, quotedString, tokenChars } from './grammar.ts';
import { findParam, type Params, parseParams, printParams, quote, unquote } from './params.ts';

export type Address = {
  readonly display: string | undefined;
  readonly uri: string;
  readonly params: Params;
};

const scheme = '[A-Za-z][A-Za-z0-9+.-]*:';
/** RFC 3261 25.1: a name without quotes is made of tokens. Other scripts are taken, too: many write them so. */
const name = `(${quotedString}${blanks}|[${tokenChars} \\t\\x80-\\uffff]*)`;
/** In brackets a URI holds all that is visible but quotes and brackets. */
const bracketed = `<(${scheme}[!#-;=?-~]+)>`;
const named = new RegExp(`^${name}${bracketed}${blanks}(;[^]*)?$`);
/** RFC 3261 20.10: without brackets, parameters belong to the header, and the URI has no comma and no question mark. */
const bare = new RegExp(`^(${scheme}[!#-+\\--:=@-~]+)${blanks}(;[^]*)?$`);

/** Reads an address; undefined if it is malformed or has no URI. */
export function parseAddress(text: string): Address | undefined {
  const match = named.exec(text);
  if (match === null) return parseBare(text);
  const [, written = '', uri = '', tail] = match;
  const display = written === '' ? undefined : unquote(written.trim());
  return { display, uri, params: paramsOf(tail) };
}

/** Whether a text is a well-formed address. */
export function isAddress(text: string): boolean {
  return named.test(text) || bare.test(text);
}

/** The value of one parameter of an address, as written; '' for one without a value. */
export function addressParam(text: string, paramName: string): string | undefined {
  // Neither a name nor a URI may be taken for parameters.
  const nameEnd = text.startsWith('"') ? closingQuote(text, 1) : 0;
  const uriEnd = text.indexOf('>', nameEnd);
  const from = text.indexOf(';', Math.max(uriEnd, nameEnd));
  return from < 0 ? undefined : findParam(text, from + 1, paramName);
}

/** Writes an address, always with angle brackets. */
export function printAddress({ display, uri, params }: Address): string {
  const written = display === undefined ? '' : `${quote(display)} `;
  return `${written}<${uri}>${printParams(params)}`;
}

function parseBare(text: string): Address | undefined {
  const match = bare.exec(text);
  return match === null
    ? undefined
    : { display: undefined, uri: match[1] ?? '', params: paramsOf(match[2]) };
}

function paramsOf(tail: string | undefined): Params {
  return tail === undefined ? [] : parseParams(tail, 1);
}
