/** An edge's way to the others as it is at its door: a gateway over real neighbours, what it sends, and requests that come. */

import { Gateway } from '../../../edge/runtime/gateway.ts';
import { Peers } from '../../../edge/runtime/peers.ts';
import type { Flow, Target } from '../../../edge/sip/effect.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';
import type { House } from './street.ts';

export const domain = 'rejoin.test';
const users = 40;

/** A client that is connected here, and a peer whose word is believed. */
export const fromClient: Flow = { id: 'tcp/7', transport: 'tcp', host: '192.0.2.9', port: 40_000 };
export const fromPeer: Flow = { id: 'tcp/8', transport: 'tcp', host: '10.0.0.9', port: 5060 };

export type Sent = { readonly to: string; readonly message: SipMessage };

export type Door = {
  readonly peers: Peers;
  readonly house: House;
  readonly gateway: Gateway;
  readonly sent: Sent[];
  /** Addresses that nothing can be sent to. */
  readonly unreachable: Set<string>;
};

/** Opens a door; `sent` names where messages went as `host:port`, or by their connection. */
export function openDoor(house: House, isByCore = false): Door {
  const sent: Sent[] = [];
  const unreachable = new Set<string>();
  const send = (bytes: Uint8Array, target: Target, onFailed: () => void): void => {
    const parsed = parseMessage(bytes);
    if (parsed.kind === 'refused') throw new Error(parsed.reason);
    const to = target.flow ?? `${target.host}:${target.port}`;
    sent.push({ to, message: parsed.message });
    if (unreachable.has(to)) onFailed();
  };
  const trust = {
    domain,
    isTrusted: ({ host }: Flow) => host.startsWith('10.') || house.neighbours.isHost(host),
    isUser: (uri: string) => uri.startsWith('sip:user'),
  };
  const gateway = new Gateway({
    ...trust,
    edge: house.name,
    addresses: house.place,
    neighbours: house.neighbours,
    isByCore,
    sip: { send },
  });
  return { house, peers: new Peers(trust), gateway, sent, unreachable };
}

/** The flow of another edge. */
export function fromEdge({ place }: House): Flow {
  return { id: `tcp/${place.host}`, transport: 'tcp', host: place.host, port: 50_000 };
}

/** A user of ours who is at home at an edge, as another one sees it. */
export function userAt({ neighbours }: House, edge: string): string {
  const names = Array.from({ length: users }, (_, index) => `sip:user${index}@${domain}`);
  const found = names.find((name) => neighbours.homeOf(name) === edge);
  if (found === undefined) throw new Error(`nobody is at home at ${edge}`);
  return found;
}

/** A request of a user's client. */
export function request(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string>>,
): SipRequest {
  const all = {
    Via: 'SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bKone',
    To: `<${uri}>`,
    'Call-ID': 'call-1',
    CSeq: `1 ${method}`,
    ...headers,
  };
  return { kind: 'request', method, uri, headers: list(all), body: new Uint8Array() };
}

export function response(via: string): SipResponse {
  const ends = { From: '<sip:x@y.test>;tag=1', To: '<sip:z@y.test>;tag=2' };
  const headers = list({ Via: via, ...ends, 'Call-ID': 'call-1', CSeq: '1 INVITE' });
  return { kind: 'response', status: 200, reason: 'OK', headers, body: new Uint8Array() };
}

function list(all: Readonly<Record<string, string>>): SipRequest['headers'] {
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}
