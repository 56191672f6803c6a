/**
 * A binding: one client of one user, and where requests for it go (RFC 3261 10). Bindings are kept by the thousand and stored
 * as JSON, so they are plain, hold what is needed and no part of the message they came in.
 */
import { ownText } from '../bytes/text.ts';
import type { Flow, Target, Transport } from '../sip/effect.ts';
import { param } from '../sip/params.ts';
import { parseUri, type SipUri, sameUri } from '../sip/uri.ts';

export type Binding = {
  /** The contact's URI, as the client wrote it; behind an IMS core the user's own address. */
  readonly contact: string;
  /** The core reaches the user's devices: the instance, where there is one, has to be asked for. */
  readonly isByCore?: true;
  /** Where the device itself is, behind the core, and the Call-ID of its own registration, as far as the core tells. */
  readonly device?: { readonly contact: string; readonly callId?: string };
  /** The value of `+sip.instance` without its quotes, angle brackets included. */
  readonly instance?: string;
  /** Which of several flows of one client it is (RFC 5626 4.2). */
  readonly regId?: number;
  /** The other parameters of Contact: the client's feature tags, as `;name=value`. */
  readonly params: string;
  readonly callId: string;
  readonly cseq: number;
  readonly expiresAtMs: number;
  readonly q: number;
  readonly target: Target;
  /** Proxies to the client, to be put into Route (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent?: string;
};

/** Whether two bindings are of the same client, so that the newer replaces the older. */
export function isSameClient(left: Binding, right: Binding): boolean {
  // RFC 5626 6: instance and reg-id tell clients apart, whatever address they have now.
  if (left.instance !== undefined && right.instance !== undefined) {
    return left.instance === right.instance && left.regId === right.regId;
  }
  return sameUri(left.contact, right.contact);
}

/** Whether requests for a client go another way now. */
export function isMoved(before: Binding, after: Binding): boolean {
  const [from, to] = [before.target, after.target];
  return (
    before.contact !== after.contact ||
    from.transport !== to.transport ||
    from.host !== to.host ||
    from.port !== to.port ||
    from.flow !== to.flow
  );
}

/** Whether a device behind a core is somewhere else now, or has begun its registration anew (RFC 3261 10.2). */
export function isDeviceMoved({ device: from }: Binding, { device: to }: Binding): boolean {
  if (from === undefined || to === undefined) return false;
  const isNew = from.callId !== undefined && to.callId !== undefined && from.callId !== to.callId;
  return isNew || from.contact !== to.contact;
}

/** The binding's value for a list of contacts in a response. */
export function contactValue(binding: Binding, nowMs: number): string {
  const { contact, instance, regId, params, q, expiresAtMs } = binding;
  const seconds = Math.max(Math.ceil((expiresAtMs - nowMs) / 1000), 0);
  const preference = q === 1 ? '' : `;q=${q}`;
  const device = instance === undefined ? '' : `;+sip.instance="${instance}"`;
  const number = regId === undefined ? '' : `;reg-id=${regId}`;
  return `<${contact}>${preference}${device}${number}${params};expires=${seconds}`;
}

/**
 * Where requests for a client go. A client that registers directly is reached where its REGISTER came from, since that works
 * through address translation too; over a connection, its contact is what remains when the connection is gone. Behind a
 * proxy it's the proxy's Path, or the contact.
 */
export function targetOf(contact: SipUri, flow: Flow, path: readonly string[]): Target {
  const hop = parseUri(path[0] ?? '') ?? contact;
  const named = namedTransport(hop);
  if (flow.transport === 'udp') {
    const isSource = path.length === 0 && (named ?? 'udp') === 'udp';
    if (isSource) return { transport: 'udp', host: flow.host, port: flow.port };
    return targetAt(hop, 'udp');
  }
  const { transport, id } = flow;
  // RFC 7118 5: a browser can't be connected to, so there is no other way than its connection.
  const isConnectable = (transport === 'tcp' || transport === 'tls') && !isInvalid(hop.host);
  const where = isConnectable ? place(hop, transport) : { host: flow.host, port: flow.port };
  return { transport, ...where, flow: id };
}

/** Where a URI leads (RFC 3263, without DNS), over a transport that fits if it names none. */
export function targetAt(uri: SipUri, fallback: Transport): Target {
  const transport = namedTransport(uri) ?? fallback;
  return { transport, ...place(uri, transport) };
}

/** The binding for a client whose connection is gone. */
export function withoutFlow(binding: Binding): Binding {
  const { transport, host, port } = binding.target;
  return { ...binding, target: { transport, host, port } };
}

function place(uri: SipUri, transport: Transport | undefined): { host: string; port: number } {
  const host = ownText(uri.host.replace('[', '').replace(']', ''));
  return { host, port: uri.port ?? (transport === 'tls' ? 5061 : 5060) };
}

function namedTransport(uri: SipUri): Transport | undefined {
  if (uri.scheme === 'sips') return 'tls';
  const name = param(uri.params, 'transport')?.toLowerCase();
  return (['udp', 'tcp', 'tls'] as const).find((known) => known === name);
}

function isInvalid(host: string): boolean {
  return host.toLowerCase().endsWith('.invalid');
}
