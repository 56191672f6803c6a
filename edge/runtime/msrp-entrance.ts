/**
 * Where MSRP connections come in: the session that the first request names says whose a connection is. It goes to the Participating Function
 * or the focus here, with what was read of it, or, whichever edge the balancer has chosen, is passed on to another edge as it is
 * (`msrp-relay.ts`). What nobody has goes to the Participating Function to be refused, and is closed with the answer.
 */
import type { Socket } from 'node:net';
import type { EdgePlace } from '../../shared/app/edges.ts';
import { FirstPath } from '../msrp/first-path.ts';
import type { ListenAddress } from './listen-error.ts';
import type { Side } from './machines.ts';
import { MsrpRelay } from './msrp-relay.ts';
import type { MsrpTransport } from './msrp-transport.ts';
import type { SessionPlace } from './session-places.ts';
import type { StreamConnection } from './stream-connection.ts';
import { StreamHost, type StreamLimits, streamLimits } from './stream-host.ts';

/** What there is to know of other edges. */
export type MsrpElsewhere = {
  /** Resolves when it has been looked once more which edges there are. */
  readonly looked: () => Promise<void>;
  /** An edge takes no connection. */
  readonly unreached: (place: EdgePlace) => void;
  /** Whether another edge at an address has ended, or is about to; undefined if there is none. */
  readonly isEnded: (host: string) => Promise<boolean> | undefined;
};

export type MsrpEntranceOptions = {
  /** Who has a session. */
  readonly find: (sessionId: string) => SessionPlace;
  /** The other edges, where there may be any. */
  readonly elsewhere?: MsrpElsewhere;
  readonly transports: Readonly<Record<Side, MsrpTransport>>;
  readonly keepAliveMs: number;
  readonly limits?: Partial<StreamLimits>;
};

/** A connection whose first path is known, and what was read of it. */
type Arrival = {
  readonly connection: StreamConnection;
  readonly first: Uint8Array;
  readonly sessionId: string;
};

export class MsrpEntrance {
  readonly #options: MsrpEntranceOptions;
  readonly #host: StreamHost;
  readonly #relay: MsrpRelay;
  /** Connections that have not said yet which session they are for. */
  readonly #reading = new Map<StreamConnection, FirstPath>();

  constructor(options: MsrpEntranceOptions) {
    const { keepAliveMs, limits } = options;
    this.#options = options;
    this.#relay = new MsrpRelay({ keepAliveMs });
    this.#host = new StreamHost({
      prefix: 'new',
      keepAliveMs,
      limits: streamLimits(limits),
      events: {
        opened: (connection) => this.#reading.set(connection, new FirstPath()),
        received: (connection, bytes) => this.#received(connection, bytes),
        drained: () => {},
        closed: (connection) => this.#reading.delete(connection),
      },
    });
  }

  /** Connections that are passed on. */
  get relayed(): number {
    return this.#relay.size;
  }

  /** Starts listening; answers the port. */
  listen(address: ListenAddress): Promise<number> {
    return this.#host.listen(address);
  }

  /** Stops listening, and ends what is not one of the transports'. */
  async close(): Promise<void> {
    await Promise.all([this.#host.close(), this.#relay.close()]);
  }

  #received(connection: StreamConnection, bytes: Uint8Array): void {
    const path = this.#reading.get(connection);
    if (path === undefined) return;
    const read = path.read(bytes);
    if (read.kind === 'need-more') return;
    this.#reading.delete(connection);
    connection.pause();
    const sessionId = read.kind === 'session' ? read.sessionId : '';
    const arrival = { connection, first: path.bytes, sessionId };
    if (!this.#place(arrival)) void this.#placeLater(arrival);
  }

  /** False if nobody is known who has the session. */
  #place({ connection, first, sessionId }: Arrival): boolean {
    const found = this.#options.find(sessionId);
    if (found.kind === 'unknown') return false;
    if (found.kind === 'elsewhere') this.#pass(connection, first, found.place);
    else this.#options.transports[found.side].adopt(this.#host.release(connection), first);
    return true;
  }

  /** An edge that has just begun, or is asked whether it lives, is known a heartbeat later. */
  async #placeLater(arrival: Arrival): Promise<void> {
    await this.#options.elsewhere?.looked();
    const { connection, first } = arrival;
    if (connection.state === 'closed' || this.#place(arrival)) return;
    this.#refuse(this.#host.release(connection), first);
  }

  #pass(connection: StreamConnection, first: Uint8Array, place: EdgePlace): void {
    this.#relay.pass({
      socket: this.#host.release(connection),
      first,
      to: { host: place.host, port: place.msrpPort },
      failed: (socket) => {
        this.#options.elsewhere?.unreached(place);
        this.#refuse(socket, first);
      },
    });
  }

  /** RFC 4975 7.3: a request for a session that nobody has gets 481. */
  #refuse(socket: Socket, first: Uint8Array): void {
    this.#options.transports.participating.adopt(socket, first, 'until-answered');
  }
}
