/** A network that carries SIP and MSRP between hosts in virtual time, and a clock that runs from timer to timer. */
import type { MsrpEffect, MsrpEvent } from '../../../edge/msrp/effect.ts';
import { MsrpHost } from '../../../edge/msrp/host.ts';
import { UserAgent } from '../../../edge/sip/agent/user-agent.ts';
import type { SipEffect, SipEvent, Target } from '../../../edge/sip/effect.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipMessage, SipRequest } from '../../../edge/sip/message.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';

export type Carried = { readonly from: string; readonly to: string; readonly message: SipMessage };

type Due = { readonly atMs: number; readonly order: number; readonly run: () => void };

let tokens = 0;

export function newToken(): string {
  tokens++;
  return `token${String(tokens).padStart(12, '0')}abc`;
}

export function at(host: string): Target {
  return { transport: 'tcp', host, port: 5060 };
}

export class World {
  nowMs = 1_000_000;
  /** SIP, in order. */
  readonly carried: Carried[] = [];
  readonly nodes = new Map<string, Node>();
  /** Hosts whose MSRP can't be reached. */
  readonly unreachable = new Set<string>();
  /** SIP that gets lost. */
  isLost: (carried: Carried) => boolean = () => false;
  #due: Due[] = [];
  #order = 0;
  #connections = 0;
  readonly #ends = new Map<string, { readonly node: Node; readonly peer: string }>();

