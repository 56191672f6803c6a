/**
 * MSRP connections of the virtual network: bytes arrive in order, a paused end is told nothing until it goes on, and a writer whose peer
 * does not keep up is told so. A connection ends by its ends, by the death of a process, or by a cut; with a host that is offline it goes
 * silent, which nobody is told.
 */
import type { MsrpIo } from '../../../edge/runtime/msrp-carrier.ts';
import { type Ground, latencyMs, type Station } from './station.ts';

type End = {
  readonly station: Station;
  readonly name: string;
  /** Names the way to this end. */
  readonly way: string;
  far: End | undefined;
  readonly news: (() => void)[];
  waitingBytes: number;
  isPaused: boolean;
  isOver: boolean;
  /** Its writer holds back. */
  isFull: boolean;
};

const backlogBytes = 65_536;

export class Streams {
  readonly #network: Ground;
  readonly #ends = new Map<Station, Map<string, End>>();
  #count = 0;

  constructor(network: Ground) {
    this.#network = network;
  }

  /** Connections of a host. */
  open(host: string): number {
    let count = 0;
    for (const end of this.#all()) if (end.station.host === host) count++;
    return count;
  }

  /** Carries out what an MSRP host wants. */
  execute(station: Station, effect: MsrpIo): void {
    if (effect.kind === 'connect') {
      this.#connect(station, effect.connection, effect.host);
      return;
    }
    const end = this.#ends.get(station)?.get(effect.connection);
    if (end === undefined) return;
    if (effect.kind === 'write') this.#write(end, new Uint8Array(Buffer.concat(effect.parts)));
    else if (effect.kind === 'close') this.#close(end);
    else {
      end.isPaused = effect.kind === 'pause';
      if (!end.isPaused) this.#after(end, () => this.#tell(end));
    }
  }

  /** Breaks the connections of a host; both ends notice at once, and the other ones may know by whom. */
  cut(host: string, loss?: 'way-ended'): void {
    for (const end of this.#all()) {
      if (end.station.host !== host) continue;
      const { far } = end;
      this.#end(end);
      if (far !== undefined) this.#end(far, loss);
    }
  }

  /** A process is gone: its peers see their connections end, unless its host is offline. */
  died(station: Station): void {
    const isHeard = this.#network.isReachable(station.host);
    for (const { far } of this.#ends.get(station)?.values() ?? []) {
      if (far !== undefined && isHeard) this.#after(far, () => this.#end(far));
    }
    this.#ends.delete(station);
  }

  #connect(station: Station, name: string, host: string): void {
    const network = this.#network;
    network.clock.after(station.life, latencyMs, () => {
      if (!network.isReachable(host) || !network.isReachable(station.host)) return;
      const peer = network.at(host);
      if (peer === undefined) {
        station.msrp.connectFailed(name);
        return;
      }
      this.#count++;
      const far = this.#add(peer, `in/${this.#count}`);
      const end = this.#add(station, name);
      end.far = far;
      far.far = end;
      peer.msrp.accepted(far.name);
      station.msrp.connected(name);
    });
  }

  #add(station: Station, name: string): End {
    const end: End = {
      station,
      name,
      way: `${this.#count} ${station.host}`,
      far: undefined,
      news: [],
      waitingBytes: 0,
      isPaused: false,
      isOver: false,
      isFull: false,
    };
    const ends = this.#ends.get(station) ?? new Map<string, End>();
    this.#ends.set(station, ends.set(name, end));
    return end;
  }

  #write(end: End, bytes: Uint8Array): void {
    const { far } = end;
    if (far === undefined) return;
    const ends = { from: end.station.host, to: far.station.host };
    for (const watcher of this.#network.watchers) watcher.msrp(far.way, ends, bytes);
    far.waitingBytes += bytes.length;
    if (far.waitingBytes > backlogBytes && !far.isFull) {
      far.isFull = true;
      this.#after(end, () => end.station.msrp.backlog(end.name, far.waitingBytes));
    }
    this.#news(far, () => {
      far.waitingBytes -= bytes.length;
      far.station.msrp.received(far.name, bytes);
      if (!far.isFull || far.waitingBytes > backlogBytes / 2) return;
      far.isFull = false;
      this.#after(end, () => end.station.msrp.backlog(end.name, 0));
    });
  }

  #close(end: End): void {
    const { far } = end;
    this.#forget(end);
    this.#after(end, () => end.station.msrp.closed(end.name));
    if (far !== undefined) this.#news(far, () => this.#end(far));
  }

  #news(end: End, news: () => void): void {
    const network = this.#network;
    network.clock.after(end.station.life, latencyMs, () => {
      const isSilent =
        !network.isReachable(end.station.host) ||
        (end.far !== undefined && !network.isReachable(end.far.station.host));
      if (isSilent || end.isOver) return;
      end.news.push(news);
      this.#tell(end);
    });
  }

  #tell(end: End): void {
    while (!end.isPaused && !end.isOver) {
      const next = end.news.shift();
      if (next === undefined) return;
      next();
    }
  }

  #end(end: End, loss?: 'way-ended'): void {
    if (end.isOver) return;
    this.#forget(end);
    end.station.msrp.closed(end.name, loss);
  }

  #forget(end: End): void {
    end.isOver = true;
    this.#ends.get(end.station)?.delete(end.name);
  }

  #after(end: End, run: () => void): void {
    this.#network.clock.after(end.station.life, latencyMs, run);
  }

  #all(): readonly End[] {
    return [...this.#ends.values()].flatMap((ends) => [...ends.values()]);
  }
}
