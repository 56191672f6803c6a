/**
 * What every message must have to be worked on (RFC 3261 8.1.1, 16.3; RFC 4475), with the status that tells what is wrong. Rules of a
 * method, of an extension (Require) or of a hop (Max-Forwards 0) are left to those who serve it.
 */
import { isAddress } from './address.ts';
import { cseq } from './cseq.ts';
import { wholeNumber } from './grammar.ts';
import { headerValues } from './header.ts';
import { maxForwardsMax, numberMax } from './limit.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { parseUri } from './uri.ts';
import { topVia } from './via.ts';

export type Problem = { readonly status: number; readonly reason: string };

/** The first thing that is wrong with a request; undefined if it is sound. */
export function validateRequest(request: SipRequest): Problem | undefined {
  return uriProblem(request) ?? headerProblem(request) ?? methodProblem(request);
}

/** The first thing that is wrong with a message; undefined if it is sound. */
export function validateMessage(message: SipMessage): Problem | undefined {
  return message.kind === 'request' ? validateRequest(message) : headerProblem(message);
}

function uriProblem({ uri }: SipRequest): Problem | undefined {
  const read = parseUri(uri);
  // RFC 4475 3.1.2.13: headers of a Request-URI must not become headers of a request.
  if (read !== undefined) return read.headers === '' ? undefined : bad('headers in Request-URI');
  return /^(sips?|tel):|^[^A-Za-z]|^[^:]*$|[\s<>"]/i.test(uri)
    ? bad('the Request-URI is malformed')
    : { status: 416, reason: 'the scheme of the Request-URI is not served' };
}

/** One bit for each header that a message has once at most. */
const bits: Readonly<Record<string, number>> = {
  From: 1,
  To: 2,
  'Call-ID': 4,
  CSeq: 8,
  'Max-Forwards': 16,
  'Content-Length': 32,
  'Content-Type': 64,
};
const needed = 1 | 2 | 4 | 8;

function headerProblem(message: SipMessage): Problem | undefined {
  let seen = 0;
  for (const { name, value } of message.headers) {
    const bit = bits[name];
    if (bit === undefined) {
      if (name === 'Date' && !value.endsWith(' GMT')) return bad('Date is not in GMT');
      continue;
    }
    if ((seen & bit) !== 0) return bad(`${name} is doubled`);
    seen |= bit;
    if (!isSound(bit, value)) return bad(`${name} is malformed`);
  }
  if ((seen & needed) !== needed) return bad('From, To, Call-ID or CSeq is missing');
  if (cseq(message) === undefined) return bad('CSeq is malformed');
  return topVia(message) === undefined ? bad('Via is missing or malformed') : undefined;
}

function isSound(bit: number, value: string): boolean {
  if (bit === 1 || bit === 2) return isAddress(value);
  if (bit === 4) return value !== '';
  if (bit === 16) return wholeNumber(value, 0, value.length, maxForwardsMax) !== undefined;
  if (bit === 32) return wholeNumber(value, 0, value.length, numberMax) !== undefined;
  return true;
}

function methodProblem(request: SipRequest): Problem | undefined {
  if (cseq(request)?.method !== request.method) return bad('CSeq names another method');
  const values = headerValues(request, 'Contact');
  const isSound = values.every((value) => value === '*' || isAddress(value));
  if (!isSound) return bad('Contact is malformed');
  return undefined;
}

function bad(reason: string): Problem {
  return { status: 400, reason };
}
