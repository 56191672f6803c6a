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
/** A comma outside quotes would begin another address. */
const tail = `(;[^",]*(?:${quotedString}[^",]*)*)?`;
const named = new RegExp(`^${name}${bracketed}${blanks}${tail}$`);
/** RFC 3261 20.10: without brackets, parameters belong to the header, and the URI has no comma and no question mark. */
const bare = new RegExp(`^(${scheme}[!#-+\\--:=@-~]+)${blanks}${tail}$`);

/** Reads an address; undefined if it is malformed or has no URI. */
export function parseAddress(text: string): Address | undefined {
  if (!named.test(text)) return parseBare(text);
  const open = text.indexOf('<', nameEnd(text));
  const close = text.indexOf('>', open);
  const display = open === 0 ? undefined : unquote(text.slice(0, open).trim());
  const semicolonAt = text.indexOf(';', close);
  const params = semicolonAt < 0 ? [] : parseParams(text, semicolonAt + 1);
  return { display, uri: text.slice(open + 1, close), params };
}

/** Whether a text is a well-formed address. */
export function isAddress(text: string): boolean {
  return named.test(text) || bare.test(text);
}

/** The value of one parameter of an address, as written; '' for one without a value. */
export function addressParam(text: string, paramName: string): string | undefined {
  const from = text.indexOf(';', uriEnd(text));
  return from < 0 ? undefined : findParam(text, from + 1, paramName);
}

/** Writes an address, always with angle brackets. */
export function printAddress({ display, uri, params }: Address): string {
  const written = display === undefined ? '' : `${quote(display)} `;
  return `${written}<${uri}>${printParams(params)}`;
}

/** Where the URI of an address ends, so that neither it nor a name is taken for parameters. */
function uriEnd(text: string): number {
  const from = nameEnd(text);
  const open = text.indexOf('<', from);
  if (open < 0) return from;
  // Without brackets around the URI, those of a parameter stand behind a semicolon.
  const semicolonAt = text.indexOf(';', from);
  const isBare = semicolonAt >= 0 && semicolonAt < open;
  return isBare ? from : Math.max(text.indexOf('>', open), open);
}

/** Where a quoted name ends; 0 if there is none. */
function nameEnd(text: string): number {
  return text.startsWith('"') ? Math.max(closingQuote(text, 1), 0) : 0;
}

function parseBare(text: string): Address | undefined {
  const match = bare.exec(text);
  if (match === null) return undefined;
  const [, uri = '', params] = match;
  return { display: undefined, uri, params: paramsOf(params) };
}

function paramsOf(written: string | undefined): Params {
  return written === undefined ? [] : parseParams(written, 1);
}
