/**
 * Agents in virtual time: a network that carries their bytes, as a test tells it to, and a clock that runs from timer to timer.
 */

import { UserAgent, type UserAgentOptions } from '../../../../edge/sip/agent/user-agent.ts';
import type { Flow, SipEffect, SipEvent, Target, Transport } from '../../../../edge/sip/effect.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipMessage } from '../../../../edge/sip/message.ts';
import { parseMessage } from '../../../../edge/sip/parse.ts';

export type Carried = {
  readonly message: SipMessage;
  readonly transport: Transport;
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
};

type Due = { readonly atMs: number; readonly order: number; readonly run: () => void };

const methods = [
  ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'MESSAGE', 'REGISTER'],
  ...['SUBSCRIBE', 'NOTIFY', 'REFER', 'INFO'],
];

export class World {
  nowMs = 0;
  /** Everything that was sent, in order. */
  readonly carried: Carried[] = [];
  /** The delays with which a message arrives: none if it is lost, two if it comes twice. */
  network: (carried: Carried) => readonly number[] = () => [1];
  /** Targets that can't be reached. */
  isBroken: (target: Target) => boolean = () => false;
  readonly #hosts = new Map<string, (message: SipMessage, flow: Flow) => void>();
  #due: Due[] = [];
  #order = 0;

  listen(host: string, onMessage: (message: SipMessage, flow: Flow) => void): void {
    this.#hosts.set(host, onMessage);
  }

  after(delayMs: number, run: () => void): () => void {
    const due = { atMs: this.nowMs + delayMs, order: this.#order++, run };
    this.#due.push(due);
    return () => {
      this.#due = this.#due.filter((one) => one !== due);
    };
  }

  carry(from: string, bytes: Uint8Array, target: Target): void {
    const parsed = parseMessage(bytes);
    if (parsed.kind !== 'message') throw new Error(`unreadable: ${parsed.reason}`);
    const { transport, host } = target;
    const carried = { message: parsed.message, transport, from, to: host, atMs: this.nowMs };
    this.carried.push(carried);
    const flow = { id: `${transport}:${from}:5060`, transport, host: from, port: 5060 };
    for (const delayMs of this.network(carried)) {
      this.after(delayMs, () => this.#hosts.get(host)?.(parsed.message, flow));
    }
  }

  /** Runs everything that is due within a time. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (;;) {
      const next = this.#due
        .filter(({ atMs }) => atMs <= endMs)
        .sort((left, right) => left.atMs - right.atMs || left.order - right.order)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = endMs;
  }

  /** What was sent by a host, as `INVITE` or `200 INVITE`. */
  lines(from?: string): string[] {
    return this.carried.filter((one) => from === undefined || one.from === from).map(nameOf);
  }
}

export function nameOf({ message }: { readonly message: SipMessage }): string {
  if (message.kind === 'request') return message.method;
  return `${message.status} ${header(message, 'CSeq')?.split(' ')[1]}`;
}

/** An agent in the world, with what it has told its owner. */
export class Side {
  readonly agent: UserAgent;
  readonly events: SipEvent[] = [];
  onEvent: (event: SipEvent) => void = () => undefined;
  readonly host: string;
  readonly #world: World;
  readonly #timers = new Map<string, () => void>();

  constructor(world: World, host: string, options: Partial<UserAgentOptions> = {}) {
    this.#world = world;
    this.host = host;
    let tokens = 0;
    this.agent = new UserAgent({
      name: `x${host.at(-1)}`,
      newToken: () => `${host.replaceAll('.', '')}t${++tokens}`,
      sentBy: () => `${host}:5060`,
      serverHeader: 'CPM-serv/OMA2.0 rejoin/test',
      sessionExpiresS: 0,
      minSessionExpiresS: 90,
      allow: methods,
      supported: ['timer', 'norefersub'],
      ...options,
    });
    world.listen(host, (message, flow) => this.receive(message, flow));
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  /** Timers that are set. */
  get timers(): readonly string[] {
    return [...this.#timers.keys()];
  }

  receive(message: SipMessage, flow: Flow): void {
    this.agent.receive(this.nowMs, message, flow);
    this.settle();
  }

  /** Does something with the agent and carries out what it asks for. */
  do<T>(action: (agent: UserAgent, nowMs: number) => T): T {
    const result = action(this.agent, this.nowMs);
    this.settle();
    return result;
  }

  settle(): void {
    for (let effects = this.agent.drain(); effects.length > 0; effects = this.agent.drain()) {
      for (const effect of effects) this.#carryOut(effect);
    }
  }

  /** The events of a kind. */
  of<K extends SipEvent['kind']>(kind: K): Extract<SipEvent, { kind: K }>[] {
    return this.events.filter(
      (event): event is Extract<SipEvent, { kind: K }> => event.kind === kind,
    );
  }

  /** The last event of a kind. */
  last<K extends SipEvent['kind']>(kind: K): Extract<SipEvent, { kind: K }> {
    const event = this.of(kind).at(-1);
    if (event === undefined) throw new Error(`${this.host} has no event ${kind}`);
    return event;
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  #carryOut(effect: SipEffect): void {
    switch (effect.kind) {
      case 'send-sip':
        this.#send(effect);
        return;
      case 'set-timer':
        this.#timers.get(effect.timer)?.();
        this.#timers.set(
          effect.timer,
          this.#world.after(effect.delayMs, () => this.#fire(effect.timer)),
        );
        return;
      case 'clear-timer':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      default:
        this.events.push(effect.event);
        this.onEvent(effect.event);
    }
  }

  #send({ bytes, target, transaction }: Extract<SipEffect, { kind: 'send-sip' }>): void {
    if (!this.#world.isBroken(target)) {
      this.#world.carry(this.host, bytes, target);
      return;
    }
    this.#world.after(0, () => {
      this.agent.sendFailed(this.nowMs, transaction);
      this.settle();
    });
  }

  #fire(timer: string): void {
    this.#timers.delete(timer);
    this.agent.timer(this.nowMs, timer);
    this.settle();
  }
}
