/**
 * Reading the head of a frame: start-line and headers (RFC 4975 9), given as text that ends with CRLF. What makes a frame impossible to
 * answer is a refusal; what is wrong beyond that is noted in the head, so that the sender gets its 400.
 */
import type { FailureReport } from './effect.ts';
import type { MsrpResponse, Refused, RequestHead } from './frame.ts';
import { messageIdCharsMax, rangeDigitsMax, transactionIdCharsMax } from './limit.ts';

/** The two path headers as they were read last: on a connection most frames have the same, and needn't be taken apart again. */
export type PathMemory = { lines: string; toPath: string; fromPath: string };

/** A memory of nothing yet. */
export function emptyPathMemory(): PathMemory {
  return { lines: '', toPath: '', fromPath: '' };
}

/** The head of a request, or a whole response, as a response has nothing else. */
export function parseHead(text: string, memory: PathMemory): RequestHead | MsrpResponse | Refused {
  const lineEnd = text.indexOf('\r\n');
  const idEnd = text.indexOf(' ', 5);
  if (!text.startsWith('MSRP ') || idEnd < 0 || idEnd > lineEnd) return refused('start-line');
  const transactionId = text.slice(5, idEnd);
  if (!isIdent(transactionId, transactionIdCharsMax)) return refused('transaction-id');
  const headersStart = lineEnd + 2;
  const headersEnd = headersStart + memory.lines.length;
  const isAsBefore = memory.lines !== '' && text.slice(headersStart, headersEnd) === memory.lines;
  if (!isAsBefore && !readPaths(text, headersStart, memory)) return refused('paths');
  const { toPath, fromPath } = memory;
  if (isDigits(text, idEnd + 1, idEnd + 4) && !isWordChar(text.charCodeAt(idEnd + 4))) {
    return {
      kind: 'response',
      transactionId,
      status: Number(text.slice(idEnd + 1, idEnd + 4)),
      comment: text.slice(Math.min(idEnd + 5, lineEnd), lineEnd),
      toPath,
      fromPath,
    };
  }
  const method = text.slice(idEnd + 1, lineEnd);
  if (!isMethod(method)) return refused('method');
  const headers = new Headers();
  headers.read(text, headersStart + memory.lines.length);
  return headers.headOf({ transactionId, method, toPath, fromPath });
}

/** Whether bytes may be the beginning of a frame; the empty line before one that some clients send may be too. */
export function mayStartFrame(bytes: Uint8Array, at: number, end: number): boolean {
  const count = Math.min(end - at, 5);
  if (count === 1 && bytes[at] === 13) return true;
  for (let index = 0; index < count; index++) {
    if (bytes[at + index] !== 'MSRP '.charCodeAt(index)) return false;
  }
  return true;
}

/** The path of a To-Path line; empty if it is another line. */
export function toPathOf(line: string): string {
  return pathAt(line, 'To-Path:', 0, line.length);
}

/** RFC 4975 7.1: To-Path is the first header, From-Path the second. */
function readPaths(text: string, at: number, memory: PathMemory): boolean {
  const toEnd = text.indexOf('\r\n', at);
  const fromEnd = text.indexOf('\r\n', toEnd + 2);
  if (toEnd < 0 || fromEnd < 0) return false;
  const toPath = pathAt(text, 'To-Path:', at, toEnd);
  const fromPath = pathAt(text, 'From-Path:', toEnd + 2, fromEnd);
  if (toPath === '' || fromPath === '') return false;
  memory.lines = text.slice(at, fromEnd + 2);
  memory.toPath = toPath;
  memory.fromPath = fromPath;
  return true;
}

type HeadStart = Pick<RequestHead, 'transactionId' | 'method' | 'toPath' | 'fromPath'>;

class Headers {
  #messageId = '';
  #rangeStart = 1;
  #rangeEnd: number | undefined;
  #total: number | undefined;
  #isSuccessReportWanted = false;
  #failureReport: FailureReport = 'yes';
  #status = 0;
  #contentType = '';
  #problem = '';

  read(text: string, from: number): void {
    let at = from;
    while (at < text.length) {
      const end = text.indexOf('\r\n', at);
      const colon = text.indexOf(':', at);
      if (colon < 0 || colon > end) this.#problem = 'header without a colon';
      else this.#take(nameOf(text.slice(at, colon)), fieldAt(text, colon + 1, end));
      at = end + 2;
    }
  }

