/**
 * A SIP agent and an MSRP host on the simulated network, with their timers: what clients and focuses are made of. A peer that dies takes
 * its connections and timers with it.
 */
import type { MsrpEffect, MsrpEvent } from '../../edge/msrp/effect.ts';
import { MsrpHost } from '../../edge/msrp/host.ts';
import { mediaOf } from '../../edge/participating/invitation-text.ts';
import type { Direction, MsrpMedia, Setup } from '../../edge/sdp/msrp-media.ts';
import { writeMsrpSdp } from '../../edge/sdp/write.ts';
import { UserAgent } from '../../edge/sip/agent/user-agent.ts';
import type { SipEffect, SipEvent } from '../../edge/sip/effect.ts';
import type { SipMessage } from '../../edge/sip/message.ts';
import { parseMessage } from '../../edge/sip/parse.ts';
import type { Process, Task } from './clock.ts';
import type { Network, Station } from './network.ts';
import type { Simulation } from './simulation.ts';

export const messageBytesMax = 1_048_576;
const groupStateType = 'application/group-state-object+xml';

export type PeerOwner = {
  readonly sip: (event: SipEvent) => void;
  readonly msrp: (event: MsrpEvent) => void;
};

export class Peer {
  readonly host: string;
  readonly process: Process;
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  readonly #simulation: Simulation;
  readonly #network: Network;
  readonly #owner: PeerOwner;
  readonly #station: Station;
  readonly #timers = new Map<string, Task>();
  #isRunning = false;
  #sdpCount = 0;

  constructor(simulation: Simulation, network: Network, host: string, owner: PeerOwner) {
    this.host = host;
    this.process = { name: `${host}/${simulation.random.below(0x7fffffff)}`, isDead: false };
    this.#simulation = simulation;
    this.#network = network;
    this.#owner = owner;
    const newToken = (): string => simulation.random.token();
    this.agent = new UserAgent({
      name: 'x',
      newToken,
      sentBy: () => `${host}:5060`,
      serverHeader: 'simulated',
      sessionExpiresS: 0,
      minSessionExpiresS: 90,
      allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'SUBSCRIBE', 'NOTIFY'],
      supported: ['timer', 'recipient-list-invite'],
    });
    this.msrp = new MsrpHost({
      newToken,
      host,
      port: 2855,
      responseTimeoutMs: 30_000,
      messageBytesMax,
    });
    this.#station = this.#newStation();
    network.join(this.#station);
  }

  get nowMs(): number {
    return this.#simulation.nowMs;
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
      isBusy = sip.length > 0 || msrp.length > 0;
    }
    this.#isRunning = false;
    return result;
  }

  /** Does something after a while, if the process still lives. */
  later(delayMs: number, action: () => void): void {
    this.#simulation.after(this.process, delayMs, () => this.do(action));
  }

  /** Opens an MSRP session; answers its name and its description. */
  describe(setup: Setup, direction: Direction = 'sendrecv'): { session: string; sdp: Uint8Array } {
    const session = this.msrp.open();
    this.#sdpCount++;
    const sdp = writeMsrpSdp({
      host: this.host,
      port: 2855,
      path: [this.msrp.path(session)],
      acceptTypes: ['message/cpim', groupStateType],
      acceptWrappedTypes: ['*'],
      setup,
      direction,
      sessionId: this.#sdpCount,
      version: 1,
      isTls: false,
    });
    return { session, sdp };
  }

  /** The media that a message describes. */
  mediaOf(message: SipMessage): MsrpMedia | undefined {
    const read = mediaOf(message);
    return read.kind === 'media' ? read.media : undefined;
  }

  /** The process ends; `isNoticed`: its system closes its connections. */
  die(isNoticed: boolean): void {
    this.process.isDead = true;
    this.#network.streams.died(this.#station, isNoticed);
  }

  #newStation(): Station {
    const { host, process } = this;
    const msrp = (action: () => void): void => this.do(action);
    return {
      host,
      process,
      sip: (bytes, flow) => {
        const parsed = parseMessage(bytes);
        if (parsed.kind !== 'message') return;
        this.do(() => this.agent.receive(this.nowMs, parsed.message, flow));
      },
      accepted: (name) => msrp(() => this.msrp.accepted(this.nowMs, name)),
      connected: (name) => msrp(() => this.msrp.connected(this.nowMs, name)),
      connectFailed: (name) => msrp(() => this.msrp.connectFailed(this.nowMs, name)),
      closed: (name) => msrp(() => this.msrp.closed(this.nowMs, name)),
      received: (name, bytes) => msrp(() => this.msrp.received(this.nowMs, name, bytes)),
    };
  }

  #setTimer(name: string, delayMs: number, fire: () => void): void {
    this.#clearTimer(name);
    const task = this.#simulation.after(this.process, delayMs, () => {
      this.#timers.delete(name);
      this.do(fire);
    });
    this.#timers.set(name, task);
  }

  #clearTimer(name: string): void {
    const task = this.#timers.get(name);
    if (task !== undefined) task.isCancelled = true;
    this.#timers.delete(name);
  }

  #sip(effect: SipEffect): void {
    switch (effect.kind) {
      case 'send-sip': {
        const { bytes, target, transaction } = effect;
        const onFailed = (): void => this.do(() => this.agent.sendFailed(this.nowMs, transaction));
        this.#network.sendSip(this.#station, bytes, { target, onFailed });
        return;
      }
      case 'sip-event':
        this.#owner.sip(effect.event);
        return;
      case 'set-timer':
        this.#setTimer(`sip ${effect.timer}`, effect.delayMs, () =>
          this.agent.timer(this.nowMs, effect.timer),
        );
        return;
      case 'clear-timer':
        this.#clearTimer(`sip ${effect.timer}`);
    }
  }

  #msrp(effect: MsrpEffect): void {
    const { streams } = this.#network;
    switch (effect.kind) {
      case 'msrp-event':
        this.#owner.msrp(effect.event);
        return;
      case 'connect':
        streams.connect(this.#station, effect.connection, effect.host);
        return;
      case 'write':
        streams.write(this.#station, effect.connection, effect.parts);
        return;
      case 'close':
        streams.close(this.#station, effect.connection);
        return;
      case 'pause':
        streams.pause(this.#station, effect.connection);
        return;
      case 'resume':
        streams.resume(this.#station, effect.connection);
        return;
      case 'set-timer':
        this.#setTimer(`msrp ${effect.timer}`, effect.delayMs, () =>
          this.msrp.timer(this.nowMs, effect.timer),
        );
        return;
      case 'clear-timer':
        this.#clearTimer(`msrp ${effect.timer}`);
    }
  }
}
