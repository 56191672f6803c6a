/**
 * SIP requests of 826 bytes parsed, with the typed headers that a proxy needs, against JSON.parse of the same content. Both sides begin
 * with bytes, and take requests of several callers in turns. JSON takes more bytes for the content; its rate is counted in texts of as
 * many bytes as a request has. `json-parse` is what JSON gives for the same result: the headers that the SIP side delivers as
 * objects are objects there, too, and the others texts. `flat-json` has all headers as texts, as Node's own HTTP headers are: taken
 * apart they would cost extra, so it is the harder mark of the two.
 */
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
import { inviteOf, textOf } from './sip-invite.ts';

const callers = 32;

const invites = Array.from({ length: callers }, (_, index) => inviteOf(index));
const requests = invites.map((one) => utf8Encode(textOf(one)));

/** Requests a second, and JSON texts a second with the same headers as objects. */
export function sipParse(): Pair {
  const texts = invites.map(({ uri, headers, typedUri, typed }) => {
    return {
      method: 'INVITE',
      uri: { written: uri, ...typedUri },
      headers: { ...headers, ...typed },
    };
  });
  return against('json-parse', texts);
}

/** Requests a second, and JSON texts a second with all headers as texts. */
export function sipParseFlat(): Pair {
  const texts = invites.map(({ uri, headers }) => ({ method: 'INVITE', uri, headers }));
  return against('flat-json', texts);
}

function against(name: string, contents: readonly object[]): Pair {
  const texts = contents.map((one) => Buffer.from(JSON.stringify(one)));
  const share = bytesOf(texts) / bytesOf(requests);
  return alternate(
    { name: 'sip-parse', run: (rounds) => inTurns(rounds, requests, parse) },
    { name, run: (rounds) => inTurns(rounds, texts, parseJson) * share },
  );
}

function bytesOf(texts: readonly Uint8Array[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
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

function parseJson(text: Buffer): unknown {
  return JSON.parse(text.toString());
}

/** What was computed last, so that nothing is optimised away. */
let kept: unknown;

/** `rounds` times all texts; answers how many that were. */
function inTurns<Text>(
  rounds: number,
  texts: readonly Text[],
  work: (text: Text) => unknown,
): number {
  for (let round = 0; round < rounds; round++) for (const text of texts) kept = work(text);
  return kept === undefined ? 0 : rounds * texts.length;
}
