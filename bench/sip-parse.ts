/** A SIP request parsed, with the typed headers that a proxy needs, against JSON.parse of a text of the same length. */
import { utf8Encode } from '../edge/bytes/text.ts';
import { contacts, routes } from '../edge/sip/contact.ts';
import { cseq } from '../edge/sip/cseq.ts';
import { maxForwards, numberHeader } from '../edge/sip/expires.ts';
import { param } from '../edge/sip/params.ts';
import { parseMessage } from '../edge/sip/parse.ts';
import { callId, fromTag, toTag } from '../edge/sip/tags.ts';
import { parseUri } from '../edge/sip/uri.ts';
import { topVia } from '../edge/sip/via.ts';
import { alternate, type Pair } from './alternate.ts';

const icsi = 'urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session';
const headers: readonly (readonly [string, string])[] = [
  ['Via', 'SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKnashds8;rport'],
  ['Max-Forwards', '70'],
  ['Route', '<sip:127.0.0.1:5062;lr>'],
  ['From', '"Alice" <sip:alice@rejoin.test>;tag=1928301774'],
  ['To', '<sip:bob@rejoin.test>'],
  ['Call-ID', 'a84b4c76e66710@pc33.rejoin.test'],
  ['CSeq', '314159 INVITE'],
  [
    'Contact',
    '<sip:alice@127.0.0.1:5070>;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"',
  ],
  ['Accept-Contact', `*;+g.3gpp.icsi-ref="${icsi}"`],
  ['Contribution-ID', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  ['Conversation-ID', 'abcdef-1234-5678-90ab-cdef01234567'],
  ['User-Agent', 'CPM-client/OMA2.2'],
  ['Content-Length', '0'],
];

/** Messages a second, and JSON texts of as many bytes a second. */
export function sipParse(): Pair {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const bytes = utf8Encode(['INVITE sip:bob@rejoin.test SIP/2.0', ...lines, '', ''].join('\r\n'));
  const json = jsonOf(bytes.length);
  return alternate(
    { name: 'sip-parse', run: (rounds) => times(rounds, () => parse(bytes)) },
    { name: 'json-parse', run: (rounds) => times(rounds, () => JSON.parse(json)) },
  );
}

/** The same message as JSON, cut or filled in its last value to the same number of bytes. */
function jsonOf(length: number): string {
  const message = (filling: string): string =>
    JSON.stringify({
      method: 'INVITE',
      uri: 'sip:bob@rejoin.test',
      headers: Object.fromEntries([...headers, ['User-Agent', filling]]),
    });
  return message('x'.repeat(Math.max(0, length - message('').length)));
}

function parse(bytes: Uint8Array): unknown {
  const parsed = parseMessage(bytes);
  if (parsed.kind !== 'message') throw new Error(parsed.reason);
  const { message } = parsed;
  const via = topVia(message);
  return [
    via && param(via.params, 'branch'),
    fromTag(message),
    toTag(message),
    callId(message),
    cseq(message),
    maxForwards(message),
    routes(message, 'Route')[0],
    contacts(message),
    message.kind === 'request' && parseUri(message.uri),
    numberHeader(message, 'Content-Length'),
  ];
}

/** What was computed last, so that nothing is optimised away. */
let kept: unknown;

function times(rounds: number, work: () => unknown): number {
  for (let round = 0; round < rounds; round++) kept = work();
  return kept === undefined ? 0 : rounds;
}
