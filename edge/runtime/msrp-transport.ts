/**
 * MSRP over TCP or TLS for one MSRP host (RFC 4975 5.4): carries out the host's effects and tells it what became of connections. Each
 * drain's output for a connection is written at once. Frames are the host's business; no byte is looked at here.
 */
import type { Socket } from 'node:net';
import { msrpBacklogBytesMax, scratchBytes } from './limit.ts';
import type { ListenAddress } from './listen-error.ts';
import type { MsrpCarrier, MsrpInput, MsrpIo } from './msrp-carrier.ts';
import type { StreamConnection } from './stream-connection.ts';
import { StreamHost, type StreamLimits, streamLimits, type TlsMaterial } from './stream-host.ts';

export type MsrpTransportOptions = {
  readonly input: MsrpInput;
  readonly limits?: Partial<StreamLimits>;
  readonly keepAliveMs?: number;
  readonly tls?: TlsMaterial;
  /** Whether another edge at an address has ended, or is about to; undefined if there is none. */
  readonly isEnded?: (host: string) => Promise<boolean> | undefined;
};

export class MsrpTransport implements MsrpCarrier {
  readonly #input: MsrpInput;
  readonly #isEnded: (host: string) => Promise<boolean> | undefined;
  readonly #host: StreamHost;
  readonly #isTls: boolean;
  readonly #connections = new Map<string, StreamConnection>();
  /** Those that end with their first answer. */
  readonly #untilAnswered = new Set<StreamConnection>();
  #scratch = Buffer.allocUnsafeSlow(scratchBytes);

  constructor(options: MsrpTransportOptions) {
    const { input, limits, isEnded = () => undefined, ...others } = options;
    this.#input = input;
    this.#isEnded = isEnded;
    this.#isTls = others.tls !== undefined;
    this.#host = new StreamHost({
      ...others,
      prefix: others.tls === undefined ? 'tcp' : 'tls',
      limits: streamLimits({ backlogBytesMax: msrpBacklogBytesMax, ...limits }),
      events: {
        opened: (connection) => this.#opened(connection),
        received: (connection, bytes) => {
          // What arrives after the host has asked for the end is nobody's.
          if (connection.closing === 'peer') input.received(connection.name, bytes);
        },
        drained: (connection) => input.backlog(connection.name, 0),
        closed: (connection) => this.#closed(connection),
      },
    });
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Starts listening; answers the port. */
  listen(address: ListenAddress): Promise<number> {
    return this.#host.listen(address);
  }

  /** Takes a connection that came in elsewhere, with what was read of it. */
  adopt(
    socket: Socket,
    first: Uint8Array,
    stays: 'as-it-likes' | 'until-answered' = 'as-it-likes',
  ): void {
    const connection = this.#host.accept(socket);
    if (connection === undefined) return;
    if (stays === 'until-answered') this.#untilAnswered.add(connection);
    connection.resume();
    this.#input.received(connection.name, first);
  }

  owns(connection: string): boolean {
    return this.#connections.has(connection);
  }

  reaches(_host: string, _port: number, isTls: boolean): boolean {
    return isTls === this.#isTls;
  }

  execute(effect: MsrpIo): void {
    if (effect.kind === 'connect') {
      this.#connect(effect.connection, effect.host, effect.port);
      return;
    }
    const connection = this.#connections.get(effect.connection);
    // It has been lost meanwhile, which the host has been told.
    if (connection === undefined) return;
    if (effect.kind === 'write') this.#write(connection, effect.parts, effect.bytes);
    else if (effect.kind === 'close') this.#host.end(connection);
    else if (effect.kind === 'pause') connection.pause();
    else connection.resume();
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  #connect(name: string, host: string, port: number): void {
    const connection = this.#host.connect(name, host, port);
    if (connection === undefined) queueMicrotask(() => this.#input.connectFailed(name));
    else this.#connections.set(name, connection);
  }

  #opened(connection: StreamConnection): void {
    this.#connections.set(connection.name, connection);
    if (connection.isInbound) this.#input.accepted(connection.name);
    else this.#input.connected(connection.name);
  }

  #closed(connection: StreamConnection): void {
    this.#connections.delete(connection.name);
    this.#untilAnswered.delete(connection);
    const { name, host, isInbound, hasOpened, closing } = connection;
    // Whoever has passed it on may have ended it, and not the peer.
    const isEnded = isInbound && closing !== 'asked' ? this.#isEnded(host) : undefined;
    if (!hasOpened) this.#input.connectFailed(name);
    else if (isEnded === undefined) this.#input.closed(name);
    else void isEnded.then((isIt) => this.#input.closed(name, isIt ? 'way-ended' : 'closed'));
  }

  /** Told later, since the host is not to be entered again while its effects are carried out. */
  #tellBacklog(connection: StreamConnection): void {
    queueMicrotask(() => {
      const isOpen = this.#connections.get(connection.name) === connection;
      if (isOpen) this.#input.backlog(connection.name, connection.backlogBytes);
    });
  }

  /** One joined buffer costs a fraction of many small writes. It is used again when the kernel took it all at once, as it nearly always does. */
  #write(connection: StreamConnection, parts: readonly Uint8Array[], bytes: number): void {
    // The first answer or request of ours follows the peer's first whole frame; until then its deadline stands.
    connection.deadlineMs = Number.POSITIVE_INFINITY;
    const only = parts[0];
    if (only !== undefined && parts.length === 1) {
      this.#host.write(connection, only);
    } else if (bytes > scratchBytes) {
      this.#host.write(connection, Buffer.concat(parts, bytes));
    } else {
      this.#host.write(connection, joined(parts, this.#scratch));
      if (connection.backlogBytes > 0) this.#scratch = Buffer.allocUnsafeSlow(scratchBytes);
    }
    if (connection.socket.writableNeedDrain) this.#tellBacklog(connection);
    if (this.#untilAnswered.delete(connection)) this.#host.end(connection);
  }
}

function joined(parts: readonly Uint8Array[], into: Uint8Array): Uint8Array {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
  return into.subarray(0, at);
}