  after(delayMs: number, run: () => void): () => void {
    const due = { atMs: this.nowMs + delayMs, order: this.#order++, run };
    this.#due.push(due);
    return () => {
      this.#due = this.#due.filter((one) => one !== due);
    };
  }

  /** Runs everything that is due within a time. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      const { atMs, run } = next;
      this.#due = this.#due.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, atMs);
      run();
    }
    this.nowMs = endMs;
  }

  #next(endMs: number): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#due) {
      if (due.atMs <= (next?.atMs ?? endMs) && (next === undefined || isBefore(due, next)))
        next = due;
    }
    return next;
  }

  /** Carries a message to a host; the domain of the groups is the focus's. */
  carry(from: string, bytes: Uint8Array, target: string): void {
    const to = target === 'rejoin.test' ? 'focus' : target;
    const parsed = parseMessage(bytes);
    if (parsed.kind !== 'message') throw new Error(`unreadable: ${parsed.reason}`);
    const carried = { from, to, message: parsed.message };
    this.carried.push(carried);
    if (this.isLost(carried)) return;
    const flow = { id: `tcp:${from}`, transport: 'tcp', host: from, port: 5060 } as const;
    this.after(1, () => {
      const node = this.nodes.get(to);
      node?.do(() => node.agent.receive(this.nowMs, parsed.message, flow));
    });
  }

  /** Requests of a method that a host has sent, or only those to another. */
  requests(method: string, from: string, to?: string): SipRequest[] {
    return this.carried.flatMap(({ message, ...way }) =>
      message.kind === 'request' && message.method === method && way.from === from
        ? to === undefined || way.to === to
          ? [message]
          : []
        : [],
    );
  }

  /** What a host got as final answers to requests of a method. */
  answers(method: string, to: string): number[] {
    return this.carried.flatMap(({ message, ...way }) => {
      if (message.kind !== 'response' || way.to !== to || message.status < 200) return [];
      return header(message, 'CSeq')?.endsWith(` ${method}`) ? [message.status] : [];
    });
  }

  connect(node: Node, connection: string, host: string): void {
    const peer = this.nodes.get(host);
    this.after(1, () => {
      if (peer === undefined || this.unreachable.has(host)) {
        node.do(() => node.msrp.connectFailed(this.nowMs, connection));
        return;
      }
      this.#connections++;
      const far = `in/${this.#connections}`;
      this.#ends.set(endName(node, connection), { node: peer, peer: far });
      this.#ends.set(endName(peer, far), { node, peer: connection });
      peer.do(() => peer.msrp.accepted(this.nowMs, far));
      node.do(() => node.msrp.connected(this.nowMs, connection));
    });
  }

  write(node: Node, connection: string, parts: readonly Uint8Array[]): void {
    const end = this.#ends.get(endName(node, connection));
    if (end === undefined) return;
    const bytes = new Uint8Array(Buffer.concat(parts));
    this.after(1, () => {
      if (!this.#ends.has(endName(end.node, end.peer))) return;
      end.node.do(() => end.node.msrp.received(this.nowMs, end.peer, bytes));
    });
  }

  close(node: Node, connection: string): void {
    const end = this.#ends.get(endName(node, connection));
    if (end === undefined) return;
    this.#ends.delete(endName(node, connection));
    this.after(1, () => {
      if (!this.#ends.delete(endName(end.node, end.peer))) return;
      end.node.do(() => end.node.msrp.closed(this.nowMs, end.peer));
    });
  }

  /** Breaks the MSRP connections of a host, as both ends notice at once. */
  cut(host: string): void {
    for (const [name, { node, peer }] of this.#ends) {
      if (!name.startsWith(`${host} `)) continue;
      this.#ends.delete(name);
      this.#ends.delete(endName(node, peer));
      const own = this.nodes.get(host);
      own?.do(() => own.msrp.closed(this.nowMs, name.slice(host.length + 1)));
      node.do(() => node.msrp.closed(this.nowMs, peer));
    }
  }

  get openConnections(): number {
    return this.#ends.size / 2;
  }
}

function isBefore(left: Due, right: Due): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

function endName(node: Node, connection: string): string {
  return `${node.host} ${connection}`;
}

/** A SIP agent and an MSRP host with what they need of a runtime. */
export class Node {
  readonly host: string;
  readonly agent: UserAgent;
  readonly msrp: MsrpHost;
  onSip: (nowMs: number, event: SipEvent) => void = () => undefined;
  onMsrp: (nowMs: number, event: MsrpEvent) => void = () => undefined;
  onSettle: () => boolean = () => false;
  readonly world: World;
  readonly timers = new Map<string, () => void>();
  #isRunning = false;

  constructor(world: World, host: string, messageBytesMax: number) {
    this.world = world;
    this.host = host;
    this.agent = new UserAgent({
      name: host,
      newToken,
      sentBy: () => `${host}:5060`,
      serverHeader: 'CPM-serv/OMA2.0 rejoin/test',
      sessionExpiresS: 0,
      minSessionExpiresS: 90,
      allow: [
        'INVITE',
        'ACK',
        'CANCEL',
        'BYE',
        'OPTIONS',
        'UPDATE',
        'SUBSCRIBE',
        'NOTIFY',
        'REFER',
        'INFO',
        'MESSAGE',
      ],
      supported: ['timer', 'recipient-list-invite', 'multiple-refer', 'norefersub'],
    });
    this.msrp = new MsrpHost({
      newToken,
      host: `${host}.test`,
      port: 2855,
      responseTimeoutMs: 30_000,
      messageBytesMax,
    });
    world.nodes.set(host, this);
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
      isBusy = this.onSettle() || sip.length > 0 || msrp.length > 0;
    }
    this.#isRunning = false;
    return result;
  }

  setTimer(name: string, delayMs: number, fire: () => void): void {
    this.timers.get(name)?.();
    const stop = this.world.after(delayMs, () => {
      this.timers.delete(name);
      this.do(fire);
    });
    this.timers.set(name, stop);
  }

  clearTimer(name: string): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }

  #sip(effect: SipEffect): void {
    if (effect.kind === 'send-sip') this.world.carry(this.host, effect.bytes, effect.target.host);
    else if (effect.kind === 'sip-event') this.onSip(this.world.nowMs, effect.event);
    else if (effect.kind === 'clear-timer') this.clearTimer(`sip ${effect.timer}`);
    else {
      this.setTimer(`sip ${effect.timer}`, effect.delayMs, () =>
        this.agent.timer(this.world.nowMs, effect.timer),
      );
    }
  }

  #msrp(effect: MsrpEffect): void {
    const { world } = this;
    switch (effect.kind) {
      case 'msrp-event':
        this.onMsrp(world.nowMs, effect.event);
        return;
      case 'connect':
        world.connect(this, effect.connection, effect.host.replace('.test', ''));
        return;
      case 'write':
        world.write(this, effect.connection, effect.parts);
        return;
      case 'close':
        world.close(this, effect.connection);
        return;
      case 'set-timer':
        this.setTimer(`msrp ${effect.timer}`, effect.delayMs, () =>
          this.msrp.timer(world.nowMs, effect.timer),
        );
        return;
      case 'clear-timer':
        this.clearTimer(`msrp ${effect.timer}`);
        return;
      default:
    }
  }
}
