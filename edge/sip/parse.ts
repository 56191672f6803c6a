/**
 * Bytes to a SIP message, for a datagram (RFC 3261 18.3). A request that was understood well enough to be answered comes with the status
 * that fits; what can't be answered is to be dropped. Streams are cut into messages by `framing.ts`.
 */
import { utf8Decode } from '../bytes/text.ts';
import { numberHeader } from './expires.ts';
import { wholeNumber } from './grammar.ts';
import { parseHead } from './head.ts';
import { canonicalHeader } from './header.ts';
import { bodyBytesMax, headBytesMax, numberMax } from './limit.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { validateMessage } from './validate.ts';

export type Refused = {
  readonly kind: 'refused';
  readonly reason: string;
  /** Both are given if the request can be answered. */
  readonly request?: SipRequest;
  readonly status?: number;
};

export type Parsed = { readonly kind: 'message'; readonly message: SipMessage } | Refused;

export type HeadRead =
  /** `length` is Content-Length, if it's there. */
  | { readonly kind: 'message'; readonly message: SipMessage; readonly length: number | undefined }
  /** `length` is how much to pass over on a stream, if that can be told. */
  | { readonly kind: 'refused'; readonly refused: Refused; readonly length: number | undefined };

/** Reads one datagram. What stands behind Content-Length is cut off; what is missing is refused. */
export function parseMessage(bytes: Uint8Array): Parsed {
  const start = leadingLines(bytes);
  const whole = wholeText(bytes);
  const headEnd = whole === undefined ? endOfHead(bytes, start) : endOfHeadText(whole, start);
  const end = headEnd < 0 ? bytes.length : headEnd - 4;
  if (end - start > headBytesMax) return { kind: 'refused', reason: 'the headers are too long' };
  // Where there is a body, the head gets a text of its own, so that a header that someone keeps doesn't keep the body's text.
  const isWhole = whole !== undefined && headEnd === bytes.length;
  const head = isWhole
    ? readHead(whole, start, end)
    : readHead(utf8Decode(bytes.subarray(start, end)));
  if (head.kind === 'refused') return head.refused;
  const { message, length } = head;
  if (headEnd < 0) return refuse('no empty line ends the headers', message);
  const rest = bytes.length - headEnd;
  // RFC 3261 18.3: without Content-Length the body of a datagram reaches to its end.
  const wanted = length ?? rest;
  if (wanted > bodyBytesMax) return refuse('the body is too long', message, 413);
  if (wanted > rest) return refuse('the body is shorter than Content-Length', message);
  if (wanted === 0) return { kind: 'message', message };
  const body = bytes.subarray(headEnd, headEnd + wanted);
  return { kind: 'message', message: withBody(message, body) };
}

/** A message with another body. */
export function withBody(message: SipMessage, body: Uint8Array): SipMessage {
  if (message.kind === 'response') return { ...message, body };
  // Written out, since copying an object takes several times as long.
  const { kind, method, uri, headers } = message;
  return { kind, method, uri, headers, body };
}

/** Reads and checks a head without its empty line, which stands in a text up to `to`. The message has no body yet. */
export function readHead(text: string, from = 0, to = text.length): HeadRead {
  const head = parseHead(text, from, to);
  if (head.kind === 'malformed') {
    const { reason, message, status } = head;
    return { kind: 'refused', refused: refuse(reason, message, status), length: lengthOf(message) };
  }
  const { message } = head;
  const problem = validateMessage(message);
  if (problem !== undefined) {
    const refused = refuse(problem.reason, message, problem.status);
    return { kind: 'refused', refused, length: lengthOf(message) };
  }
  return { kind: 'message', message, length: numberHeader(message, 'Content-Length') };
}

/** A refusal; with the request if it can be answered: RFC 3261 8.2.6.2 says what an answer repeats, 17.1.1.3 that an ACK has none. */
export function refuse(reason: string, message: SipMessage | undefined, status = 400): Refused {
  if (message?.kind !== 'request' || message.method === 'ACK') return { kind: 'refused', reason };
  const repeated = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];
  const isAnswerable = repeated.every((name) => canonicalHeader(message, name) !== undefined);
  return isAnswerable
    ? { kind: 'refused', reason, request: message, status }
    : { kind: 'refused', reason };
}

/**
 * Where the head ends: the place behind its empty line, or -1. Looks at every fourth byte only, until one of them can be part of that
 * line.
 */
export function endOfHead(bytes: Uint8Array, from: number): number {
  let at = from + 3;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === 10) {
      if (bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13) return at + 1;
      at += 2;
    } else at += byte === 13 ? 1 : 4;
  }
  return -1;
}

/** How long the body of a refused message is; undefined if nobody can tell. */
function lengthOf(message: SipMessage | undefined): number | undefined {
  const fields = message?.headers.filter(({ name }) => name === 'Content-Length');
  // RFC 4475 3.3.9: of two lengths neither can be trusted.
  if (fields === undefined || fields.length > 1) return undefined;
  const [field] = fields;
  return field === undefined ? 0 : wholeNumber(field.value, numberMax);
}

/** The text of a datagram in which every character stands in the place of its byte; undefined if there is none, or it is too long. */
function wholeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > headBytesMax) return undefined;
  const text = utf8Decode(bytes);
  return text.length === bytes.length ? text : undefined;
}

/** What `endOfHead` answers, for a text. */
function endOfHeadText(text: string, from: number): number {
  const end = text.indexOf('\r\n\r\n', from);
  return end < 0 ? end : end + 4;
}

/** RFC 3261 7.5: empty lines before the start line are passed over. */
function leadingLines(bytes: Uint8Array): number {
  let start = 0;
  while (bytes[start] === 13 || bytes[start] === 10) start++;
  return start;
}
