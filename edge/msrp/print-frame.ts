/**
 * Printing frames (RFC 4975 9) into an output. What stays the same in a session is printed once and kept as bytes; a head is then a few
 * copies. The caller chooses a transaction-id that is not in the body (`holdsEndLine`).
 */
import { utf8Encode } from '../bytes/text.ts';
import type { FailureReport } from './effect.ts';
import type { ContinuationFlag } from './frame.ts';
import type { Output } from './output.ts';

/** Start-lines, header names, numbers and the end-line: all of a head that is not counted one by one. */
const fixedBytes = 320;

/** A piece of a message that goes out as one SEND. */
export type Chunk = {
  readonly messageId: string;
  readonly contentType: Uint8Array;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
  /** Counts from 1. */
  readonly rangeStart: number;
  /** RFC 4975 5.1: a chunk that may be interrupted says `*` for its end. */
  readonly isInterruptible: boolean;
  readonly total: number;
  readonly body: Uint8Array;
  readonly flag: ContinuationFlag;
};

export type Report = {
  readonly messageId: string;
  readonly status: number;
  readonly byteCount: number;
};

/** The two path headers with the line ends around them: what follows a start-line. */
export function printPaths(toPath: string, fromPath: string): Uint8Array {
  return utf8Encode(`\r\nTo-Path: ${toPath}\r\nFrom-Path: ${fromPath}\r\n`);
}

/** The value of Content-Type as it is printed. */
export function printContentType(contentType: string): Uint8Array {
  return utf8Encode(`Content-Type: ${contentType}\r\n\r\n`);
}

/** A SEND with a chunk of a message. */
export function printSend(
  output: Output,
  paths: Uint8Array,
  transactionId: string,
  chunk: Chunk,
): void {
  const { body, messageId, contentType, rangeStart } = chunk;
  output.reserve(fixedBytes + paths.length + messageId.length + contentType.length);
  printStart(output, transactionId, 'SEND', paths);
  output.text('Message-ID: ');
  output.text(messageId);
  if (chunk.isSuccessReportWanted) output.text('\r\nSuccess-Report: yes');
  if (chunk.failureReport !== 'yes') {
    output.text('\r\nFailure-Report: ');
    output.text(chunk.failureReport);
  }
  output.text('\r\nByte-Range: ');
  output.number(rangeStart);
  output.text('-');
  if (chunk.isInterruptible) output.text('*');
  else output.number(rangeStart + body.length - 1);
  output.text('/');
  output.number(chunk.total);
  output.text('\r\n');
  if (body.length > 0) {
    output.raw(contentType);
    output.body(body);
    output.reserve(transactionId.length + 16);
    output.text('\r\n');
  }
  printEnd(output, transactionId, chunk.flag);
}

/** A REPORT about a whole message (RFC 4975 7.1.2). */
export function printReport(
  output: Output,
  paths: Uint8Array,
  transactionId: string,
  report: Report,
): void {
  output.reserve(fixedBytes + paths.length + report.messageId.length);
  printStart(output, transactionId, 'REPORT', paths);
  output.text('Message-ID: ');
  output.text(report.messageId);
  output.text('\r\nByte-Range: 1-');
  output.number(report.byteCount);
  output.text('/');
  output.number(report.byteCount);
  output.text('\r\nStatus: 000 ');
  output.text(statusText(report.status));
  output.text('\r\n');
  printEnd(output, transactionId, '$');
}

/** A response; `paths` are those of the request, turned round. */
export function printResponse(
  output: Output,
  paths: Uint8Array,
  transactionId: string,
  status: string,
): void {
  output.reserve(fixedBytes + paths.length + status.length);
  printStart(output, transactionId, status, paths);
  printEnd(output, transactionId, '$');
}

/** A status code with what it is called. */
export function statusText(status: number, comment?: string): string {
  const text = comment ?? comments.get(status);
  return text === undefined ? String(status) : `${status} ${text}`;
}

const comments = new Map([
  [200, 'OK'],
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [408, 'Timeout'],
  [413, 'Stop Sending'],
  [415, 'Unsupported Media Type'],
  [481, 'Session Does Not Exist'],
  [501, 'Unknown Method'],
  [506, 'Session In Use'],
]);

function printStart(
  output: Output,
  transactionId: string,
  methodOrStatus: string,
  paths: Uint8Array,
): void {
  output.text('MSRP ');
  output.text(transactionId);
  output.text(' ');
  output.text(methodOrStatus);
  output.raw(paths);
}

function printEnd(output: Output, transactionId: string, flag: ContinuationFlag): void {
  output.text('-------');
  output.text(transactionId);
  output.text(flag);
  output.text('\r\n');
}
