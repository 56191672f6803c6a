/**
 * Pieces of the SIP grammar (RFC 3261 25.1) that all header readers share: regular expressions for classes of characters, and scanning
 * steps over quotes. Expressions that are made of these pieces are anchored, and no two neighbours in them can take the same character
 * without one between that only one of them takes; so each reads a text in linear time, whatever a peer sends. No step asks for
 * a char code behind the end of a text: the engine compiles such calls to slow code for good.
 */

const doubleQuote = 34;
const angleBracket = 60;
const backslash = 92;

/** Characters of a token, for use within square brackets. */
export const tokenChars = "A-Za-z0-9.!%*_+`'~\\-";
/** One or more blanks or none: after unfolding, linear white space is nothing else. */
export const blanks = '[ \\t]*';
/** A name, an IPv4 address, or an IPv6 address in brackets. Underscores are no part of host names, but of many networks. */
export const host = '\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+';
export const quotedString = '"[^"\\\\]*(?:\\\\[^][^"\\\\]*)*"';

const token = new RegExp(`^[${tokenChars}]+$`);
const portMax = 65_535;

/** Whether a text is a token: what methods, header names and most parameter values are made of. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** The number of a port, or undefined if there is none so high. */
export function parsePort(written: string): number | undefined {
  return wholeNumber(written, portMax);
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The next place at or after `from` that is not a blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Where the text up to `to` ends when the blanks at its end are left out; never before `from`. */
export function trimEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** The place of the quote that closes a quoted string which begins before `from`, or -1. */
export function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && isEscaped(text, at, from)) at = text.indexOf('"', at + 1);
  return at;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number, from: number): boolean {
  let start = at;
  while (start > from && text.charCodeAt(start - 1) === backslash) start--;
  return (at - start) % 2 === 1;
}

/** Where a character stands outside quotes and angle brackets, or the end of the text. */
export function endOutsideQuotes(text: string, from: number, wanted: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === wanted) return at;
    if (code === doubleQuote) at = closingQuote(text, at + 1);
    else if (code === angleBracket) at = text.indexOf('>', at);
    if (at < 0) return text.length;
    at++;
  }
  return text.length;
}

/** A text of digits as a number, or undefined if it has other characters or is larger than `max`. */
export function wholeNumber(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
    if (value > max) return undefined;
  }
  return value;
}
