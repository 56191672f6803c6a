/** Name-addr and addr-spec with header parameters: `"Bob" <sip:bob@example.com>;tag=1` (RFC 3261 20.10). */
import { type Params, parseParams, printParams, quote, unquote } from './params.ts';

export type Address = {
  readonly display: string | undefined;
  readonly uri: string;
  readonly params: Params;
};

/** Reads an address; undefined if there is no URI in it. */
export function parseAddress(text: string): Address | undefined {
  const open = openBracket(text);
  if (open < 0) return parseBare(text);
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = text.slice(open + 1, close).trim();
  if (uri.length === 0) return undefined;
  const name = text.slice(0, open).trim();
  const display = name.length === 0 ? undefined : unquote(name);
  const semicolon = text.indexOf(';', close);
  return { display, uri, params: semicolon < 0 ? [] : parseParams(text, semicolon + 1) };
}

/** Writes an address, always with angle brackets. */
export function printAddress({ display, uri, params }: Address): string {
  const name = display === undefined ? '' : `${quote(display)} `;
  return `${name}<${uri}>${printParams(params)}`;
}

/** RFC 3261 20.10: without brackets, parameters belong to the header. */
function parseBare(text: string): Address | undefined {
  const semicolon = text.indexOf(';');
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  if (uri.length === 0 || !uri.includes(':') || /\s/.test(uri)) return undefined;
  return {
    display: undefined,
    uri,
    params: semicolon < 0 ? [] : parseParams(text, semicolon + 1),
  };
}

/** Where the angle bracket of the URI stands: outside the quotes of a display name. */
function openBracket(text: string): number {
  const quoteAt = text.indexOf('"');
  const first = text.indexOf('<');
  if (quoteAt < 0 || first < quoteAt) return first;
  for (let at = quoteAt + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return text.indexOf('<', at);
  }
  return -1;
}
