/**
 * The network: SIP as datagrams, which get lost, doubled, late and out of order, and as streams, which don't; MSRP as streams that can
 * be cut. A host is a name; whoever joins last under a name has it. A host that is offline hears and is heard by nobody.
 */
import type { Flow, Target } from '../../edge/sip/effect.ts';
import type { Process } from './clock.ts';
import type { Simulation } from './simulation.ts';
import { Streams } from './streams.ts';

export type Station = {
  readonly host: string;
  readonly process: Process;
  readonly sip: (bytes: Uint8Array, flow: Flow) => void;
  readonly accepted: (connection: string) => void;
  readonly connected: (connection: string) => void;
  readonly connectFailed: (connection: string) => void;
  readonly closed: (connection: string) => void;
  readonly received: (connection: string, bytes: Uint8Array) => void;
};

export class Network {
  readonly streams: Streams;
  readonly #simulation: Simulation;
  readonly #stations = new Map<string, Station>();
  readonly #offline = new Set<string>();
  /** When the last SIP message of a stream arrives, by its ends. */
  readonly #streamMs = new Map<string, number>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.streams = new Streams(simulation, this);
  }

  join(station: Station): void {
    this.#stations.set(station.host, station);
  }

  /** The living process at a host. */
  at(host: string): Station | undefined {
    const station = this.#stations.get(host);
    return station === undefined || station.process.isDead ? undefined : station;
  }

  isOnline(host: string): boolean {
    return !this.#offline.has(host);
  }

  /** Takes a host off the network; its connections break, which both ends notice at some time. */
  disconnect(host: string): void {
    this.#offline.add(host);
    this.streams.cut(host, 60_000);
  }

  reconnect(host: string): void {
    this.#offline.delete(host);
  }

  delay(): number {
    const { random, rates } = this.#simulation;
    return random.chance(rates.late)
      ? random.spread(100, 20_000)
      : random.between(1, rates.delayMs);
  }

  sendSip(from: Station, bytes: Uint8Array, to: { target: Target; onFailed: () => void }): void {
    const { target, onFailed } = to;
    if (target.transport === 'udp') this.#datagram(from, bytes, target);
    else this.#message(from, bytes, target, onFailed);
  }

  #datagram(from: Station, bytes: Uint8Array, target: Target): void {
    const { random, rates } = this.#simulation;
    const copies = random.chance(rates.doubling) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (random.chance(rates.loss) || !this.isOnline(from.host)) continue;
      this.#deliver(from.host, bytes, { target, delayMs: this.delay() });
    }
  }

  /** Over a connection: in order, and a host where nobody listens is noticed. */
  #message(from: Station, bytes: Uint8Array, target: Target, onFailed: () => void): void {
    const simulation = this.#simulation;
    const isReachable = this.isOnline(from.host) && this.isOnline(target.host);
    if (!isReachable || this.at(target.host) === undefined) {
      const delayMs = isReachable ? this.delay() : simulation.random.between(1000, 8000);
      simulation.after(from.process, delayMs, onFailed);
      return;
    }
    const way = `${from.host} ${target.host}`;
    const dueMs = simulation.nowMs + simulation.random.between(1, simulation.rates.delayMs);
    const atMs = Math.max(this.#streamMs.get(way) ?? 0, dueMs);
    this.#streamMs.set(way, atMs);
    this.#deliver(from.host, bytes, { target, delayMs: atMs - simulation.nowMs });
  }

  #deliver(
    host: string,
    bytes: Uint8Array,
    way: { readonly target: Target; readonly delayMs: number },
  ): void {
    const { transport, host: to } = way.target;
    const flow: Flow = { id: `${transport}:${host}:5060`, transport, host, port: 5060 };
    this.#simulation.after(this.#simulation.world, way.delayMs, () => {
      if (!this.isOnline(to) || !this.isOnline(host)) return;
      this.#simulation.trace(() => `sip from ${host} to ${to}: ${toldOf(bytes)}`);
      this.at(to)?.sip(bytes, flow);
    });
  }
}

/** A SIP message in a line: its first one, and whose dialog it is of. */
function toldOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const line = (pattern: RegExp): string => pattern.exec(text)?.[0] ?? '';
  return [/^.*/, /^CSeq:.*/im, /^Call-ID:.*/im].map(line).join(', ');
}
