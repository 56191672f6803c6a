/**
 * Stream connections of one protocol: a listener, outgoing connects, and one sweep for all their deadlines. TCP and TLS differ in the
 * two functions that make sockets and in nothing else; SIP and MSRP are built on it (`sip-transport.ts`, `msrp-transport.ts`).
 */
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import { nowMs } from './clock.ts';
import * as limit from './limit.ts';
import { type ListenAddress, listenError } from './listen-error.ts';
import { isPort } from './port.ts';
import { type Closing, StreamConnection } from './stream-connection.ts';

export type StreamEvents = {
  readonly opened: (connection: StreamConnection) => void;
  readonly received: (connection: StreamConnection, bytes: Uint8Array) => void;
  /** All bytes that waited have been taken. */
  readonly drained: (connection: StreamConnection) => void;
  /** Comes once for every connection, also for one that never came up. */
  readonly closed: (connection: StreamConnection) => void;
};

/** Certificate chain and private key, PEM. */
export type TlsMaterial = { readonly cert: string; readonly key: string };

export type StreamLimits = {
  readonly connectionsMax: number;
  readonly connectMs: number;
  readonly firstMessageMs: number;
  readonly partialMessageMs: number;
  readonly stalledWriteMs: number;
  readonly sweepMs: number;
  readonly lingerMs: number;
  readonly backlogBytesMax: number;
  readonly backlogBytesTotalMax: number;
};

export type StreamHostOptions = {
  /** Starts the names that incoming connections get: `<prefix>:<number>`. */
  readonly prefix: string;
  readonly events: StreamEvents;
  readonly limits: StreamLimits;
  readonly tls?: TlsMaterial;
  /** TCP keep-alive probes after so long without traffic; 0 or absent sends none. */
  readonly keepAliveMs?: number;
};

/** The limits of `limit.ts`, with what a test or protocol wants otherwise. */
export function streamLimits(changes: Partial<StreamLimits> = {}): StreamLimits {
  return { ...limit, backlogBytesMax: limit.sipBacklogBytesMax, ...changes };
}

export class StreamHost {
  readonly #options: StreamHostOptions;
  readonly #connections = new Map<Socket, StreamConnection>();
  #server: Server | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #names = 0;
  #waitingBytes = 0;
  #isClosed = false;

