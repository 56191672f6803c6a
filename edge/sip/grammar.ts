/**
 * Character classes of the SIP grammar (RFC 3261 25.1) and the scanning steps that all header readers share. They work on char codes
 * and places in a text, so that a header is read without cutting it into pieces first.
 */

export const blank = 32;
export const tab = 9;
export const doubleQuote = 34;
export const comma = 44;
export const colon = 58;
export const semicolon = 59;
export const opening = 60;
export const equals = 61;
export const closing = 62;
export const questionMark = 63;
const backslash = 92;

/** A class of characters: 1 at the code of each member. Codes over 127 belong to none. */
export type CharClass = Uint8Array;

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters, digits and the given marks; or other characters in place of letters and digits. */
export function charClass(marks: string, others: string = alphanumeric): CharClass {
  const codes = new Uint8Array(128);
  for (const char of others + marks) codes[char.charCodeAt(0)] = 1;
  return codes;
}

/** RFC 3261 25.1: what methods, header names and most parameter values are made of. */
export const tokenChars: CharClass = charClass("-.!%*_+`'~");

/** Whether the text from one place up to another is not empty and made of one class. */
export function isMadeOf(text: string, from: number, to: number, chars: CharClass): boolean {
  for (let at = from; at < to; at++) {
    if (chars[text.charCodeAt(at)] !== 1) return false;
  }
  return to > from;
}

/** Whether a text is a token. */
export function isToken(text: string): boolean {
  return isMadeOf(text, 0, text.length, tokenChars);
}

export function isBlank(code: number): boolean {
  return code === blank || code === tab;
}

/** The next place at or after `from` that is not a blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
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
    else if (code === opening) at = text.indexOf('>', at);
    if (at < 0) return text.length;
    at++;
  }
  return text.length;
}

/** A whole number of digits alone, or undefined if it is none or larger than `max`. */
export function wholeNumber(
  text: string,
  from: number,
  to: number,
  max: number,
): number | undefined {
  if (to <= from) return undefined;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
    if (value > max) return undefined;
  }
  return value;
}
