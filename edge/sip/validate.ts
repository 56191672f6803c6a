/** What every message must have to be worked on (RFC 3261 8.1.1, 8.2 and 16.3), with the status that tells what is wrong. */
import { parseAddress } from './address.ts';
import { cseq } from './cseq.ts';
import { numberHeader } from './expires.ts';
import { header, headerValues } from './header.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { topVia } from './via.ts';

export type Problem = { readonly status: number; readonly reason: string };

const once = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length'];
const needed = ['From', 'To', 'Call-ID', 'CSeq'];

/** The first thing that is wrong with a message. */
export function validate(message: SipMessage): Problem | undefined {
  const missing = needed.find((name) => header(message, name) === undefined);
  if (missing !== undefined) return bad(`${missing} is missing`);
  if (topVia(message) === undefined) return bad('Via is missing or malformed');
  const counts = new Map<string, number>();
  for (const { name } of message.headers) counts.set(name, (counts.get(name) ?? 0) + 1);
  const doubled = once.find((name) => (counts.get(name) ?? 0) > 1);
  if (doubled !== undefined) return bad(`${doubled} is doubled`);
  return numbers(message) ?? addresses(message) ?? requestProblem(message);
}

function numbers(message: SipMessage): Problem | undefined {
  const sequence = cseq(message);
  if (sequence === undefined) return bad('CSeq is malformed');
  for (const name of ['Content-Length', 'Max-Forwards']) {
    const isThere = header(message, name) !== undefined;
    if (isThere && numberHeader(message, name) === undefined) return bad(`${name} is malformed`);
  }
  const forwards = numberHeader(message, 'Max-Forwards');
  if (forwards !== undefined && forwards > 255) return bad('Max-Forwards is malformed');
  return undefined;
}

function addresses(message: SipMessage): Problem | undefined {
  for (const name of ['From', 'To']) {
    if (parseAddress(header(message, name) ?? '') === undefined) return bad(`${name} is malformed`);
  }
  if (header(message, 'Call-ID') === '') return bad('Call-ID is empty');
  return undefined;
}

function requestProblem(message: SipMessage): Problem | undefined {
  if (message.kind !== 'request') return undefined;
  if (cseq(message)?.method !== message.method) return bad('CSeq names another method');
  return schemeProblem(message) ?? contactProblem(message);
}

function schemeProblem(request: SipRequest): Problem | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(request.uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return bad('the Request-URI is malformed');
  const isServed = scheme === 'sip' || scheme === 'sips' || scheme === 'tel' || scheme === 'urn';
  return isServed ? undefined : { status: 416, reason: 'the scheme of the Request-URI is unknown' };
}

function contactProblem(request: SipRequest): Problem | undefined {
  const values = headerValues(request, 'Contact');
  if (values.includes('*')) return undefined;
  const isBad = values.some((value) => parseAddress(value) === undefined);
  return isBad ? bad('Contact is malformed') : undefined;
}

function bad(reason: string): Problem {
  return { status: 400, reason };
}
