/** CSeq: number and method of a request (RFC 3261 20.16). */
import { isDigit, isToken, skipBlanks, wholeNumber } from './grammar.ts';
import { canonicalHeader } from './header.ts';
import { sequenceMax } from './limit.ts';
import type { SipMessage } from './message.ts';

export type CSeq = { readonly number: number; readonly method: string };

/** The CSeq of a message; undefined if it is missing or malformed. */
export function cseq(message: SipMessage): CSeq | undefined {
  const value = canonicalHeader(message, 'CSeq');
  return value === undefined ? undefined : parseCSeq(value);
}

/** Reads a CSeq value; undefined if it is malformed. */
function parseCSeq(value: string): CSeq | undefined {
  const numberEnd = endOfDigits(value);
  const methodAt = skipBlanks(value, numberEnd);
  const number = wholeNumber(value.slice(0, numberEnd), sequenceMax);
  const method = value.slice(methodAt);
  const isSound = methodAt > numberEnd && isToken(method);
  return number === undefined || !isSound ? undefined : { number, method };
}

function endOfDigits(text: string): number {
  let at = 0;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}
