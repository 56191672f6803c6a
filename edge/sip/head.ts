/**
 * The head of a SIP message: start line and headers, out of a text that was decoded once. It is cut at line ends and colons; nothing is
 * looked at twice. Whether the headers make a sound message is for `validate.ts`.
 */
import { isBlank, isToken, skipBlanks, trimEnd } from './grammar.ts';
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
const noName = 'a header has no name';
const strayBreak = 'a line has a line break of another kind within';

/** Reads the head that stands in a text up to `to`, from its start line to its last header. */
export function parseHead(text: string, from: number, to: number): Head {
  const end = lineEnd(text, from, to);
  const headers: Header[] = [];
  const problem = readHeaders(text, end + 2, to, headers);
  if (!isLineBreak(text, end, to)) return malformed(strayBreak, undefined);
  const head = startLine(text.slice(from, end), headers);
  if (problem === undefined || head.kind === 'malformed') return head;
  return { kind: 'malformed', reason: problem, status: 400, message: head.message };
}

function startLine(line: string, headers: readonly Header[]): Head {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const method = first < 0 ? '' : line.slice(0, first);
  if (!isToken(method) || second < 0) return statusLine(line, headers);
  // RFC 3261 7.1: method, Request-URI and version with single spaces between them, and no others.
  const uri = line.slice(first + 1, second);
  const written = line.slice(second + 1);
  const message: SipMessage = { kind: 'request', method, uri, headers, body: emptyBody };
  if (uri !== '' && (written === version || written.toUpperCase() === version)) {
    return { kind: 'message', message };
  }
  if (uri !== '' && isVersion(written)) {
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
  if (match === null) return malformed('the start line is none', undefined);
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
function readHeaders(
  text: string,
  from: number,
  to: number,
  headers: Header[],
): string | undefined {
  let problem: string | undefined;
  let fields = 0;
  for (let at = from; at < to; fields++) {
    let end = lineEnd(text, at, to);
    // RFC 3261 7.3.1: a line that begins with a blank belongs to the one before.
    while (isFolded(text, end, to)) end = lineEnd(text, end + 2, to);
    if (fields >= headersMax) return 'there are too many headers';
    const read = isLineBreak(text, end, to) ? readField(text, at, end) : strayBreak;
    if (typeof read === 'string') problem ??= read;
    else headers.push(read);
    at = end + 2;
  }
  return problem;
}

function readField(text: string, from: number, end: number): Header | string {
  const colonAt = text.indexOf(':', from);
  if (colonAt < 0 || colonAt >= end) return noName;
  const name = canonicalNameAt(text, from, trimEnd(text, from, colonAt));
  if (name === undefined) return noName;
  const start = skipBlanks(text, colonAt + 1);
  const written = text.slice(start, trimEnd(text, start, end));
  if (!written.includes('\n')) return { name, value: written };
  const value = foldless(written);
  return value === undefined ? strayBreak : { name, value };
}

/** RFC 3261 7.3.1: a line break with the blanks around it counts as one space. A line feed alone is none, and an error. */
function foldless(written: string): string | undefined {
  const value = written
    .split('\r\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
  return value.includes('\n') ? undefined : value;
}

/** Where a line ends: before the next CR, or at the end of the head. */
function lineEnd(text: string, from: number, to: number): number {
  const end = text.indexOf('\r', from);
  return end < 0 || end > to ? to : end;
}

function isFolded(text: string, end: number, to: number): boolean {
  return end + 2 < to && isBlank(text.charCodeAt(end + 2)) && isLineBreak(text, end, to);
}

/** Whether a CR, where a line ends, has its LF. */
function isLineBreak(text: string, end: number, to: number): boolean {
  return end === to || (end + 1 < to && text.charCodeAt(end + 1) === lineFeed);
}
