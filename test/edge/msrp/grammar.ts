/** Frames as they stand on the wire, with what they say. */
import type { MsrpFrame, RequestHead } from '../../../edge/msrp/frame.ts';
import { FrameReader } from '../../../edge/msrp/frame-reader.ts';
import { bytesOf, lines, textOf } from './world.ts';

export const to = 'msrp://b.example.com:2855/bSession;tcp';
export const from = 'msrp://a.example.com:2855/aSession;tcp';

export const plainHead: RequestHead = {
  kind: 'request-head',
  transactionId: 'a786hjs2',
  method: 'SEND',
  toPath: to,
  fromPath: from,
  messageId: '87652491',
  rangeStart: 1,
  rangeEnd: 25,
  total: 25,
  isSuccessReportWanted: false,
  failureReport: 'yes',
  status: 0,
  contentType: 'text/plain',
  problem: '',
};

/** A frame, with bodies as text. */
export type Said =
  | { readonly head: RequestHead; readonly body: string; readonly flag: string }
  | { readonly status: number; readonly comment: string; readonly transactionId: string };

export type GrammarCase = { readonly what: string; readonly text: string; readonly said: Said };

const paths = [`To-Path: ${to}`, `From-Path: ${from}`];

export const grammarCases: readonly GrammarCase[] = [
  {
    what: 'a message in one chunk',
    text: lines(
      'MSRP a786hjs2 SEND',
      ...paths,
      'Message-ID: 87652491',
      'Byte-Range: 1-25/25',
      'Content-Type: text/plain',
      '',
      'Hey Bob, are you there?\r\n',
      '-------a786hjs2$',
    ),
    said: { head: plainHead, body: 'Hey Bob, are you there?\r\n', flag: '$' },
  },
  {
    what: 'a chunk that may be interrupted, and has been',
    text: lines(
      'MSRP d.-+%=93 SEND',
      ...paths,
      'Message-ID: 1=x',
      'Success-Report: yes',
      'Failure-Report: partial',
      'Byte-Range: 26-*/*',
      'Content-Type: message/cpim; a=b',
      '',
      '-------',
      '-------d.-+%=9$',
      '-------d.-+%=93+',
    ),
    said: {
      head: {
        ...plainHead,
        transactionId: 'd.-+%=93',
        messageId: '1=x',
        rangeStart: 26,
        rangeEnd: undefined,
        total: undefined,
        isSuccessReportWanted: true,
        failureReport: 'partial',
        contentType: 'message/cpim; a=b',
      },
      body: '-------\r\n-------d.-+%=9$',
      flag: '+',
    },
  },
  {
    what: 'a SEND without a body',
    text: lines(
      'MSRP a786hjs2 SEND',
      ...paths,
      'Message-ID: 87652491',
      'Byte-Range: 1-0/0',
      '-------a786hjs2$',
    ),
    said: { head: { ...plainHead, rangeEnd: 0, total: 0, contentType: '' }, body: '', flag: '$' },
  },
  {
    what: 'an empty body',
    text: lines(
      'MSRP a786hjs2 SEND',
      ...paths,
      'Message-ID: 87652491',
      'Byte-Range: 1-25/25',
      'Content-Type: text/plain',
      '',
      '',
      '-------a786hjs2#',
    ),
    said: { head: plainHead, body: '', flag: '#' },
  },
  {
    what: 'an empty body without its line end',
    text: lines(
      'MSRP a786hjs2 SEND',
      ...paths,
      'Message-ID: 87652491',
      'Byte-Range: 1-25/25',
      'Content-Type: text/plain',
      '',
      '-------a786hjs2$',
    ),
    said: { head: plainHead, body: '', flag: '$' },
  },
  {
    what: 'a REPORT',
    text: lines(
      'MSRP dkei38sd REPORT',
      ...paths,
      'Message-ID: 12339sdqwer',
      'Byte-Range: 1-106/106',
      'Status: 000 200 OK',
      '-------dkei38sd$',
    ),
    said: {
      head: {
        ...plainHead,
        transactionId: 'dkei38sd',
        method: 'REPORT',
        messageId: '12339sdqwer',
        rangeEnd: 106,
        total: 106,
        status: 200,
        contentType: '',
      },
      body: '',
      flag: '$',
    },
  },
  {
    what: 'a REPORT of another namespace',
    text: lines(
      'MSRP dkei38sd REPORT',
      ...paths,
      'Message-ID: 12339sdqwer',
      'Status: 001 200 OK',
      '-------dkei38sd$',
    ),
    said: {
      head: {
        ...plainHead,
        transactionId: 'dkei38sd',
        method: 'REPORT',
        messageId: '12339sdqwer',
        rangeEnd: undefined,
        total: undefined,
        contentType: '',
      },
      body: '',
      flag: '$',
    },
  },
  {
    what: 'header names and values in any case, and headers of others',
    text: lines(
      'MSRP a786hjs2 SEND',
      `to-path:${to}`,
      `FROM-PATH:  ${from} `,
      'MESSAGE-id: 87652491',
      'byte-range: 1-25/25',
      'success-report: YES',
      'failure-report: No',
      'X-Other: 1',
      'Content-Disposition: notification',
      'content-type: text/plain',
      '',
      '\x00\xff',
      '-------a786hjs2$',
    ),
    said: {
      head: { ...plainHead, isSuccessReportWanted: true, failureReport: 'no' },
      body: '\x00\xff',
      flag: '$',
    },
  },
  {
    what: 'paths over relays',
    text: lines(
      'MSRP a786hjs2 AUTH',
      `To-Path: ${from} ${to}`,
      `From-Path: ${to} ${from}`,
      '-------a786hjs2$',
    ),
    said: {
      head: {
        ...plainHead,
        method: 'AUTH',
        toPath: `${from} ${to}`,
        fromPath: `${to} ${from}`,
        messageId: '',
        rangeEnd: undefined,
        total: undefined,
        contentType: '',
      },
      body: '',
      flag: '$',
    },
  },
  {
    what: 'a response',
    text: lines('MSRP a786hjs2 200 OK', ...paths, '-------a786hjs2$'),
    said: { status: 200, comment: 'OK', transactionId: 'a786hjs2' },
  },
  {
    what: 'a response without a comment',
    text: lines('MSRP a786hjs2 481', ...paths, '-------a786hjs2$'),
    said: { status: 481, comment: '', transactionId: 'a786hjs2' },
  },
  {
    what: 'a response with headers of others',
    text: lines(
      'MSRP a786hjs2 423 Interval Out Of Bounds',
      ...paths,
      'Max-Expires: 600',
      '-------a786hjs2$',
    ),
    said: { status: 423, comment: 'Interval Out Of Bounds', transactionId: 'a786hjs2' },
  },
  {
    what: 'what is wrong with a Byte-Range',
    text: lines(
      'MSRP a786hjs2 SEND',
      ...paths,
      'Message-ID: 87652491',
      'Byte-Range: 0-25/25',
      'Content-Type: text/plain',
      '',
      'x',
      '-------a786hjs2$',
    ),
    said: {
      head: { ...plainHead, rangeEnd: undefined, total: undefined, problem: 'Byte-Range' },
      body: 'x',
      flag: '$',
    },
  },
];

/** All frames that come of pieces of bytes, with the pieces of a body put together; and the refusal, if one comes. */
export function readAll(pieces: readonly Uint8Array[]): {
  readonly said: Said[];
  readonly refused: string;
} {
  const reader = new FrameReader();
  const said: Said[] = [];
  let body = '';
  for (const piece of pieces) {
    reader.push(piece);
    for (;;) {
      const result = reader.next();
      if (result.kind === 'need-more') break;
      if (result.kind === 'refused') return { said, refused: result.reason };
      body = take(result.frame, body, said);
    }
  }
  return { said, refused: '' };
}

function take(frame: MsrpFrame, before: string, said: Said[]): string {
  if (frame.kind === 'response') {
    const { status, comment, transactionId } = frame;
    said.push({ status, comment, transactionId });
    return '';
  }
  if (frame.at !== before.length) throw new Error('a piece is in the wrong place');
  const body = before + textOf(frame.body);
  if (frame.flag === undefined) return body;
  said.push({ head: frame.head, body, flag: frame.flag });
  return '';
}

/** Cuts bytes into pieces of a length, each an array of its own. */
export function cutEvery(text: string, length: number): Uint8Array[] {
  const bytes = bytesOf(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.slice(at, at + length));
  return pieces;
}