  headOf(start: HeadStart): RequestHead {
    return {
      kind: 'request-head',
      transactionId: start.transactionId,
      method: start.method,
      toPath: start.toPath,
      fromPath: start.fromPath,
      messageId: this.#messageId,
      rangeStart: this.#rangeStart,
      rangeEnd: this.#rangeEnd,
      total: this.#total,
      isSuccessReportWanted: this.#isSuccessReportWanted,
      failureReport: this.#failureReport,
      status: this.#status,
      contentType: this.#contentType,
      problem: this.#problem,
    };
  }

  #take(name: string, value: string): void {
    switch (name) {
      case 'Message-ID':
        this.#messageId = value;
        if (!isIdent(value, messageIdCharsMax)) this.#problem = name;
        return;
      case 'Byte-Range':
        if (!this.#takeRange(value)) this.#problem = name;
        return;
      case 'Content-Type':
        this.#contentType = value;
        if (!isPrintable(value)) this.#problem = name;
        return;
      case 'Success-Report':
        this.#isSuccessReportWanted = value.toLowerCase() === 'yes';
        return;
      case 'Failure-Report':
        this.#takeFailureReport(value.toLowerCase());
        return;
      case 'Status':
        // RFC 4975 9: the only namespace is 000; a status of another means nothing to us.
        if (value.startsWith('000 ') && isDigits(value, 4, 7))
          this.#status = Number(value.slice(4, 7));
        return;
    }
  }

  #takeFailureReport(value: string): void {
    if (value === 'yes' || value === 'no' || value === 'partial') this.#failureReport = value;
    else this.#problem = 'Failure-Report';
  }

  #takeRange(value: string): boolean {
    const dash = value.indexOf('-');
    const slash = value.indexOf('/', dash + 1);
    if (dash < 0 || slash < 0) return false;
    const start = numberOf(value, 0, dash);
    const end = numberOrStar(value, dash + 1, slash);
    const total = numberOrStar(value, slash + 1, value.length);
    if (start < 1 || end === -1 || total === -1) return false;
    // RFC 4975 7.1.1: 1-0/0 is nothing at the very beginning; what ends earlier than that, or lies beyond the total, is no range.
    if ((end ?? start) < start - 1 || (total ?? start) < start - 1) return false;
    if (end !== undefined && total !== undefined && end > total) return false;
    this.#rangeStart = start;
    this.#rangeEnd = end;
    this.#total = total;
    return true;
  }
}

const canonicalNames = new Map<string, string>();
for (const name of [
  'Message-ID',
  'Byte-Range',
  'Content-Type',
  'Success-Report',
  'Failure-Report',
  'Status',
]) {
  canonicalNames.set(name, name);
  canonicalNames.set(name.toLowerCase(), name);
}

/** Header names match without regard to case; the usual spelling is found at once. */
function nameOf(name: string): string {
  return canonicalNames.get(name) ?? canonicalNames.get(name.toLowerCase()) ?? '';
}

function fieldAt(text: string, from: number, end: number): string {
  let start = from;
  while (start < end && text.charCodeAt(start) === 32) start++;
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === 32) last--;
  return text.slice(start, last);
}

function pathAt(text: string, name: string, at: number, end: number): string {
  const isThere = text.slice(at, at + name.length).toLowerCase() === name.toLowerCase();
  return isThere ? fieldAt(text, at + name.length, end) : '';
}

/** The number between two places; -1 if there is none. */
function numberOf(text: string, from: number, to: number): number {
  if (to - from > rangeDigitsMax || !isDigits(text, from, to)) return -1;
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

function numberOrStar(text: string, from: number, to: number): number | undefined {
  if (to - from === 1 && text.charCodeAt(from) === 42) return undefined;
  return numberOf(text, from, to);
}

function isDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= 48 && code <= 57)) return false;
  }
  return to > from;
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 127) return false;
  }
  return true;
}

function isMethod(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 65 || code > 90) return false;
  }
  return text !== '';
}

/** RFC 4975 9: a letter or digit, then letters, digits and `. - + % =`. */
function isIdent(text: string, charsMax: number): boolean {
  if (text.length > charsMax || !isWordChar(text.charCodeAt(0))) return false;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isWordChar(code) && !isIdentMark(code)) return false;
  }
  return true;
}

function isIdentMark(code: number): boolean {
  return code === 45 || code === 46 || code === 43 || code === 37 || code === 61;
}

function isWordChar(code: number): boolean {
  const lower = code | 32;
  return (code >= 48 && code <= 57) || (lower >= 97 && lower <= 122);
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
