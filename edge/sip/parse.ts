/**
 * Bytes to a SIP message, for a datagram (RFC 3261 18.3). A request that was understood well enough to be answered comes with the status
 * that fits; what can't be answered is to be dropped.
 */
import { indexOfBytes } from '../bytes/search.ts';
import { utf8Decode } from '../bytes/text.ts';
import { numberHeader } from './expires.ts';
import { parseHead } from './head.ts';
import { header } from './header.ts';
import { bodyBytesMax, headBytesMax } from './limit.ts';
import { emptyBody, type SipMessage, type SipRequest } from './message.ts';
import { validate } from './validate.ts';

export type Refused = {
  readonly kind: 'refused';
  readonly reason: string;
  readonly request?: SipRequest;
  readonly status?: number;
};

export type Parsed = { readonly kind: 'message'; readonly message: SipMessage } | Refused;

const blankLine = new Uint8Array([13, 10, 13, 10]);

/** Reads one datagram. What stands behind Content-Length is cut off; what is missing is refused. */
export function parseMessage(bytes: Uint8Array): Parsed {
  const start = leadingLines(bytes);
  const blank = indexOfBytes(bytes, blankLine, start);
  const headEnd = blank < 0 ? bytes.length : blank + 2;
  if (headEnd - start > headBytesMax)
    return { kind: 'refused', reason: 'the headers are too long' };
  const read = readMessage(bytes.subarray(start, headEnd));
  if (read.kind === 'refused') return read;
  const body = blank < 0 ? emptyBody : bytes.subarray(blank + 4);
  return withBody(read.message, body);
}

/** Reads a head without its blank line, and checks it. */
export function readMessage(head: Uint8Array): Parsed {
  const read = parseHead(utf8Decode(head));
  if (read.kind === 'refused') return refuse(read.reason, read.message);
  const problem = validate(read.message);
  if (problem !== undefined) return refuse(problem.reason, read.message, problem.status);
  return { kind: 'message', message: read.message };
}

/** A refusal; with the request if it can be answered at all. */
export function refuse(reason: string, message: SipMessage | undefined, status = 400): Refused {
  if (message?.kind !== 'request' || message.method === 'ACK') return { kind: 'refused', reason };
  const needed = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];
  const isAnswerable = needed.every((name) => header(message, name) !== undefined);
  return isAnswerable
    ? { kind: 'refused', reason, request: message, status: statusFor(reason, status) }
    : { kind: 'refused', reason };
}

function statusFor(reason: string, status: number): number {
  return reason === 'the version is not SIP/2.0' ? 505 : status;
}

function withBody(message: SipMessage, body: Uint8Array): Parsed {
  const length = numberHeader(message, 'Content-Length');
  if (length === undefined) {
    if (body.length > bodyBytesMax) return refuse('the body is too long', message, 413);
    return { kind: 'message', message: body.length === 0 ? message : { ...message, body } };
  }
  if (length > bodyBytesMax) return refuse('the body is too long', message, 413);
  if (length > body.length) return refuse('the body is shorter than Content-Length', message);
  return {
    kind: 'message',
    message: length === 0 ? message : { ...message, body: body.subarray(0, length) },
  };
}

/** RFC 3261 7.5: empty lines before the start line are passed over. */
function leadingLines(bytes: Uint8Array): number {
  let start = 0;
  while (bytes[start] === 13 || bytes[start] === 10) start++;
  return start;
}
