/**
 * SIP over stream connections (RFC 3261 18, RFC 5626 3.5.1): framing, keep-alive answers, reuse of the connections made to an address,
 * and the deadlines of a connection that never says a whole message. TCP and TLS are one code; opening sockets is `stream-host.ts`.
 */
import type { Flow, Target } from '../sip/effect.ts';
import { SipFramer } from '../sip/framing.ts';
import { nowMs } from './clock.ts';
import { sipKeepAliveMs } from './limit.ts';
import type { ListenAddress } from './listen-error.ts';
import { refusalBytes } from './refusal-response.ts';
import type { SipCarrier, SipHandler, SipRefusal } from './sip-carrier.ts';
import type { StreamConnection } from './stream-connection.ts';
import { StreamHost, type StreamLimits, type TlsMaterial } from './stream-host.ts';

/** What a connection is to SIP. `hasHeard`: it may be silent; `isPartial`: a message has begun and has a deadline. */
type Peer = {
  readonly connection: StreamConnection;
  readonly flow: Flow;
  readonly framer: SipFramer;
  hasHeard: boolean;
  isPartial: boolean;
  /** Bytes that have come since the last whole message or keep-alive. */
  looseBytes: number;
};

export type SipStreamsOptions = {
  readonly transport: 'tcp' | 'tls';
  readonly handler: SipHandler;
  readonly limits: StreamLimits;
  readonly tls?: TlsMaterial;
};

/** Half a keep-alive may stay for as long as it likes: some clients send single CRLFs. */
const keepAliveBytes = 4;

const pong = new Uint8Array([13, 10]);

export class SipStreams implements SipCarrier {
  readonly #options: SipStreamsOptions;
  readonly #host: StreamHost;
  readonly #peers = new Map<string, Peer>();
  /** The connection made to an address, by `<host>:<port>`. */
  readonly #made = new Map<string, Peer>();

  constructor(options: SipStreamsOptions) {
    this.#options = options;
    this.#host = new StreamHost({
      prefix: options.transport,
      limits: options.limits,
      keepAliveMs: sipKeepAliveMs,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      events: {
        opened: (connection) => this.#opened(connection),
        received: (connection, bytes) => this.#received(connection, bytes),
        drained: () => undefined,
        closed: (connection) => this.#closed(connection),
      },
    });
  }

  get size(): number {
    return this.#host.size;
  }

  listen(address: ListenAddress): Promise<number> {
    return this.#host.listen(address);
  }

  send(bytes: Uint8Array, target: Target, onFailed: () => void): void {
    const peer = this.#peerFor(target);
    if (peer === undefined) {
      queueMicrotask(onFailed);
      return;
    }
    this.#host.write(peer.connection, bytes, (error) => {
      if (error) onFailed();
    });
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  /** RFC 3261 18.2.2: the connection that the request came over while it is open, otherwise one to the address. */
  #peerFor(target: Target): Peer | undefined {
    const open = target.flow === undefined ? undefined : this.#peers.get(target.flow);
    return open ?? this.#made.get(addressOf(target)) ?? this.#connect(target);
  }

  #connect(target: Target): Peer | undefined {
    const connection = this.#host.connect(this.#host.newName(), target.host, target.port);
    if (connection === undefined) return undefined;
    const peer = this.#meet(connection);
    this.#made.set(addressOf(target), peer);
    return peer;
  }

  #opened(connection: StreamConnection): void {
    if (connection.isInbound) this.#meet(connection);
  }

  #meet(connection: StreamConnection): Peer {
    const { name, host, port } = connection;
    const flow: Flow = { id: name, transport: this.#options.transport, host, port };
    const peer: Peer = {
      connection,
      flow,
      framer: new SipFramer(),
      // What we have connected to need not say anything first.
      hasHeard: !connection.isInbound,
      isPartial: false,
      looseBytes: 0,
    };
    this.#peers.set(name, peer);
    return peer;
  }

  #closed(connection: StreamConnection): void {
    const peer = this.#peers.get(connection.name);
    if (peer === undefined) return;
    this.#peers.delete(connection.name);
    const address = addressOf(connection);
    if (this.#made.get(address) === peer) this.#made.delete(address);
    this.#options.handler.onFlowClosed(peer.flow);
  }

  #received(connection: StreamConnection, bytes: Uint8Array): void {
    const peer = this.#peers.get(connection.name);
    // What arrives after we have begun to close is nobody's.
    if (peer === undefined || connection.closing !== 'peer') return;
    peer.framer.push(bytes);
    peer.looseBytes += bytes.length;
    while (this.#next(peer));
  }

  /** Takes one thing out of what has come; false when nothing whole is left. */
  #next(peer: Peer): boolean {
    const { connection, framer } = peer;
    const framed = framer.next();
    if (framed.kind === 'need-more') {
      this.#setDeadline(peer, peer.looseBytes > keepAliveBytes);
      return false;
    }
    peer.looseBytes = framer.size;
    this.#setDeadline(peer, false);
    if (framed.kind === 'message') {
      this.#heard(peer);
      this.#options.handler.onMessage(framed.message, peer.flow);
    } else if (framed.kind === 'keep-alive') {
      // RFC 5626 4.4.1: a double CRLF is answered with a single one.
      if (framed.isPing) this.#host.write(connection, pong);
    } else {
      this.#refuse(peer, framed);
      if (framed.isFatal) this.#host.end(connection);
    }
    return connection.closing === 'peer';
  }

  #heard(peer: Peer): void {
    if (peer.hasHeard) return;
    peer.hasHeard = true;
    peer.connection.deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Until its first message the deadline of the start stands; after it only a message that has begun has one. */
  #setDeadline(peer: Peer, isPartial: boolean): void {
    if (peer.hasHeard && isPartial !== peer.isPartial) {
      const endMs = nowMs() + this.#options.limits.partialMessageMs;
      peer.connection.deadlineMs = isPartial ? endMs : Number.POSITIVE_INFINITY;
    }
    peer.isPartial = isPartial;
  }

  #refuse(peer: Peer, refusal: SipRefusal): void {
    const answer = refusalBytes(refusal);
    if (answer !== undefined) this.#host.write(peer.connection, answer);
    this.#options.handler.onRefused(refusal, peer.flow);
  }
}

function addressOf(target: { readonly host: string; readonly port: number }): string {
  return `${target.host}:${target.port}`;
}
