/**
 * Connections that came to an edge which has not their session: each is joined to one to the edge that has, and from then on bytes pass
 * both ways as they come, never more of them here than the buffers of two sockets hold. Whoever doesn't read stops the other; an end is passed
 * on, and a connection that is gone takes the other along. What the bytes say is nobody's business here: a connection goes with all its
 * sessions to the edge of the first, which answers 481 for those of another. Clients that open a session of another edge find another path
 * in it, and by RFC 4975 5.4 take another connection.
 */
import { connect, type Socket } from 'node:net';
import { lingerMs, relayConnectMs, relayedConnectionsMax } from './limit.ts';

export type MsrpRelayLimits = {
  readonly connectMs: number;
  readonly connectionsMax: number;
  readonly lingerMs: number;
};

export type MsrpRelayOptions = {
  /** TCP keep-alive probes after so long without traffic; 0 or absent sends none. */
  readonly keepAliveMs?: number;
  readonly limits?: Partial<MsrpRelayLimits>;
};

const usualLimits: MsrpRelayLimits = {
  connectMs: relayConnectMs,
  connectionsMax: relayedConnectionsMax,
  lingerMs,
};

export class MsrpRelay {
  readonly #limits: MsrpRelayLimits;
  readonly #keepAliveMs: number;
  /** Connections to other edges, up or not. */
  readonly #far = new Set<Socket>();

  constructor({ keepAliveMs = 0, limits = {} }: MsrpRelayOptions) {
    this.#keepAliveMs = keepAliveMs;
    this.#limits = { ...usualLimits, ...limits };
  }

  /** Connections that are passed on, or are about to be. */
  get size(): number {
    return this.#far.size;
  }

  /** Opens a connection to another edge; undefined when there are too many. Destroyed, it tells nothing. */
  open(
    place: { readonly host: string; readonly port: number },
    told: { readonly up: (far: Socket) => void; readonly failed: () => void },
  ): Socket | undefined {
    if (this.#far.size >= this.#limits.connectionsMax) return undefined;
    const far = connect({
      ...place,
      noDelay: true,
      keepAlive: this.#keepAliveMs > 0,
      keepAliveInitialDelay: this.#keepAliveMs,
      // The one end of a connection may be silent for good and still want to hear the other.
      allowHalfOpen: true,
      timeout: this.#limits.connectMs,
    });
    this.#far.add(far);
    far.once('close', () => this.#far.delete(far));
    const fail = (): void => {
      far.destroy();
      told.failed();
    };
    far.once('error', fail).once('timeout', fail);
    far.once('connect', () => {
      far.off('error', fail).off('timeout', fail).setTimeout(0);
      told.up(far);
    });
    return far;
  }

  /** Joins a client's connection to the one to its edge, `first` being what was read of it. */
  join(near: Socket, far: Socket, first: Uint8Array): void {
    near.allowHalfOpen = true;
    far.write(first);
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      // Every error is followed by a close.
      from.on('error', () => {}).once('close', () => this.#end(to));
      from.pipe(to);
    }
  }

  /** Ends everything at once. */
  close(): void {
    for (const far of this.#far) far.destroy();
  }

  /** What was on its way still arrives, if the peer takes it soon. */
  #end(socket: Socket): void {
    if (socket.destroyed) return;
    socket.destroySoon();
    const timer = setTimeout(() => socket.destroy(), this.#limits.lingerMs);
    socket.once('close', () => clearTimeout(timer));
  }
}
