/**
 * The network of a virtual world: hosts by name, SIP between them message by message, MSRP as streams. What becomes of a SIP message is
 * asked of `fate`, so that a caller can lose, double, delay or reorder by a seed or by hand; a host may be offline, dead, or replaced by
 * another process of the same name. Whoever watches is told of everything that is sent, lost or not.
 */
import type { Flow, Target } from '../../../edge/sip/effect.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';
import type { Clock } from './clock.ts';
import { type Carried, type Ground, latencyMs, type Station, type Watcher } from './station.ts';
import { Streams } from './streams.ts';

export class Network implements Ground {
  readonly clock: Clock;
  readonly streams: Streams;
  readonly watchers: Watcher[] = [];
  /** Hosts that hear nothing and are not heard; nobody is told. */
  readonly offline = new Set<string>();
  /** Delays of the copies of a SIP message that arrive; none if it is lost. */
  fate: (carried: Carried) => readonly number[] = () => [latencyMs];
  readonly #stations = new Map<string, Station>();

  constructor(clock: Clock) {
    this.clock = clock;
    this.streams = new Streams(this);
  }

  /** Who joins last under a name is reached by it. */
  join(station: Station): void {
    this.#stations.set(station.host, station);
  }

  /** The living process at a host. */
  at(host: string): Station | undefined {
    const station = this.#stations.get(host);
    return station === undefined || station.life.isOver ? undefined : station;
  }

  isReachable(host: string): boolean {
    return !this.offline.has(host);
  }

  /** The process at a host ends here and now; its system closes its connections. */
  kill(host: string): void {
    const station = this.#stations.get(host);
    if (station === undefined) return;
    station.life.isOver = true;
    this.streams.died(station);
  }

  sendSip(from: Station, bytes: Uint8Array, target: Target, onFailed: () => void): void {
    const parsed = parseMessage(bytes);
    if (parsed.kind !== 'message') throw new Error(`${from.host} sends no SIP: ${parsed.reason}`);
    const carried = { from: from.host, to: target.host, message: parsed.message };
    for (const watcher of this.watchers) watcher.sip(carried);
    const isStream = target.transport !== 'udp';
    if (isStream && this.at(target.host) === undefined) {
      this.clock.after(from.life, latencyMs, onFailed);
      return;
    }
    const { transport } = target;
    const flow: Flow = {
      id: `${transport}:${from.host}:5060`,
      transport,
      host: from.host,
      port: 5060,
    };
    for (const delayMs of this.fate(carried)) {
      this.clock.after({ isOver: false }, delayMs, () => {
        const isHeard = this.isReachable(from.host) && this.isReachable(target.host);
        if (isHeard) this.at(target.host)?.sip(parsed.message, flow);
      });
    }
  }
}
