/**
 * The head of a SIP message: start line and headers, from a text that was decoded once. It is cut with indexOf at line ends and
 * colons; nothing is looked at twice. Folded lines are joined (RFC 3261 7.3.1).
 */
import { canonicalName } from './header-name.ts';
import { headersMax } from './limit.ts';
import { emptyBody, type Header, type SipMessage } from './message.ts';

export type Head =
  | { readonly kind: 'head'; readonly message: SipMessage }
  | { readonly kind: 'refused'; readonly reason: string; readonly message?: SipMessage };

/** Reads a head; the text ends with the CRLF of the last header. */
export function parseHead(text: string): Head {
  const end = lineEnd(text, 0);
  // RFC 4475 3.1.2.12: blanks behind the start line are passed over.
  const line = text.slice(0, end).trimEnd();
  const read = readHeaders(text, nextLine(text, end));
  const started = startLine(line, read.headers);
  if (started.kind === 'refused') return started;
  if (read.problem !== undefined) {
    return { kind: 'refused', reason: read.problem, message: started.message };
  }
  return started;
}

function startLine(line: string, headers: readonly Header[]): Head {
  if (line.startsWith('SIP/')) return statusLine(line, headers);
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first <= 0 || last <= first) return { kind: 'refused', reason: 'no start line' };
  const method = line.slice(0, first);
  const uri = line.slice(first + 1, last);
  const version = line.slice(last + 1);
  if (!isToken(method)) return { kind: 'refused', reason: 'the method is no token' };
  const message: SipMessage = { kind: 'request', method, uri, headers, body: emptyBody };
  if (version !== 'SIP/2.0' && version.toUpperCase() !== 'SIP/2.0') {
    return { kind: 'refused', reason: 'the version is not SIP/2.0', message };
  }
  const isMalformed = uri.length === 0 || uri.includes(' ') || uri.includes('<');
  return isMalformed
    ? { kind: 'refused', reason: 'the Request-URI is malformed', message }
    : { kind: 'head', message };
}

function statusLine(line: string, headers: readonly Header[]): Head {
  if (!line.startsWith('SIP/2.0 '))
    return { kind: 'refused', reason: 'the version is not SIP/2.0' };
  const status = Number(line.slice(8, 11));
  const isStatus = Number.isInteger(status) && status >= 100 && status <= 699;
  if (!isStatus || (line.length > 11 && line[11] !== ' ')) {
    return { kind: 'refused', reason: 'the status is no status' };
  }
  const message: SipMessage = {
    kind: 'response',
    status,
    reason: line.slice(12),
    headers,
    body: emptyBody,
  };
  return { kind: 'head', message };
}

type ReadHeaders = { readonly headers: readonly Header[]; readonly problem?: string };

function readHeaders(text: string, from: number): ReadHeaders {
  const headers: Header[] = [];
  let at = from;
  while (at < text.length) {
    const end = fieldEnd(text, at);
    if (end === at) break;
    if (headers.length >= headersMax) return { headers, problem: 'too many headers' };
    const read = readField(text, at, end);
    if (typeof read === 'string') return { headers, problem: read };
    headers.push(read);
    at = nextLine(text, end);
  }
  return { headers };
}

/** Where a field ends: at the end of its last line; a line that begins with a blank belongs to the one before. */
function fieldEnd(text: string, from: number): number {
  let end = lineEnd(text, from);
  if (end === from) return end;
  for (let next = nextLine(text, end); isBlank(text.charCodeAt(next)); next = nextLine(text, end)) {
    end = lineEnd(text, next);
  }
  return end;
}

function readField(text: string, from: number, end: number): Header | string {
  const colon = text.indexOf(':', from);
  if (colon < 0 || colon >= end) return 'a header without a colon';
  const name = text.slice(from, colon).trimEnd();
  if (!isToken(name)) return 'a header name is no token';
  const value = text.slice(colon + 1, end);
  const isFolded = value.includes('\n');
  return {
    name: canonicalName(name),
    value: (isFolded ? value.replace(/\r?\n[ \t]+/g, ' ') : value).trim(),
  };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}

function nextLine(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return text.charCodeAt(end) === 13 ? end + 2 : end + 1;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** RFC 3261 25.1: letters, digits and - . ! % * _ + ` ' ~ */
function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) {
    if (tokenCodes[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

const tokenCharacters = "-.!%*_+`'~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const tokenCodes = new Uint8Array(128);
for (const character of tokenCharacters) tokenCodes[character.charCodeAt(0)] = 1;
