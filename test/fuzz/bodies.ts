/** What SIP and MSRP carry: CPIM, notifications, session descriptions, multipart bodies and digest headers. */
import { parseMultipart, printMultipart } from '../../edge/bytes/multipart.ts';
import { indexOfBytes } from '../../edge/bytes/search.ts';
import { utf8Decode } from '../../edge/bytes/text.ts';
import { type Cpim, parseCpim, printCpim } from '../../edge/cpim/cpim.ts';
import {
  cpimContentType,
  cpimFrom,
  cpimTo,
  dispositions,
  imdnHeader,
  imdnHeaders,
  isImdn,
  withImdnHeader,
  withTo,
} from '../../edge/cpim/header.ts';
import { readImdn, writeImdn } from '../../edge/cpim/imdn.ts';
import { peekCpim } from '../../edge/cpim/peek.ts';
import { Digest } from '../../edge/registrar/digest.ts';
import { readMsrpMedia } from '../../edge/sdp/msrp-media.ts';
import { acceptable, answerDirection, answerSetup } from '../../edge/sdp/negotiate.ts';
import { parseSdp, printSdp } from '../../edge/sdp/sdp.ts';
import { writeMsrpSdp } from '../../edge/sdp/write.ts';
import { parseChallenge, parseCredentials } from '../../edge/sip/authorization.ts';
import { bodySamples, bodyWords } from './body-samples.ts';
import type { Target } from './fuzz.ts';
import { hold, holdSame, isPrintable } from './hold.ts';

const words = bodyWords;
const { cpim, imdn, sdp, multipart, digest } = bodySamples;

export const cpimMessages: Target = { name: 'CPIM', samples: cpim, words, read: readCpim };
export const imdns: Target = { name: 'IMDN', samples: imdn, words, read: readNotification };
export const sdps: Target = { name: 'SDP', samples: sdp, words, read: readSdp };
export const multiparts: Target = {
  name: 'multipart',
  samples: multipart,
  words,
  read: readMultipart,
};
export const digests: Target = { name: 'digest', samples: digest, words, read: readDigest };

function readCpim(input: Uint8Array): boolean {
  const parsed = parseCpim(input);
  const peeked = peekCpim(input);
  hold((peeked === undefined) === (parsed.kind === 'refused'), 'a peek sees what reading does');
  if (parsed.kind === 'refused') return false;
  const { cpim: message } = parsed;
  const read = {
    from: cpimFrom(message),
    messageId: imdnHeader(message, 'Message-ID'),
    contentType: cpimContentType(message),
  };
  holdSame(peeked, read, 'a peek says what reading does');
  dispositions(message);
  imdnHeaders(message, 'IMDN-Record-Route');
  if (isImdn(message)) readImdn(message.content);
  if (isPrintable(input)) holdChanged(message);
  return true;
}

/** What is put into a message is in it, and the rest of it stays. */
function holdChanged(message: Cpim): void {
  const uris = ['sip:a@rejoin.test', 'tel:+15551001'];
  const changed = withImdnHeader(withTo(message, uris), 'Message-ID', ['x1']);
  const again = parseCpim(printCpim(changed));
  if (again.kind === 'refused') throw new Error(`broken: refused when changed: ${again.reason}`);
  holdSame(cpimTo(again.cpim), uris, 'a changed To is read');
  holdSame(imdnHeader(again.cpim, 'Message-ID'), 'x1', 'a changed Message-ID is read');
  holdSame(again.cpim.content, message.content, 'the content stays');
  holdSame(again.cpim.contentHeaders, message.contentHeaders, 'the MIME headers stay');
}

function readNotification(input: Uint8Array): boolean {
  const read = readImdn(input);
  if (read.kind === 'refused') return false;
  if (!isPrintable(input)) return true;
  holdSame(readImdn(writeImdn(read.imdn)), read, 'a written notification reads the same');
  return true;
}

function readSdp(input: Uint8Array): boolean {
  const parsed = parseSdp(input);
  const media = readMsrpMedia(input);
  if (parsed.kind === 'refused') return false;
  if (!isPrintable(input)) return true;
  holdSame(parseSdp(printSdp(parsed.sdp)), parsed, 'a printed description reads the same');
  if (media.kind === 'refused') return false;
  const { mediaBefore, mediaAfter } = media.media;
  const answer = writeMsrpSdp({
    host: '192.0.2.1',
    port: 2855,
    path: ['msrp://192.0.2.1:2855/s;tcp'],
    acceptTypes: ['*', ...acceptable(media.media.acceptTypes, ['message/cpim', 'text/plain'])],
    acceptWrappedTypes: ['*'],
    setup: answerSetup(media.media.setup, 'active'),
    direction: answerDirection(media.media.direction),
    sessionId: 1,
    version: 1,
    isTls: media.media.isTls,
    mediaBefore,
    mediaAfter,
  });
  hold(readMsrpMedia(answer).kind === 'media', 'an answer can be read');
  return true;
}

/** The first line is the Content-Type. */
function readMultipart(input: Uint8Array): boolean {
  const feed = indexOfBytes(input, new Uint8Array([10]), 0);
  const contentType = utf8Decode(input.subarray(0, Math.max(feed, 0))).trim();
  const parts = parseMultipart(contentType, input.subarray(feed + 1));
  if (parts === undefined) return false;
  // A body that is not multipart is one part.
  if (!/^multipart\//i.test(contentType) || !isPrintable(input)) return true;
  const printed = printMultipart(parts, 'b0undary-of-the-test');
  const again = parseMultipart(printed.contentType, printed.body);
  holdSame(
    again?.map(({ body }) => utf8Decode(body)),
    parts.map(({ body }) => utf8Decode(body)),
    'printed parts read the same',
  );
  return true;
}

const checker = new Digest({
  realm: 'rejoin.test',
  hash: (algorithm, text) => `${algorithm}${text.length}`,
  secret: 'secret',
});

function readDigest(input: Uint8Array): boolean {
  const text = utf8Decode(input);
  const credentials = parseCredentials(text);
  parseChallenge(text);
  if (credentials === undefined) return false;
  const check = { credentials: credentials.params, method: 'REGISTER', password: 'pw' };
  hold(checker.verify(1000, check) !== 'ok', 'made-up credentials are not right');
  return true;
}
