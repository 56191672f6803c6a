/**
 * Connections of the simulated network: each way keeps its order. A connection breaks when it is cut or a process at an end of it
 * dies; what was under way is lost then, and each living end hears of it in its own time.
 */
import type { Network, Station } from './network.ts';
import type { Simulation } from './simulation.ts';

type End = {
  readonly station: Station;
  readonly name: string;
  readonly link: Link;
  /** When the last bytes to this end arrive. */
  lastMs: number;
  isPaused: boolean;
  readonly waiting: (() => void)[];
  isClosed: boolean;
};

type Link = { readonly ends: End[]; isBroken: boolean };

export class Streams {
  readonly #simulation: Simulation;
  readonly #network: Network;
  readonly #ends = new Map<string, End>();
  #count = 0;

  constructor(simulation: Simulation, network: Network) {
    this.#simulation = simulation;
    this.#network = network;
  }

  /** Connections that are open at both ends. */
  get size(): number {
    return this.#ends.size / 2;
  }

  connect(station: Station, name: string, host: string): void {
    const simulation = this.#simulation;
    const network = this.#network;
    simulation.after(station.process, network.delay(), () => {
      const peer = network.at(host);
      const isReachable = network.isOnline(host) && network.isOnline(station.host);
      if (peer === undefined || !isReachable) {
        const delayMs = isReachable ? 1 : simulation.random.between(1000, 8000);
        simulation.after(station.process, delayMs, () => station.connectFailed(name));
        return;
      }
      this.#open(station, name, peer);
    });
  }

  #open(station: Station, name: string, peer: Station): void {
    const link: Link = { ends: [], isBroken: false };
    const far = `in/${++this.#count}`;
    for (const [owner, own] of [
      [station, name],
      [peer, far],
    ] as const) {
      const end: End = {
        station: owner,
        name: own,
        link,
        lastMs: 0,
        isPaused: false,
        waiting: [],
        isClosed: false,
      };
      link.ends.push(end);
      this.#ends.set(key(owner, own), end);
    }
    peer.accepted(far);
    station.connected(name);
  }

  write(station: Station, name: string, parts: readonly Uint8Array[]): void {
    const far = this.#farOf(station, name);
    if (far === undefined || far.link.isBroken) return;
    const bytes = new Uint8Array(Buffer.concat(parts));
    this.#towards(far, () => far.station.received(far.name, bytes));
  }

  close(station: Station, name: string): void {
    const end = this.#ends.get(key(station, name));
    if (end === undefined) return;
    const far = otherOf(end);
    end.isClosed = true;
    this.#ends.delete(key(station, name));
    if (far !== undefined && !far.link.isBroken) this.#towards(far, () => this.#ended(far));
  }

  pause(station: Station, name: string): void {
    const end = this.#ends.get(key(station, name));
    if (end !== undefined) end.isPaused = true;
  }

  resume(station: Station, name: string): void {
    const end = this.#ends.get(key(station, name));
    if (end === undefined || !end.isPaused) return;
    this.#simulation.after(station.process, 0, () => {
      end.isPaused = false;
      while (end.waiting.length > 0 && !end.isPaused && !end.isClosed) end.waiting.shift()?.();
    });
  }

  /** Breaks the connections of a host; each end hears of it within a time. */
  cut(host: string, noticedMs: number): void {
    for (const end of [...this.#ends.values()]) {
      if (end.station.host === host && !end.link.isBroken) this.#break(end.link, noticedMs);
    }
  }

  /** A process is gone: its system resets its connections, or nobody does and the other ends find out by silence. */
  died(station: Station, isNoticed: boolean): void {
    for (const end of [...this.#ends.values()]) {
      if (end.station !== station) continue;
      this.#ends.delete(key(station, end.name));
      end.isClosed = true;
      const far = otherOf(end);
      if (end.link.isBroken) continue;
      end.link.isBroken = true;
      if (far === undefined || far.isClosed) continue;
      const { random } = this.#simulation;
      const delayMs = isNoticed ? random.spread(1, 2000) : random.spread(10_000, 600_000);
      this.#simulation.after(far.station.process, delayMs, () => this.#ended(far));
    }
  }

  /** Whoever has still to find out that a connection is broken finds out within a time. */
  settle(withinMs: number): void {
    for (const end of [...this.#ends.values()]) {
      if (end.link.isBroken) this.#noticed(end, withinMs);
    }
  }

  #break(link: Link, noticedMs: number): void {
    link.isBroken = true;
    for (const end of link.ends) this.#noticed(end, noticedMs);
  }

  #noticed(end: End, withinMs: number): void {
    const delayMs = this.#simulation.random.spread(1, withinMs);
    this.#simulation.after(end.station.process, delayMs, () => this.#ended(end));
  }

  #ended(end: End): void {
    if (end.isClosed) return;
    end.isClosed = true;
    this.#ends.delete(key(end.station, end.name));
    end.station.closed(end.name);
  }

  /** Runs something at an end when all that was sent to it before has arrived. */
  #towards(end: End, run: () => void): void {
    const simulation = this.#simulation;
    const dueMs = simulation.nowMs + simulation.random.between(1, simulation.rates.delayMs);
    end.lastMs = Math.max(end.lastMs, dueMs);
    simulation.after(end.station.process, end.lastMs - simulation.nowMs, () => {
      if (end.link.isBroken || end.isClosed) return;
      if (end.isPaused || end.waiting.length > 0) end.waiting.push(run);
      else run();
    });
  }

  #farOf(station: Station, name: string): End | undefined {
    const end = this.#ends.get(key(station, name));
    return end === undefined ? undefined : otherOf(end);
  }
}

function key(station: Station, name: string): string {
  return `${station.process.name} ${name}`;
}

function otherOf(end: End): End | undefined {
  return end.link.ends.find((one) => one !== end);
}
