/** Messages to read, and short ways to read them. */
import { readFileSync } from 'node:fs';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { type Framed, SipFramer } from '../../../edge/sip/framing.ts';
import { emptyBody, type SipMessage, type SipRequest } from '../../../edge/sip/message.ts';
import { parseMessage, type Refused } from '../../../edge/sip/parse.ts';

/** A whole message as it stands on the wire. */
export function wire(head: readonly string[], body = ''): Uint8Array {
  return utf8Encode(`${head.join('\r\n')}\r\n\r\n${body}`);
}

export const inviteHead: readonly string[] = [
  'INVITE sip:bob@example.com SIP/2.0',
  'Via: SIP/2.0/UDP pc33.example.com:5066;branch=z9hG4bKnashds8;rport',
  'Max-Forwards: 70',
  'Route: <sip:proxy.example.com;lr>',
  'From: "Alice, A." <sip:alice@example.com>;tag=1928301774',
  'To: Bob <sip:bob@example.com>',
  'Call-ID: a84b4c76e66710@pc33.example.com',
  'CSeq: 314159 INVITE',
  'Contact: <sip:alice@pc33.example.com>;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0>"',
  'Content-Type: text/plain',
  'Content-Length: 5',
];

export const invite: Uint8Array = wire(inviteHead, 'hello');

export const okHead: readonly string[] = [
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/TCP pc33.example.com;branch=z9hG4bKnashds8;received=192.0.2.1',
  'From: "Alice" <sip:alice@example.com>;tag=1928301774',
  'To: Bob <sip:bob@example.com>;tag=a6c85cf',
  'Call-ID: a84b4c76e66710@pc33.example.com',
  'CSeq: 314159 INVITE',
  'Content-Length: 0',
];

/** The head of the INVITE with lines of some headers replaced, or left out where there is ''. */
export function changedHead(changes: Readonly<Record<string, string>>): readonly string[] {
  const lines = inviteHead.map((line) => changes[line.split(/[: ]/, 1)[0] ?? ''] ?? line);
  return lines.filter((line) => line !== '');
}

export function changed(changes: Readonly<Record<string, string>>): Uint8Array {
  return wire(changedHead(changes), 'hello');
}

/** The message of a datagram that has to be one. */
export function read(bytes: Uint8Array): SipMessage {
  const parsed = parseMessage(bytes);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return parsed.message;
}

/** The refusal of a datagram that has to be refused. */
export function refusal(bytes: Uint8Array): Refused {
  const parsed = parseMessage(bytes);
  if (parsed.kind === 'message') throw new Error(utf8Decode(bytes));
  return parsed;
}

/** A request that has nothing but the given headers. */
export function requestWith(...lines: readonly string[]): SipRequest {
  const headers = lines.map((line) => {
    const colonAt = line.indexOf(': ');
    return { name: line.slice(0, colonAt), value: line.slice(colonAt + 2) };
  });
  return { kind: 'request', method: 'INVITE', uri: 'sip:b@h', headers, body: emptyBody };
}

/** All that a stream gives for pieces that come one after the other, up to a fatal refusal. */
export function framedAll(pieces: Iterable<Uint8Array>): readonly Framed[] {
  const framer = new SipFramer();
  const all: Framed[] = [];
  for (const piece of pieces) {
    framer.push(piece);
    for (let one = framer.next(); one.kind !== 'need-more'; one = framer.next()) {
      all.push(one);
      if (one.kind === 'refused' && one.isFatal) return all;
    }
  }
  return all;
}

/** The same bytes in pieces of one length. */
export function* cutIn(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

/** A message of RFC 4475 by its name there. */
export function tortureMessage(name: string): Uint8Array {
  const url = new URL(`../../data/rfc4475/${name}.dat`, import.meta.url);
  return new Uint8Array(readFileSync(url));
}
