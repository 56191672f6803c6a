/**
 * The MSRP of an edge over sockets: a transport for each of its two sides. Alone, the Participating Function's listens, as the focus is
 * reached within the process; among several edges an entrance listens for both.
 */
import type { ListenAddress } from './listen-error.ts';
import type { Side } from './machines.ts';
import type { MsrpInput } from './msrp-carrier.ts';
import { type MsrpElsewhere, MsrpEntrance } from './msrp-entrance.ts';
import { MsrpTransport } from './msrp-transport.ts';

export type MsrpSocketsOptions = {
  readonly input: (side: Side) => MsrpInput;
  readonly keepAliveMs: number;
  /** The other edges, where there may be any. */
  readonly elsewhere?: MsrpElsewhere;
};

export class MsrpSockets {
  readonly transports: Readonly<Record<Side, MsrpTransport>>;
  readonly #entrance: MsrpEntrance | undefined;

  constructor({ input, keepAliveMs, elsewhere }: MsrpSocketsOptions) {
    const transports = {
      participating: new MsrpTransport({ input: input('participating'), keepAliveMs }),
      controlling: new MsrpTransport({ input: input('controlling'), keepAliveMs }),
    };
    this.transports = transports;
    if (elsewhere !== undefined) {
      this.#entrance = new MsrpEntrance({ ...elsewhere, transports, keepAliveMs });
    }
  }

  /** Starts listening; answers the port. */
  listen(address: ListenAddress): Promise<number> {
    return (this.#entrance ?? this.transports.participating).listen(address);
  }

  /** Open connections of this edge's own sessions. */
  get connections(): number {
    return this.transports.participating.connections + this.transports.controlling.connections;
  }

  /** Connections that are passed on to other edges. */
  get relayed(): number {
    return this.#entrance?.relayed ?? 0;
  }

  async close(): Promise<void> {
    await this.#entrance?.close();
    await Promise.all([this.transports.participating.close(), this.transports.controlling.close()]);
  }
}
