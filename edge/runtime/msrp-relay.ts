/**
 * Connections that came to an edge which has not their session: each is joined to one to the edge that has, and from then on bytes pass
 * both ways as they come. Whoever doesn't read stops the other, so that never more of them are here than two sockets hold; one who takes nothing
 * for long is given up. An end is passed on, and a connection that is gone takes the other along. What the bytes say is nobody's business
 * here: a connection goes with all its sessions to the edge of the first, and a request on it for a session of another edge gets 481 there.
 * Where edges are to be named by hosts of their own (`*` in the public host), no client shares a connection between edges (RFC 4975 5.4).
 */
import type { Socket } from 'node:net';
import type { MsrpTarget } from '../msrp/host-state.ts';
import { relayConnectMs, relayedConnectionsMax } from './limit.ts';
import type { StreamConnection } from './stream-connection.ts';
import { StreamHost, type StreamLimits, streamLimits } from './stream-host.ts';

export type MsrpRelayOptions = {
  readonly keepAliveMs?: number;
  readonly limits?: Partial<StreamLimits>;
};

/** A connection to be passed on. */
export type Passage = {
  readonly socket: Socket;
  /** What was read of it. */
  readonly first: Uint8Array;
  readonly to: MsrpTarget;
  /** The other edge can't be had: the connection is the caller's again. */
  readonly failed: (socket: Socket) => void;
};

type Pair = {
  /** The one that came in, and the one to its edge. */
  readonly near: StreamConnection;
  readonly far: StreamConnection;
  readonly passage: Passage;
  isUp: boolean;
};

export class MsrpRelay {
  readonly #host: StreamHost;
  readonly #pairs = new Map<StreamConnection, Pair>();

  constructor({ keepAliveMs = 0, limits = {} }: MsrpRelayOptions) {
    this.#host = new StreamHost({
      prefix: 'relay',
      keepAliveMs,
      limits: streamLimits({
        connectMs: relayConnectMs,
        connectionsMax: 2 * relayedConnectionsMax,
        ...limits,
      }),
      events: {
        opened: (connection) => this.#opened(connection),
        received: (connection, bytes) => this.#received(connection, bytes),
        drained: (connection) => this.#otherOf(connection)?.resume(),
        closed: (connection) => this.#closed(connection),
      },
    });
  }

  /** Connections that are passed on, or are about to be. */
  get size(): number {
    return Math.ceil(this.#host.size / 2);
  }

  /** Passes a paused connection on. */
  pass(passage: Passage): void {
    const { host, port } = passage.to;
    const near = this.#host.accept(passage.socket);
    if (near === undefined) return;
    const far = this.#host.connect(this.#host.newName(), host, port);
    if (far === undefined) {
      passage.failed(this.#host.release(near));
      return;
    }
    const pair: Pair = { near, far, passage, isUp: false };
    this.#pairs.set(near, pair).set(far, pair);
  }

  /** Ends everything. */
  close(): Promise<void> {
    return this.#host.close();
  }

  /** The connection to the other edge is up. */
  #opened(far: StreamConnection): void {
    const pair = this.#pairs.get(far);
    if (pair === undefined) return;
    const { near, passage } = pair;
    pair.isUp = true;
    // From here on either may be silent for as long as it likes.
    near.deadlineMs = Number.POSITIVE_INFINITY;
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      // One side of a connection may have nothing more to say, and still want to hear the other.
      from.socket.allowHalfOpen = true;
      from.socket.once('end', () => to.socket.end());
    }
    near.resume();
    this.#received(near, passage.first);
  }

  #received(from: StreamConnection, bytes: Uint8Array): void {
    const to = this.#otherOf(from);
    if (to === undefined) return;
    this.#host.write(to, bytes);
    if (to.socket.writableNeedDrain) from.pause();
  }

  #closed(connection: StreamConnection): void {
    const pair = this.#pairs.get(connection);
    const other = this.#otherOf(connection);
    if (pair === undefined || other === undefined) return;
    this.#pairs.delete(connection);
    this.#pairs.delete(other);
    if (pair.isUp) this.#host.end(other);
    else if (other === pair.far) this.#host.destroy(other, 'asked');
    else pair.passage.failed(this.#host.release(other));
  }

  #otherOf(connection: StreamConnection): StreamConnection | undefined {
    const pair = this.#pairs.get(connection);
    return pair?.near === connection ? pair.far : pair?.near;
  }
}
