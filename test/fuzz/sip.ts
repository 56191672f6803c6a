/** SIP as datagrams and as streams, with every typed header of what was taken, and header values of their own. */
import { concatBytes } from '../../edge/bytes/search.ts';
import { utf8Decode } from '../../edge/bytes/text.ts';
import { refusalBytes } from '../../edge/runtime/refusal-response.ts';
import { type Framed, SipFramer } from '../../edge/sip/framing.ts';
import { canonicalName } from '../../edge/sip/header-name.ts';
import { bodyBytesMax, headBytesMax } from '../../edge/sip/limit.ts';
import { emptyBody, type SipMessage } from '../../edge/sip/message.ts';
import { parseMessage } from '../../edge/sip/parse.ts';
import { printMessage } from '../../edge/sip/print.ts';
import type { Random } from '../simulation/random.ts';
import type { Target } from './fuzz.ts';
import { hold, holdSame, isPrintable, pieces } from './hold.ts';
import { readMessage, readValue, typedNames } from './sip-headers.ts';
import { messages, values, words } from './sip-samples.ts';

const samples = messages;

export const sipDatagram: Target = { name: 'SIP datagrams', samples, words, read: readDatagram };
export const sipStream: Target = { name: 'SIP streams', samples, words, read: readStream };
export const sipValues: Target = {
  name: 'SIP headers',
  samples: values,
  words,
  // It is read as the value of each header in turn, where a message has room for one.
  inputBytesMax: 4096,
  read: readText,
};

function readDatagram(input: Uint8Array): boolean {
  const parsed = parseMessage(input);
  if (parsed.kind === 'refused') {
    refusalBytes(parsed);
    return false;
  }
  readMessage(parsed.message);
  if (isPrintable(input)) holdPrinted(parsed.message);
  return true;
}

/** What was taken can be passed on: it reads the same when it was printed. */
function holdPrinted(message: SipMessage): void {
  const again = parseMessage(printMessage(message));
  if (again.kind === 'refused') throw new Error(`broken: refused when printed: ${again.reason}`);
  holdSame(comparable(again.message), comparable(message), 'a printed message reads the same');
}

function comparable(message: SipMessage): SipMessage {
  const headers = message.headers.filter(({ name }) => name !== 'Content-Length');
  return { ...message, headers, body: new Uint8Array(message.body) };
}

/** Two messages, the second one perhaps unharmed, in pieces; the pieces must make no difference. */
function readStream(input: Uint8Array, random: Random): boolean {
  const bytes = concatBytes([input, random.pick(samples)]);
  const found = framed(pieces(bytes, random));
  holdSame(found, framed([bytes]), 'a stream reads the same however it is cut');
  for (const one of found) if (one.kind === 'message') readMessage(one.message);
  return found.some((one) => one.kind === 'message');
}

function framed(parts: Iterable<Uint8Array>): readonly Framed[] {
  const framer = new SipFramer();
  const found: Framed[] = [];
  for (const part of parts) {
    framer.push(part);
    for (let one = framer.next(); one.kind !== 'need-more'; one = framer.next()) {
      found.push(one);
      if (one.kind === 'refused' && one.isFatal) return found;
    }
    hold(framer.size <= headBytesMax + bodyBytesMax, 'a stream holds a bounded number of bytes');
  }
  return found;
}

/** The input as a value of each header in turn. */
function readText(input: Uint8Array): boolean {
  const text = utf8Decode(input);
  const headers = typedNames.map((name) => ({ name: canonicalName(name), value: text }));
  readMessage({ kind: 'request', method: 'INVITE', uri: text, headers, body: emptyBody });
  return readValue(text);
}
