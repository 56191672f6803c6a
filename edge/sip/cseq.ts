/** CSeq: number and method of a request (RFC 3261 20.16). */
import { isBlank, skipBlanks, wholeNumber } from './grammar.ts';
import { canonicalHeader } from './header.ts';
import { sequenceMax } from './limit.ts';
import type { SipMessage } from './message.ts';

export type CSeq = { readonly number: number; readonly method: string };

/** The CSeq of a message; undefined if it is missing or malformed. */
export function cseq(message: SipMessage): CSeq | undefined {
  const value = canonicalHeader(message, 'CSeq');
  if (value === undefined) return undefined;
  let end = 0;
  while (end < value.length && !isBlank(value.charCodeAt(end))) end++;
  const number = wholeNumber(value, 0, end, sequenceMax);
  const method = value.slice(skipBlanks(value, end));
  return number === undefined || method === '' ? undefined : { number, method };
}