  constructor(options: StreamHostOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Starts listening; answers the port, which is the one asked for unless that was 0. */
  async listen(address: ListenAddress): Promise<number> {
    const { tls, limits } = this.#options;
    const options = { noDelay: true, ...this.#keepAlive() };
    const accept = (socket: Socket) => void this.accept(socket);
    const server = tls
      ? createTlsServer({ ...options, ...tls, handshakeTimeout: limits.connectMs }, accept)
      : createServer(options, accept);
    server.maxConnections = limits.connectionsMax;
    // A handshake that fails or takes too long leaves its socket open.
    if (tls) server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(listenError(address, cause)));
      server.listen({ host: address.host, port: address.port, backlog: 1024 }, resolve);
    });
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : address.port;
  }

  /** Starts a connection; what is written meanwhile waits for it. Undefined when there are too many, or the port is none. */
  connect(name: string, host: string, port: number): StreamConnection | undefined {
    const { limits, tls } = this.#options;
    if (this.#isClosed || this.#connections.size >= limits.connectionsMax) return undefined;
    if (!isPort(port)) return undefined;
    const options = { host, port, noDelay: true, ...this.#keepAlive() };
    // A peer's certificate is checked by the fingerprint of its SDP, if at all, which is not known here (RFC 4975 14.4).
    const socket = tls
      ? tlsConnect({ ...options, rejectUnauthorized: false })
      : netConnect(options);
    const connection = new StreamConnection(socket, {
      name,
      host,
      port,
      isInbound: false,
      deadlineMs: nowMs() + limits.connectMs,
    });
    this.#track(connection);
    socket.once(tls ? 'secureConnect' : 'connect', () => this.#connected(connection));
    return connection;
  }

  /** Takes a connection that has come in, here or at another host. Undefined if it is gone already. */
  accept(socket: Socket): StreamConnection | undefined {
    const { limits, events } = this.#options;
    // A peer that is gone already has no address any more.
    if (this.#isClosed || socket.destroyed || socket.remoteAddress === undefined) {
      socket.destroy();
      return undefined;
    }
    const connection = new StreamConnection(socket, {
      name: this.newName(),
      host: plainAddress(socket.remoteAddress),
      port: socket.remotePort ?? 0,
      isInbound: true,
      deadlineMs: nowMs() + limits.firstMessageMs,
    });
    this.#track(connection);
    events.opened(connection);
    return connection;
  }

  /** Gives a connection to somebody else, unread and with nothing to write: nothing more is told of it here. */
  release(connection: StreamConnection): Socket {
    const { socket } = connection;
    this.#connections.delete(socket);
    socket.off('data', this.#onData).off('drain', this.#onDrain);
    socket.off('error', this.#onError).off('close', this.#onClose);
    return socket;
  }

  /** A name for a connection that no one else has named. */
  newName(): string {
    this.#names++;
    return `${this.#options.prefix}:${this.#names}`;
  }

  /** Writes bytes that stay as they are until they are taken; `done` hears of the outcome. */
  write(
    connection: StreamConnection,
    bytes: Uint8Array,
    done?: (error?: Error | null) => void,
  ): void {
    const { socket } = connection;
    if (connection.state === 'closed' || !socket.writable) {
      done?.(new Error('The connection is closed.'));
      return;
    }
    socket.write(bytes, done);
    this.#count(connection);
  }

  /** Ends a connection when what waits has been written, or after a short while. */
  end(connection: StreamConnection): void {
    connection.closing = 'asked';
    connection.deadlineMs = nowMs() + this.#options.limits.lingerMs;
    // A paused socket never reads the peer's end, and would wait for the deadline.
    connection.socket.resume();
    connection.socket.end();
  }

  /** Ends a connection at once. */
  destroy(connection: StreamConnection, closing: Closing): void {
    connection.closing = closing;
    connection.socket.destroy();
  }

  /** Stops listening and ends all connections; resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#connections.values()];
    const ends = open.map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const connection of open) this.end(connection);
    this.#server?.close();
    // The server itself also waits for handshakes under way, which are nobody's yet.
    await Promise.all(ends);
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #keepAlive(): { readonly keepAlive?: boolean; readonly keepAliveInitialDelay?: number } {
    const { keepAliveMs } = this.#options;
    return keepAliveMs ? { keepAlive: true, keepAliveInitialDelay: keepAliveMs } : {};
  }

  #connected(connection: StreamConnection): void {
    connection.state = 'open';
    connection.hasOpened = true;
    connection.deadlineMs = Number.POSITIVE_INFINITY;
    this.#options.events.opened(connection);
  }

  /** The listeners are shared by all sockets and find the connection by the socket: closures of their own would cost memory. */
  #track(connection: StreamConnection): void {
    this.#connections.set(connection.socket, connection);
    connection.socket.on('data', this.#onData);
    connection.socket.on('drain', this.#onDrain);
    connection.socket.on('error', this.#onError);
    connection.socket.on('close', this.#onClose);
    this.#sweep ??= setInterval(
      () => this.#lookAtDeadlines(),
      this.#options.limits.sweepMs,
    ).unref();
  }

  readonly #onData = this.#listener((connection, bytes: Uint8Array) => {
    this.#options.events.received(connection, bytes);
  });

  readonly #onDrain = this.#listener((connection) => {
    this.#count(connection);
    this.#options.events.drained(connection);
  });

  // Every error is followed by a close, which is where it is told.
  readonly #onError = this.#listener((connection) => {
    connection.closing = connection.closing === 'peer' ? 'fault' : connection.closing;
  });

  readonly #onClose = this.#listener((connection) => {
    connection.state = 'closed';
    this.#connections.delete(connection.socket);
    this.#waitingBytes -= connection.countedBytes;
    connection.countedBytes = 0;
    this.#options.events.closed(connection);
  });

  #listener<Arguments extends readonly unknown[]>(
    handle: (connection: StreamConnection, ...values: Arguments) => void,
  ): (this: Socket, ...values: Arguments) => void {
    const connections = this.#connections;
    return function listener(this: Socket, ...values: Arguments): void {
      const connection = connections.get(this);
      if (connection !== undefined) handle(connection, ...values);
    };
  }

  #count(connection: StreamConnection): void {
    const { limits } = this.#options;
    const bytes = connection.backlogBytes;
    this.#waitingBytes += bytes - connection.countedBytes;
    connection.countedBytes = bytes;
    if (bytes === 0) {
      connection.stalledMs = Number.POSITIVE_INFINITY;
    } else if (connection.stalledMs === Number.POSITIVE_INFINITY) {
      connection.stalledMs = nowMs();
    }
    const isOver =
      bytes > limits.backlogBytesMax || this.#waitingBytes > limits.backlogBytesTotalMax;
    if (isOver && bytes > 0) this.destroy(connection, 'backlog');
  }

  #lookAtDeadlines(): void {
    const now = nowMs();
    for (const connection of this.#connections.values()) {
      if (connection.deadlineMs <= now) this.destroy(connection, 'deadline');
      else if (connection.countedBytes > 0) this.#lookAtBacklog(connection, now);
    }
  }

  /** Bytes that move, however slowly, start the time anew; ones that don't are a peer that is gone. */
  #lookAtBacklog(connection: StreamConnection, now: number): void {
    const before = connection.countedBytes;
    if (connection.backlogBytes < before) connection.stalledMs = now;
    this.#count(connection);
    if (now - connection.stalledMs > this.#options.limits.stalledWriteMs) {
      this.destroy(connection, 'stalled');
    }
  }
}

/** An IPv4 address as such where the platform writes it as an IPv6 one. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
