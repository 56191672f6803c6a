/** Hosts coupled in virtual time: their effects are carried out, their events collected. */
import type {
  InboundMessage,
  MsrpEffect,
  MsrpEvent,
  OutboundMessage,
} from '../../../edge/msrp/effect.ts';
import { MsrpHost } from '../../../edge/msrp/host.ts';
import type { MsrpHostOptions } from '../../../edge/msrp/host-state.ts';

let tokens = 0;

/** Session-ids and such: no randomness in tests. */
export function newToken(): string {
  tokens++;
  return `token_${String(tokens).padStart(10, '0')}_abcdef`;
}

export function hostOptions(host: string, more?: Partial<MsrpHostOptions>): MsrpHostOptions {
  const port = 2855;
  return { newToken, host, port, responseTimeoutMs: 30_000, messageBytesMax: 1_048_576, ...more };
}

export function newHost(host: string, more?: Partial<MsrpHostOptions>): MsrpHost {
  return new MsrpHost(hostOptions(host, more));
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

export function textOf(parts: Uint8Array | readonly Uint8Array[]): string {
  const all = parts instanceof Uint8Array ? [parts] : parts;
  return Buffer.concat(all).toString('latin1');
}

/** Lines without their line ends, as the text of a frame. */
export function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

export function message(
  reference: number,
  body: string,
  more?: Partial<OutboundMessage>,
): OutboundMessage {
  return {
    reference,
    messageId: `message.${reference}`,
    contentType: 'text/plain',
    body: bytesOf(body),
    isSuccessReportWanted: false,
    failureReport: 'yes',
    ...more,
  };
}

/** What a drain has written to a connection, as text. */
export function written(effects: readonly MsrpEffect[], connection: string): string {
  const write = effects.find(
    (effect) => effect.kind === 'write' && effect.connection === connection,
  );
  return write?.kind === 'write' ? textOf(write.parts) : '';
}

export function eventsOf(effects: readonly MsrpEffect[]): readonly MsrpEvent[] {
  return effects.flatMap((effect) => (effect.kind === 'msrp-event' ? [effect.event] : []));
}

export function messagesOf(effects: readonly MsrpEffect[]): readonly InboundMessage[] {
  return eventsOf(effects).flatMap((event) => (event.kind === 'message' ? [event.message] : []));
}

type Side = {
  readonly name: string;
  readonly host: MsrpHost;
  readonly events: MsrpEvent[];
  /** What each connection has been written and the peer has not been given yet. */
  readonly pending: Map<string, Uint8Array[]>;
  readonly effects: MsrpEffect[];
  readonly timers: Map<string, number>;
};

/** Two hosts, `a` and `b`; whichever connects reaches the other. */
export class World {
  nowMs = 0;
  /** How much of what is written gets through at once; the rest follows. */
  cut = (bytes: Uint8Array): readonly Uint8Array[] => [bytes];
  isStalled = false;
  isListening = true;
  readonly a: Side;
  readonly b: Side;

  constructor(more?: Partial<MsrpHostOptions>) {
    this.a = newSide('a', more);
    this.b = newSide('b', more);
  }

  /** Runs until nothing happens any more. */
  settle(): void {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const isMoving = [this.#step(this.a, this.b), this.#step(this.b, this.a)].includes(true);
      if (!isMoving) return;
    }
    throw new Error('the hosts do not come to rest');
  }

  /** Lets time pass; timers fire in it. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      this.settle();
      const next = this.#nextTimer(untilMs);
      if (next === undefined) break;
      this.nowMs = next.atMs;
      next.side.timers.delete(next.timer);
      next.side.host.timer(this.nowMs, next.timer);
    }
    this.nowMs = untilMs;
  }

  #nextTimer(untilMs: number): { side: Side; timer: string; atMs: number } | undefined {
    const all = [this.a, this.b].flatMap((side) =>
      Array.from(side.timers, ([timer, atMs]) => ({ side, timer, atMs })),
    );
    return all.filter(({ atMs }) => atMs <= untilMs).sort((x, y) => x.atMs - y.atMs)[0];
  }

  #step(side: Side, other: Side): boolean {
    const effects = side.host.drain();
    side.effects.push(...effects);
    for (const effect of effects) this.#carryOut(effect, side, other);
    const isFlushed = !this.isStalled && this.flush(side, other);
    return effects.length > 0 || isFlushed;
  }

  /** Gives the other side what has been written. */
  flush(side: Side, other: Side): boolean {
    let isFlushed = false;
    for (const [connection, parts] of side.pending) {
      const bytes = new Uint8Array(Buffer.concat(parts));
      side.pending.delete(connection);
      for (const piece of this.cut(bytes))
        other.host.received(this.nowMs, connection, piece.slice());
      side.host.backlog(this.nowMs, connection, 0);
      isFlushed = true;
    }
    return isFlushed;
  }

  #carryOut(effect: MsrpEffect, side: Side, other: Side): void {
    switch (effect.kind) {
      case 'connect':
        if (!this.isListening) {
          side.host.connectFailed(this.nowMs, effect.connection);
          return;
        }
        other.host.accepted(this.nowMs, effect.connection);
        side.host.connected(this.nowMs, effect.connection);
        return;
      case 'write': {
        const pending = [...(side.pending.get(effect.connection) ?? []), ...effect.parts];
        side.pending.set(effect.connection, pending);
        const backlog = pending.reduce((sum, part) => sum + part.length, 0);
        if (this.isStalled) side.host.backlog(this.nowMs, effect.connection, backlog);
        return;
      }
      case 'close':
        this.flush(side, other);
        other.host.closed(this.nowMs, effect.connection);
        return;
      case 'set-timer':
        side.timers.set(effect.timer, this.nowMs + effect.delayMs);
        return;
      case 'clear-timer':
        side.timers.delete(effect.timer);
        return;
      case 'msrp-event':
        side.events.push(effect.event);
    }
  }
}

function newSide(name: string, more?: Partial<MsrpHostOptions>): Side {
  return {
    name,
    host: newHost(`${name}.example.com`, more),
    events: [],
    pending: new Map(),
    effects: [],
    timers: new Map(),
  };
}

/** A world with one session between `a`, which is active, and `b`. */
export function pairOfHosts(more?: Partial<MsrpHostOptions>): {
  world: World;
  a: string;
  b: string;
} {
  const world = new World(more);
  const a = world.a.host.open();
  const b = world.b.host.open();
  world.b.host.start(0, b, { path: [world.a.host.path(a)], isActive: false });
  world.a.host.start(0, a, { path: [world.b.host.path(b)], isActive: true });
  world.settle();
  return { world, a, b };
}
