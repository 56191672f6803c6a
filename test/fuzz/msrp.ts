/** MSRP as a stream of frames, with their headers, and the joining of chunks. */
import { concatBytes } from '../../edge/bytes/search.ts';
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import { Assembly } from '../../edge/msrp/assembly.ts';
import type { MsrpRequest } from '../../edge/msrp/frame.ts';
import { FrameReader } from '../../edge/msrp/frame-reader.ts';
import { unfinishedMessagesMax } from '../../edge/msrp/limit.ts';
import { parseMsrpUri, printMsrpUri, sameMsrpUri } from '../../edge/msrp/uri.ts';
import type { Random } from '../simulation/random.ts';
import type { Target } from './fuzz.ts';
import { hold, holdSame, pieces } from './hold.ts';

const paths = [
  'To-Path: msrp://relay.example.com:2855/r;tcp msrps://b.example.com:2855/bSession;tcp',
  'From-Path: msrp://[2001:db8::1]:2855/aSession;tcp;x=y',
];

function frames(...lines: readonly string[]): Uint8Array {
  return utf8Encode(`${lines.join('\r\n')}\r\n`);
}

const samples: readonly Uint8Array[] = [
  frames(
    'MSRP a786hjs2 SEND',
    ...paths,
    'Message-ID: 87652491',
    'Success-Report: yes',
    'Failure-Report: partial',
    'Byte-Range: 1-25/25',
    'Content-Type: message/cpim; a="b c"',
    '',
    'Hey Bob, are you there?',
    '',
    '-------a786hjs2$',
  ),
  frames(
    'MSRP d1 SEND',
    ...paths,
    'Message-ID: m1',
    'Byte-Range: 1-*/12',
    'Content-Type: text/plain',
    '',
    '-------',
    '-------d1+',
    'MSRP d2 SEND',
    ...paths,
    'Message-ID: m1',
    'Byte-Range: 8-12/12',
    'Content-Type: text/plain',
    '',
    '12345',
    '-------d2$',
  ),
  frames(
    'MSRP d3 SEND',
    ...paths,
    'Message-ID: m2',
    '-------d3$',
    'MSRP d3 200 OK',
    ...paths,
    '-------d3$',
  ),
  frames(
    'MSRP r1 REPORT',
    ...paths,
    'Message-ID: 12339sdqwer',
    'Byte-Range: 1-106/106',
    'Status: 000 200 OK',
    '-------r1$',
  ),
  frames(
    'MSRP x.-+%=9 481 No such session',
    ...paths,
    '-------x.-+%=9$',
    '',
    'MSRP y4 NICKNAME',
    ...paths,
    'Use-Nickname: "é"',
    '-------y4#',
  ),
];

const words: readonly string[] = [
  ...['\r\n', '\r', '\n', '\r\n\r\n', ' ', '\0', 'ÿ', '-------', '-------a786hjs2', '$', '+', '#'],
  ...['MSRP ', 'MSRP a786hjs2 ', 'SEND', 'REPORT', '200 OK', 'To-Path: ', 'From-Path: ', ':', '/'],
  ...[
    'msrp://h:1/s;tcp',
    ';tcp',
    '*',
    '-',
    '1-*/*',
    'Byte-Range: ',
    'Message-ID: ',
    'Status: 000 ',
  ],
  ...[
    'Content-Type: ',
    'Success-Report: yes',
    'Failure-Report: no',
    '\r\n-------d1+\r\n',
    '=',
    ';',
  ],
];

export const msrpFrames: Target = { name: 'MSRP streams', samples, words, read: readStream };
export const msrpUris: Target = {
  name: 'MSRP URIs',
  samples: [
    'msrp://relay.example.com:2855/r;tcp',
    'msrps://user@[2001:db8::1]:7654/jshA7we.-_~+=;tcp;x=y;z',
    'msrp://host;tcp',
  ].map(utf8Encode),
  words: [...words, '@', '[', ']', ',', '::'],
  read: (input) => readUri(utf8Decode(input)),
};

function readStream(input: Uint8Array, random: Random): boolean {
  const bytes = concatBytes([input, random.pick(samples)]);
  const found = framesOf([bytes]);
  holdSame(framesOf(pieces(bytes, random)), found, 'a stream reads the same however it is cut');
  join(found);
  return found.some((one) => one.kind === 'request');
}

type Found =
  | (Pick<MsrpRequest, 'kind' | 'head' | 'flag'> & { readonly body: Uint8Array })
  | { readonly kind: 'other'; readonly what: unknown };

/** Whole frames and the refusal, if there is one; bodies in one piece, however they were handed on. */
function framesOf(parts: Iterable<Uint8Array>): readonly Found[] {
  const reader = new FrameReader();
  const found: Found[] = [];
  let handedOn: Uint8Array[] = [];
  for (const part of parts) {
    reader.push(part.slice());
    for (let one = reader.next(); one.kind !== 'need-more'; one = reader.next()) {
      if (one.kind === 'refused') return [...found, refusedForGood(reader, one)];
      const { frame } = one;
      if (frame.kind === 'response') {
        found.push({ kind: 'other', what: frame });
        continue;
      }
      const before = handedOn.reduce((sum, { length }) => sum + length, 0);
      hold(frame.at === before, 'pieces of a body follow each other');
      handedOn.push(frame.body.slice());
      if (frame.flag === undefined) continue;
      const { kind, head, flag } = frame;
      found.push({ kind, head, flag, body: concatBytes(handedOn) });
      handedOn = [];
    }
  }
  return found;
}

function refusedForGood(reader: FrameReader, refusal: unknown): Found {
  reader.push(utf8Encode('MSRP a 200 OK\r\n'));
  holdSame(reader.next(), refusal, 'nothing comes behind a refusal');
  return { kind: 'other', what: refusal };
}

function join(found: readonly Found[]): void {
  const bytesMax = 100_000;
  const assembly = new Assembly(bytesMax, (type) => type !== 'text/x');
  for (const one of found) {
    if (one.kind !== 'request') continue;
    const { head, body, flag } = one;
    for (const path of [head.toPath, head.fromPath]) path.split(' ').map(readUri);
    const added = assembly.add({ kind: 'request', head, body, at: 0, flag });
    hold(assembly.size <= unfinishedMessagesMax, 'few messages are unfinished');
    if (added.kind !== 'whole') continue;
    hold(added.message.body.length <= bytesMax, 'a message is no larger than it may be');
  }
}

function readUri(text: string): boolean {
  const uri = parseMsrpUri(text);
  if (uri === undefined) return false;
  const again = parseMsrpUri(printMsrpUri(uri));
  holdSame(again, uri, 'a printed MSRP URI reads the same');
  return sameMsrpUri(uri, uri);
}
