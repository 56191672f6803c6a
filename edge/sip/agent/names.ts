/**
 * What names a message within its dialog and transaction: Call-ID, tags and sequence number. What is missing or malformed reads as
 * '' or 0 here, so that the rules need no branch for what the parser doesn't let through anyway.
 */
import { cseq } from '../cseq.ts';
import { header } from '../header.ts';
import type { SipMessage } from '../message.ts';
import { callId, fromTag, toTag } from '../tags.ts';

export type Names = {
  readonly callId: string;
  readonly fromTag: string;
  /** '' also for the null tag of RFC 2543 (RFC 3261 12.1.1). */
  readonly toTag: string;
  readonly sequence: number;
};

/** The names of a message. */
export function namesOf(message: SipMessage): Names {
  return {
    callId: callId(message) ?? '',
    fromTag: fromTag(message) ?? '',
    toTag: toTag(message) ?? '',
    sequence: sequenceOf(message),
  };
}

/** The number in CSeq. */
export function sequenceOf(message: SipMessage): number {
  return cseq(message)?.number ?? 0;
}

/** The first field of a header, '' if there is none. */
export function textOf(message: SipMessage, name: string): string {
  return header(message, name) ?? '';
}
