/**
 * The answer to a SIP request that could not be read whole: stateless (RFC 3261 8.2.7), made of the headers that were understood. What
 * can be answered and with which status is decided by the parser.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Header, SipRequest, SipResponse } from '../sip/message.ts';
import { emptyBody } from '../sip/message.ts';
import { printMessage } from '../sip/print.ts';
import type { SipRefusal } from './sip-carrier.ts';

const copied = new Set(['via', 'from', 'to', 'call-id', 'cseq']);
const salt = randomBytes(16);

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Unsupported URI Scheme',
  430: 'Flow Failed',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  503: 'Service Unavailable',
  505: 'Version Not Supported',
  513: 'Message Too Large',
};

/** The bytes that answer what could not be read, if it can be answered. */
export function refusalBytes(refusal: SipRefusal): Uint8Array | undefined {
  const { request, status, reason } = refusal;
  // RFC 3261 17.1.1.3: nothing ever answers an ACK.
  if (request === undefined || status === undefined || request.method === 'ACK') return undefined;
  return printMessage(refusalResponse(request, status, reason));
}

function refusalResponse(request: SipRequest, status: number, why: string): SipResponse {
  const headers = request.headers
    .filter((header) => copied.has(header.name.toLowerCase()))
    .map((header) => (header.name.toLowerCase() === 'to' ? tagged(header, request) : header));
  return {
    kind: 'response',
    status,
    reason: phrases[status] ?? 'Bad Request',
    headers: [...headers, { name: 'Warning', value: `399 rejoin "${quotable(why)}"` }],
    body: emptyBody,
  };
}

/** RFC 3261 8.2.7: without state, a repeated request has to get the same tag; so it is a digest of what identifies the request. */
function tagged(to: Header, request: SipRequest): Header {
  if (/;\s*tag\s*=/i.test(to.value)) return to;
  const digest = createHash('sha256').update(salt);
  for (const { name, value } of request.headers) {
    if (copied.has(name.toLowerCase())) digest.update(value);
  }
  return { name: to.name, value: `${to.value};tag=${digest.digest('hex').slice(0, 20)}` };
}

function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, ' ');
}
