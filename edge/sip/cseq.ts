/** CSeq: number and method of a request (RFC 3261 20.16). */
import { header } from './header.ts';
import { sequenceMax } from './limit.ts';
import type { SipMessage } from './message.ts';

export type CSeq = { readonly number: number; readonly method: string };

/** The CSeq of a message; undefined if it is missing or malformed. */
export function cseq(message: SipMessage): CSeq | undefined {
  const match = /^(\d+)\s+(\S+)$/.exec(header(message, 'CSeq') ?? '');
  if (match === null) return undefined;
  const number = Number(match[1]);
  return number <= sequenceMax ? { number, method: match[2] ?? '' } : undefined;
}
