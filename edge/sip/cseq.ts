/** CSeq: number and method of a request (RFC 3261 20.16). */
import { tokenChars, wholeNumber } from './grammar.ts';
import { canonicalHeader } from './header.ts';
import { sequenceMax } from './limit.ts';
import type { SipMessage } from './message.ts';

export type CSeq = { readonly number: number; readonly method: string };

const pattern = new RegExp(`^(\\d+)[ \\t]+([${tokenChars}]+)$`);

/** The CSeq of a message; undefined if it is missing or malformed. */
export function cseq(message: SipMessage): CSeq | undefined {
  const value = canonicalHeader(message, 'CSeq');
  return value === undefined ? undefined : parseCSeq(value);
}

/** Reads a CSeq value; undefined if it is malformed. */
function parseCSeq(value: string): CSeq | undefined {
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const [, digits = '', method = ''] = match;
  const number = wholeNumber(digits, sequenceMax);
  return number === undefined ? undefined : { number, method };
}
