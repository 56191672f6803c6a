/**
 * A process in the virtual world: a SIP user agent and an MSRP host of the product with their timers, and one loop that carries out what
 * they decide. What its events mean is its owner's business; when it ends, its timers end with it.
 */
import type { MsrpEffect, MsrpEvent } from '../../../edge/msrp/effect.ts';
import { MsrpHost } from '../../../edge/msrp/host.ts';
import type { MsrpInput } from '../../../edge/runtime/msrp-carrier.ts';
import { UserAgent } from '../../../edge/sip/agent/user-agent.ts';
import type { SipEffect, SipEvent } from '../../../edge/sip/effect.ts';
import type { Life } from './clock.ts';
import type { Network } from './network.ts';
import type { Station } from './station.ts';

export type NodeOwner = {
  readonly sip: (nowMs: number, event: SipEvent) => void;
  readonly msrp: (nowMs: number, event: MsrpEvent) => void;
  /** The layers have nothing more to say; true if the owner had. */
  readonly settle?: (nowMs: number) => boolean;
};

export type NodeOptions = {
  readonly network: Network;
  readonly host: string;
  readonly newToken: () => string;
  readonly serverHeader?: string;
  readonly messageBytesMax?: number;
  readonly sessionExpiresS?: number;
};

export class Node {
  readonly host: string;
  readonly life: Life = { isOver: false };
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  readonly network: Network;
  readonly #owner: NodeOwner;
  readonly #station: Station;
  readonly #timers = new Map<string, () => void>();
  #isRunning = false;

  constructor(options: NodeOptions, owner: NodeOwner) {
    const { network, host, newToken } = options;
    this.network = network;
    this.host = host;
    this.#owner = owner;
    this.agent = new UserAgent({
      name: host.slice(0, 1),
      newToken,
      sentBy: () => `${host}:5060`,
      serverHeader: options.serverHeader ?? 'CPM-client/OMA2.0 kit',
      sessionExpiresS: options.sessionExpiresS ?? 0,
      minSessionExpiresS: 90,
      allow: [
        ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'REGISTER', 'SUBSCRIBE'],
        ...['NOTIFY', 'MESSAGE', 'REFER', 'INFO'],
      ],
      supported: ['timer', 'recipient-list-invite'],
    });
    this.msrp = new MsrpHost({
      newToken,
      host,
      port: 2855,
      responseTimeoutMs: 30_000,
      messageBytesMax: options.messageBytesMax ?? 10_000_000,
      hasOwnConnections: true,
    });
    this.#station = {
      host,
      life: this.life,
      sip: (message, flow) => this.do(() => this.agent.receive(this.nowMs, message, flow)),
      msrp: this.#input(),
    };
    network.join(this.#station);
  }

  get nowMs(): number {
    return this.network.clock.nowMs;
  }

  /** Does something and carries out all that follows. */
  do<T>(action: () => T): T {
    const result = action();
    if (this.#isRunning) return result;
    this.#isRunning = true;
    for (let isBusy = true; isBusy; ) {
      const sip = this.agent.drain();
      const msrp = this.msrp.drain();
      for (const effect of sip) this.#sip(effect);
      for (const effect of msrp) this.#msrp(effect);
      isBusy = sip.length > 0 || msrp.length > 0 || this.#owner.settle?.(this.nowMs) === true;
    }
    this.#isRunning = false;
    return result;
  }

  /** Does something after a while, if the process still lives. */
  later(delayMs: number, action: () => void): () => void {
    return this.network.clock.after(this.life, delayMs, () => this.do(action));
  }

  setTimer(name: string, delayMs: number, fire: () => void): void {
    this.clearTimer(name);
    const stop = this.later(delayMs, () => {
      this.#timers.delete(name);
      fire();
    });
    this.#timers.set(name, stop);
  }

  clearTimer(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #input(): MsrpInput {
    const { msrp } = this;
    const at = (input: (nowMs: number) => void): void => this.do(() => input(this.nowMs));
    return {
      accepted: (name) => at((nowMs) => msrp.accepted(nowMs, name)),
      connected: (name) => at((nowMs) => msrp.connected(nowMs, name)),
      connectFailed: (name) => at((nowMs) => msrp.connectFailed(nowMs, name)),
      closed: (name, loss) => at((nowMs) => msrp.closed(nowMs, name, loss)),
      received: (name, bytes) => at((nowMs) => msrp.received(nowMs, name, bytes)),
      backlog: (name, bytes) => at((nowMs) => msrp.backlog(nowMs, name, bytes)),
    };
  }

  #sip(effect: SipEffect): void {
    const { agent, network } = this;
    if (effect.kind === 'sip-event') this.#owner.sip(this.nowMs, effect.event);
    else if (effect.kind === 'clear-timer') this.clearTimer(`sip ${effect.timer}`);
    else if (effect.kind === 'set-timer') {
      const { timer, delayMs } = effect;
      this.setTimer(`sip ${timer}`, delayMs, () => agent.timer(this.nowMs, timer));
    } else {
      const { bytes, target, transaction } = effect;
      network.sendSip(this.#station, bytes, target, () =>
        this.do(() => agent.sendFailed(this.nowMs, transaction)),
      );
    }
  }

  #msrp(effect: MsrpEffect): void {
    const { msrp, network } = this;
    if (effect.kind === 'msrp-event') this.#owner.msrp(this.nowMs, effect.event);
    else if (effect.kind === 'clear-timer') this.clearTimer(`msrp ${effect.timer}`);
    else if (effect.kind === 'set-timer') {
      const { timer, delayMs } = effect;
      this.setTimer(`msrp ${timer}`, delayMs, () => msrp.timer(this.nowMs, timer));
    } else network.streams.execute(this.#station, effect);
  }
}
