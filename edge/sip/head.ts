/**
 * The head of a SIP message: start line and headers, out of a text that was decoded once. It is cut at line ends and colons; nothing is
 * looked at twice. Whether the headers make a sound message is for `validate.ts`.
 */
import { isBlank, isMadeOf, isToken, skipBlanks, tokenChars, trimEnd } from './grammar.ts';
import { canonicalNameAt } from './header-name.ts';
import { headersMax } from './limit.ts';
import { emptyBody, type Header, type SipMessage } from './message.ts';

/** With a problem, the message is what was understood of it, if that is a message at all. */
export type Head =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | {
      readonly kind: 'malformed';
      readonly reason: string;
      readonly status: number;
      readonly message: SipMessage | undefined;
    };

const lineFeed = 10;
const version = 'SIP/2.0';

/** Reads a head, from its start line to its last header. */
export function parseHead(text: string): Head {
  const end = lineEnd(text, 0);
  const headers: Header[] = [];
  const problem = readHeaders(text, end + 2, headers);
  const head = startLine(text.slice(0, end), headers);
  if (problem === undefined || head.kind === 'malformed') return head;
  return { kind: 'malformed', reason: problem, status: 400, message: head.message };
}

function startLine(line: string, headers: readonly Header[]): Head {
  if (line.slice(0, 4).toUpperCase() === 'SIP/') return statusLine(line, headers);
  const first = line.indexOf(' ');
  const method = line.slice(0, Math.max(first, 0));
  const second = line.indexOf(' ', first + 1);
  if (!isToken(method) || second < 0) return malformed('the start line is none', undefined);
  return requestLine(line, { kind: 'request', method, uri: '', headers, body: emptyBody });
}

/** RFC 3261 7.1: method, Request-URI and version with single spaces between them, and no others. */
function requestLine(line: string, start: SipMessage & { readonly kind: 'request' }): Head {
  const from = start.method.length + 1;
  const end = line.indexOf(' ', from);
  const message = { ...start, uri: line.slice(from, end) };
  const written = line.slice(end + 1);
  if (message.uri !== '' && written.toUpperCase() === version) return { kind: 'message', message };
  if (message.uri !== '' && isVersion(written)) {
    return { kind: 'malformed', reason: 'the version is not SIP/2.0', status: 505, message };
  }
  return malformed('the Request-Line has other spaces or words than it should', message);
}

function isVersion(text: string): boolean {
  return /^SIP\/\d+\.\d+$/i.test(text);
}

/** RFC 3261 7.2: the reason may be empty, may hold anything, and some leave out the space before it. */
function statusLine(line: string, headers: readonly Header[]): Head {
  const match = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (match === null) return malformed('the Status-Line is malformed', undefined);
  const [, status, reason = ''] = match;
  const message: SipMessage = {
    kind: 'response',
    status: Number(status),
    reason,
    headers,
    body: emptyBody,
  };
  return { kind: 'message', message };
}

function malformed(reason: string, message: SipMessage | undefined): Head {
  return { kind: 'malformed', reason, status: 400, message };
}

/** Reads header fields into a list; answers what is wrong with the first one that can't be read, and leaves that out. */
function readHeaders(text: string, from: number, headers: Header[]): string | undefined {
  let problem: string | undefined;
  for (let at = from; at < text.length; ) {
    const end = fieldEnd(text, at);
    if (headers.length >= headersMax) return 'there are too many headers';
    const read = readField(text, at, end);
    if (typeof read === 'string') problem ??= read;
    else headers.push(read);
    at = end + 2;
  }
  return problem;
}

/** Where a field ends: at the end of its last line. RFC 3261 7.3.1: a line that begins with a blank belongs to the one before. */
function fieldEnd(text: string, from: number): number {
  let end = lineEnd(text, from);
  while (isBlank(text.charCodeAt(end + 2))) end = lineEnd(text, end + 2);
  return end;
}

function readField(text: string, from: number, end: number): Header | string {
  const colonAt = text.indexOf(':', from);
  if (colonAt < 0 || colonAt >= end) return 'a header has no colon';
  const nameEnd = trimEnd(text, from, colonAt);
  if (!isMadeOf(text, from, nameEnd, tokenChars)) return 'a header name is no token';
  const start = Math.min(skipBlanks(text, colonAt + 1), end);
  const written = text.slice(start, trimEnd(text, start, end));
  const value = written.includes('\n') || written.includes('\r') ? foldless(written) : written;
  return value === undefined
    ? 'a header has a line break within'
    : { name: canonicalNameAt(text, from, nameEnd), value };
}

/** RFC 3261 7.3.1: a line break with the blanks around it counts as one space. Line breaks of other kinds are none, and an error. */
function foldless(written: string): string | undefined {
  const value = written
    .split('\r\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
  return value.includes('\n') || value.includes('\r') ? undefined : value;
}

/** Where a line ends: before the next CRLF, or at the end of the text. */
function lineEnd(text: string, from: number): number {
  let end = text.indexOf('\r', from);
  while (end >= 0 && text.charCodeAt(end + 1) !== lineFeed) end = text.indexOf('\r', end + 1);
  return end < 0 ? text.length : end;
}
