/**
 * SIP over real sockets: UDP and TCP on one port, TLS on another where set. Bytes become messages here, and what can't be read is
 * answered here; everything else about messages is for the owner. Each way to carry SIP is a `SipCarrier`, so that WebSocket can
 * join by `add`.
 */
import type { Flow, Target, Transport } from '../sip/effect.ts';
import { type Parsed, parseMessage, refuse } from '../sip/parse.ts';
import { freePortTriesMax } from './limit.ts';
import { codeOf, type ListenAddress } from './listen-error.ts';
import { refusalBytes } from './refusal-response.ts';
import type { SipCarrier, SipHandler } from './sip-carrier.ts';
import { SipStreams } from './sip-streams.ts';
import { type StreamLimits, streamLimits, type TlsMaterial } from './stream-host.ts';
import { UdpSocket } from './udp-socket.ts';

export type SipTransportOptions = {
  readonly handler: SipHandler;
  readonly limits?: Partial<StreamLimits>;
};

export type TlsAddress = ListenAddress & { readonly tls: TlsMaterial };

export class SipTransport implements SipCarrier {
  readonly #handler: SipHandler;
  readonly #limits: StreamLimits;
  readonly #carriers = new Map<Transport, SipCarrier>();
  readonly #streams: SipStreams[] = [];

  constructor(options: SipTransportOptions) {
    this.#handler = options.handler;
    this.#limits = streamLimits(options.limits);
  }

  /** Open stream connections. */
  get connections(): number {
    return this.#streams.reduce((sum, streams) => sum + streams.size, 0);
  }

  /** Listens on one port with UDP and TCP; answers the port. */
  async listen(address: ListenAddress): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#listenBoth(address);
      } catch (error) {
        // The free port that TCP got may be taken for UDP; the next one may not be.
        const isTaken = error instanceof Error && codeOf(error.cause) === 'EADDRINUSE';
        if (address.port !== 0 || !isTaken || tries >= freePortTriesMax) throw error;
      }
    }
  }

  /** Listens with TLS on a port of its own; answers the port. */
  async listenTls(address: TlsAddress): Promise<number> {
    const streams = this.#newStreams('tls', address.tls);
    const port = await streams.listen(address);
    this.#streams.push(streams);
    this.add('tls', streams);
    return port;
  }

  /** Has another carrier take what goes over its transport. */
  add(transport: Transport, carrier: SipCarrier): void {
    this.#carriers.set(transport, carrier);
  }

  /** Sends bytes; `onFailed` hears, later, if they could not be sent. */
  send(bytes: Uint8Array, target: Target, onFailed: () => void): void {
    const carrier = this.#carriers.get(target.transport);
    if (carrier === undefined) queueMicrotask(onFailed);
    else carrier.send(bytes, target, onFailed);
  }

  /** Stops listening, ends all connections, resolves when they are gone. */
  async close(): Promise<void> {
    const carriers = [...this.#carriers.values()];
    this.#carriers.clear();
    await Promise.all(carriers.map((carrier) => carrier.close()));
  }

  async #listenBoth(address: ListenAddress): Promise<number> {
    const streams = this.#newStreams('tcp');
    const port = await streams.listen(address);
    const udp = new UdpSocket({ ...address, port }, (bytes, host, from) =>
      this.#onDatagram(udp, bytes, {
        id: `udp:${host}:${from}`,
        transport: 'udp',
        host,
        port: from,
      }),
    );
    try {
      await udp.bind();
    } catch (error) {
      await streams.close();
      throw error;
    }
    this.#streams.push(streams);
    this.add('tcp', streams);
    this.add('udp', {
      send: (bytes, target, onFailed) => udp.send(bytes, target.host, target.port, onFailed),
      close: () => udp.close(),
    });
    return port;
  }

  #newStreams(transport: 'tcp' | 'tls', tls?: TlsMaterial): SipStreams {
    return new SipStreams({
      transport,
      handler: this.#handler,
      limits: this.#limits,
      ...(tls === undefined ? {} : { tls }),
    });
  }

  #onDatagram(udp: UdpSocket, bytes: Uint8Array, flow: Flow): void {
    if (isKeepAlive(bytes)) return;
    const parsed = readDatagram(bytes);
    if (parsed.kind === 'message') {
      this.#handler.onMessage(parsed.message, flow);
      return;
    }
    const answer = refusalBytes(parsed);
    if (answer !== undefined) udp.send(answer, flow.host, flow.port, () => undefined);
    this.#handler.onRefused(parsed, flow);
  }
}

/** Clients keep NAT bindings open with datagrams of nothing, CRLFs or zeros; none is a message. */
function isKeepAlive(bytes: Uint8Array): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 0 || byte === 10 || byte === 13);
}

/** RFC 3261 26.2.2: what asks for a `sips:` URI is secured on each hop, as no datagram is. Of a stream TLS may have ended before us. */
function readDatagram(bytes: Uint8Array): Parsed {
  const parsed = parseMessage(bytes);
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') return parsed;
  const { message } = parsed;
  const isInsecure = /^sips:/i.test(message.uri);
  return isInsecure
    ? refuse('sips is not served over UDP, send it over TLS', message, 416)
    : parsed;
}
