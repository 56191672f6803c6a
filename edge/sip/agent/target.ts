/**
 * Where messages go: responses back along the request's way (RFC 3261 18.2.2, RFC 3581), requests of a dialog to its next hop
 * (RFC 3261 12.2.1.1). Names are not resolved here. A Via's maddr isn't followed: it would let a peer aim our answers at others.
 */
import type { Flow, Target, Transport } from '../effect.ts';
import { headerValues, withoutHeader } from '../header.ts';
import type { SipRequest } from '../message.ts';
import { param } from '../params.ts';
import { parseUri, type SipUri } from '../uri.ts';
import { printVia, topVia, type Via } from '../via.ts';

const uriTransports: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** Whether messages arrive once and in order, so that transactions need no repetitions. */
export function isReliable(transport: Transport): boolean {
  return transport !== 'udp';
}

/** The name of a transport in Via. The in-process transport passes as TCP, whose rules it follows. */
export function viaTransport(transport: Transport): string {
  return transport === 'local' ? 'TCP' : transport.toUpperCase();
}

/** RFC 3261 18.2.1 and RFC 3581 4: notes in the top Via where the request really came from. */
export function stampVia(request: SipRequest, flow: Flow): SipRequest {
  const via = topVia(request);
  if (via === undefined || flow.transport === 'local') return request;
  const wantsPort = param(via.params, 'rport') !== undefined;
  if (!wantsPort && bareHost(via.host) === flow.host) return request;
  const params = via.params.filter(({ name }) => !/^(rport|received)$/i.test(name));
  const stamped = { ...via, params: [...params, { name: 'received', value: flow.host }] };
  if (wantsPort) stamped.params.push({ name: 'rport', value: String(flow.port) });
  const rest = headerValues(request, 'Via').slice(1);
  const headers = [printVia(stamped), ...rest].map((value) => ({ name: 'Via', value }));
  return { ...request, headers: [...headers, ...withoutHeader(request, 'Via').headers] };
}

/** Where the responses of a request go. */
export function responseTarget(via: Via, flow: Flow): Target {
  const { transport, host, id } = flow;
  if (transport === 'local') return { transport, host, port: flow.port, flow: id };
  const fallbackPort = via.port ?? defaultPort(transport);
  // RFC 3261 18.2.2: a lost connection is replaced by one to the sent-by port, never to the port that the peer called from.
  if (transport !== 'udp') return { transport, host, port: fallbackPort, flow: id };
  const hasPort = param(via.params, 'rport') !== undefined;
  return { transport, host, port: hasPort ? flow.port : fallbackPort };
}

/** The way back to whoever sent a request, for the dialog that it makes; the dialog's next hop is put in by `nextHop`. */
export function wayBack(request: SipRequest, flow: Flow): Target {
  const { transport, host, port, id } = flow;
  if (transport !== 'udp') return { transport, host, port, flow: id };
  // A peer that asks for rport and is alone in Via gets everything by the way that its request came, as behind a NAT.
  const isDirect = headerValues(request, 'Via').length === 1;
  const isSymmetric = param(topVia(request)?.params ?? [], 'rport') !== undefined;
  return isDirect && isSymmetric ? { transport, host, port, flow: id } : { transport, host, port };
}

/**
 * The target of a dialog's requests: its next hop's URI, but over the flow that leads there if there is one. A name that the base was found by,
 * in `foundBy`, leads there still: whoever has found it may know more of it than the network does.
 */
export function nextHop(base: Target, uri: string, foundBy?: string): Target {
  if (base.transport === 'local' || hasSameName(uri, foundBy)) return base;
  if (base.transport === 'udp' && base.flow !== undefined) return base;
  const parsed = parseUri(uri);
  if (parsed === undefined || parsed.scheme === 'tel' || isUnreachable(parsed.host)) return base;
  const transport = base.flow === undefined ? transportOf(parsed, base.transport) : base.transport;
  const host = bareHost(parsed.host);
  const port = parsed.port ?? defaultPort(transport);
  return base.flow === undefined
    ? { transport, host, port }
    : { transport, host, port, flow: base.flow };
}

function hasSameName(uri: string, other: string | undefined): boolean {
  const [one, two] = [parseUri(uri), parseUri(other ?? '')];
  if (one === undefined || two === undefined) return false;
  const isName = /^[^[]*[a-z]/i.test(one.host);
  return isName && one.host.toLowerCase() === two.host.toLowerCase() && one.port === two.port;
}

function transportOf(uri: SipUri, fallback: Transport): Transport {
  if (uri.scheme === 'sips') return 'tls';
  const named = param(uri.params, 'transport')?.toLowerCase();
  return uriTransports.find((transport) => transport === named) ?? fallback;
}

/** RFC 7118 5: a browser's host name leads nowhere. */
function isUnreachable(host: string): boolean {
  return host.toLowerCase().endsWith('.invalid');
}

function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function defaultPort(transport: Transport): number {
  return transport === 'tls' || transport === 'wss' ? 5061 : 5060;
}
