/** How each side of an edge reaches the world, by sockets, and the other side, within the process. */
import type { Target } from '../sip/effect.ts';
import { type Addresses, localAddresses, msrpAddress } from './build.ts';
import { LocalMsrpTransport } from './local-msrp-transport.ts';
import { LocalSipTransport } from './local-sip-transport.ts';
import type { Machines, Side } from './machines.ts';
import { joinCarriers, type MsrpCarrier } from './msrp-carrier.ts';
import type { SipCarrier, SipRefusal } from './sip-carrier.ts';

export type Sockets = {
  readonly sendSip: SipCarrier['send'];
  readonly msrp: Readonly<Record<Side, MsrpCarrier>>;
};

export class Carriers {
  readonly #sockets: Sockets;
  readonly #refused: (refusal: SipRefusal) => void;
  readonly #localSip = new LocalSipTransport();
  readonly #localMsrp = new LocalMsrpTransport();
  readonly #sip = new Map<Side, SipCarrier>();
  readonly #msrp = new Map<Side, MsrpCarrier>();

  constructor(sockets: Sockets, refused: (refusal: SipRefusal) => void) {
    this.#sockets = sockets;
    this.#refused = refused;
  }

  /** Joins a side to the transports it reaches the world by. */
  join(side: Side, machines: Machines, addresses: Addresses): void {
    const local = this.#localSip.join(localAddresses[side], {
      onMessage: (message, flow) => machines.receive(side, message, flow),
      onRefused: this.#refused,
      onFlowClosed: () => {},
    });
    this.#sip.set(side, local);
    const input = machines.msrpInput(side);
    const localMsrp = this.#localMsrp.join(msrpAddress(side, addresses), input);
    this.#msrp.set(side, joinCarriers([localMsrp, this.#sockets.msrp[side]], input));
  }

  sendSip(side: Side, bytes: Uint8Array, target: Target, onFailed: () => void): void {
    const isLocal = target.transport === 'local';
    if (isLocal) this.#sip.get(side)?.send(bytes, target, onFailed);
    else this.#sockets.sendSip(bytes, target, onFailed);
  }

  msrp(side: Side, effect: Parameters<MsrpCarrier['execute']>[0]): void {
    this.#msrp.get(side)?.execute(effect);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#msrp.values()].map((carrier) => carrier.close()));
  }
}
