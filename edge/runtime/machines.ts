/**
 * The machines of an edge and the one loop that runs them: an input is fed, then everything it causes is drained and carried out until
 * nothing is left; only then comes the next input. Two sides run here, the Participating Function and the focus; they meet only over
 * the transports. All I/O is in the ports that are passed in.
 */
import type { Controlling } from '../controlling/controlling.ts';
import type { ControllingEffect } from '../controlling/effect.ts';
import type { MsrpEffect } from '../msrp/effect.ts';
import type { MsrpHost } from '../msrp/host.ts';
import type { ParticipatingEffect } from '../participating/effect.ts';
import type { Participating } from '../participating/participating.ts';
import type { UserAgent } from '../sip/agent/user-agent.ts';
import type { Flow, SipEffect, SipEvent, Target } from '../sip/effect.ts';
import type { SipMessage } from '../sip/message.ts';
import { roundsMax } from './limit.ts';
import type { MsrpInput, MsrpIo } from './msrp-carrier.ts';

export type Side = 'participating' | 'controlling';

export const sides: readonly Side[] = ['participating', 'controlling'];

export type MachinePorts = {
  readonly nowMs: () => number;
  readonly sendSip: (side: Side, bytes: Uint8Array, to: SipDestination) => void;
  readonly msrp: (side: Side, effect: MsrpIo) => void;
  readonly setTimer: (name: string, atMs: number, then: () => void) => void;
  readonly clearTimer: (name: string) => void;
  readonly participating: (effect: ParticipatingEffect) => void;
  readonly controlling: (effect: ControllingEffect) => void;
  /** A request outside any dialog of the Participating Function's agent. */
  readonly newRequest: (nowMs: number, event: SipEvent) => void;
};

export type SipDestination = { readonly target: Target; readonly onFailed: () => void };

export type MachineParts = {
  readonly agents: Readonly<Record<Side, UserAgent>>;
  readonly msrp: Readonly<Record<Side, MsrpHost>>;
  readonly participating: Participating;
  readonly controlling: Controlling;
};

type Timed = { readonly timer: string; readonly delayMs: number };

export class Machines {
  readonly #parts: MachineParts;
  readonly #ports: MachinePorts;
  #isRunning = false;
  #isStopped = false;
  #inputs: ((nowMs: number) => void)[] = [];

  constructor(parts: MachineParts, ports: MachinePorts) {
    this.#parts = parts;
    this.#ports = ports;
  }

  /** Feeds one input and carries out everything it causes; an input within an input waits for its turn. */
  step(input: (nowMs: number) => void): void {
    if (this.#isStopped) return;
    this.#inputs.push(input);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const nowMs = this.#ports.nowMs();
        next(nowMs);
        this.#settle(nowMs);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Nothing is heard any more: connections that end from now on are the process's end, and nobody's loss. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Nobody listens there any more. */
  unreachable(place: Pick<Target, 'host' | 'port'>): void {
    this.step(() => {
      for (const side of sides) this.#parts.agents[side].unreachable(place);
    });
  }

  /** A SIP message for one side. */
  receive(side: Side, message: SipMessage, flow: Flow): void {
    this.step((nowMs) => this.#parts.agents[side].receive(nowMs, message, flow));
  }

  /** What a transport tells the MSRP host of one side. */
  msrpInput(side: Side): MsrpInput {
    const host = this.#parts.msrp[side];
    return {
      accepted: (name) => this.step((nowMs) => host.accepted(nowMs, name)),
      connected: (name) => this.step((nowMs) => host.connected(nowMs, name)),
      connectFailed: (name) => this.step((nowMs) => host.connectFailed(nowMs, name)),
      closed: (name, loss) => this.step((nowMs) => host.closed(nowMs, name, loss)),
      received: (name, bytes) => this.step((nowMs) => host.received(nowMs, name, bytes)),
      backlog: (name, bytes) => this.step((nowMs) => host.backlog(nowMs, name, bytes)),
    };
  }

  #settle(nowMs: number): void {
    for (let rounds = 0; rounds < roundsMax; rounds++) {
      if (this.#drainLayers(nowMs)) continue;
      this.#parts.participating.endStep(nowMs);
      if (!this.#drainFunctions()) return;
    }
    throw new Error(`one input caused more than ${roundsMax} rounds of the machines`);
  }

  #drainLayers(nowMs: number): boolean {
    let isBusy = false;
    for (const side of sides) {
      const sip = this.#parts.agents[side].drain();
      for (const effect of sip) this.#sipEffect(nowMs, side, effect);
      const msrp = this.#parts.msrp[side].drain();
      for (const effect of msrp) this.#msrpEffect(nowMs, side, effect);
      isBusy ||= sip.length > 0 || msrp.length > 0;
    }
    return isBusy;
  }

  #drainFunctions(): boolean {
    const participating = this.#parts.participating.drain();
    for (const effect of participating) {
      if (!this.#timerEffect('participating', effect)) this.#ports.participating(effect);
    }
    const controlling = this.#parts.controlling.drain();
    for (const effect of controlling) {
      if (!this.#timerEffect('controlling', effect)) this.#ports.controlling(effect);
    }
    return participating.length > 0 || controlling.length > 0;
  }

  #timerEffect(side: Side, effect: ParticipatingEffect | ControllingEffect): boolean {
    if (effect.kind === 'set-timer') {
      this.#setTimer(side, effect, (atMs) => this.#parts[side].timer(atMs, effect.timer));
      return true;
    }
    if (effect.kind !== 'clear-timer') return false;
    this.#ports.clearTimer(`${side} ${effect.timer}`);
    return true;
  }

  #setTimer(owner: string, { timer, delayMs }: Timed, then: (nowMs: number) => void): void {
    const atMs = this.#ports.nowMs() + delayMs;
    this.#ports.setTimer(`${owner} ${timer}`, atMs, () => this.step(then));
  }

  #sipEffect(nowMs: number, side: Side, effect: SipEffect): void {
    const agent = this.#parts.agents[side];
    switch (effect.kind) {
      case 'send-sip': {
        const { bytes, target, transaction } = effect;
        const onFailed = (): void => this.step((atMs) => agent.sendFailed(atMs, transaction));
        this.#ports.sendSip(side, bytes, { target, onFailed });
        return;
      }
      case 'set-timer':
        this.#setTimer(`${side}-sip`, effect, (atMs) => agent.timer(atMs, effect.timer));
        return;
      case 'clear-timer':
        this.#ports.clearTimer(`${side}-sip ${effect.timer}`);
        return;
      case 'sip-event':
        this.#sipEvent(nowMs, side, effect.event);
    }
  }

  #sipEvent(nowMs: number, side: Side, event: SipEvent): void {
    if (side === 'controlling') this.#parts.controlling.sip(nowMs, event);
    else if (!this.#parts.participating.sip(nowMs, event)) this.#ports.newRequest(nowMs, event);
  }

  #msrpEffect(nowMs: number, side: Side, effect: MsrpEffect): void {
    const host = this.#parts.msrp[side];
    switch (effect.kind) {
      case 'msrp-event':
        this.#parts[side].msrp(nowMs, effect.event);
        return;
      case 'set-timer':
        this.#setTimer(`${side}-msrp`, effect, (atMs) => host.timer(atMs, effect.timer));
        return;
      case 'clear-timer':
        this.#ports.clearTimer(`${side}-msrp ${effect.timer}`);
        return;
      default:
        this.#ports.msrp(side, effect);
    }
  }
}
