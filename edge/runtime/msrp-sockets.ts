/**
 * The MSRP of an edge over sockets: a transport for each of its two sides, and an entrance that listens for both.
 */
import type { ListenAddress } from './listen-error.ts';
import type { Side } from './machines.ts';
import type { MsrpInput } from './msrp-carrier.ts';
import { MsrpEntrance, type MsrpEntranceOptions } from './msrp-entrance.ts';
import { MsrpTransport } from './msrp-transport.ts';

export type MsrpSocketsOptions = Omit<MsrpEntranceOptions, 'transports'> & {
  readonly input: (side: Side) => MsrpInput;
};

export class MsrpSockets {
  readonly transports: Readonly<Record<Side, MsrpTransport>>;
  readonly #entrance: MsrpEntrance;

  constructor({ input, ...options }: MsrpSocketsOptions) {
    const { keepAliveMs, elsewhere } = options;
    const isEnded = elsewhere && { isEnded: elsewhere.isEnded };
    const transports = {
      participating: new MsrpTransport({ input: input('participating'), keepAliveMs, ...isEnded }),
      controlling: new MsrpTransport({ input: input('controlling'), keepAliveMs }),
    };
    this.transports = transports;
    this.#entrance = new MsrpEntrance({ ...options, transports });
  }

  /** Starts listening; answers the port. */
  listen(address: ListenAddress): Promise<number> {
    return this.#entrance.listen(address);
  }

  /** Open connections of this edge's own sessions. */
  get connections(): number {
    return this.transports.participating.connections + this.transports.controlling.connections;
  }

  /** Connections that are passed on to other edges. */
  get relayed(): number {
    return this.#entrance.relayed;
  }

  async close(): Promise<void> {
    await this.#entrance.close();
    await Promise.all([this.transports.participating.close(), this.transports.controlling.close()]);
  }
}
