/**
 * MSRP between functions of this process: connections whose bytes are handed over a turn of the event loop later, in order, with the
 * same back-pressure as sockets have. A connection is two ends; each end holds what its function has not taken yet.
 */
import { concatBytes } from '../bytes/search.ts';
import { localBacklogBytes } from './limit.ts';
import type { LocalAddress } from './local-sip-transport.ts';
import type { MsrpCarrier, MsrpInput, MsrpIo } from './msrp-carrier.ts';

type Write = Extract<MsrpIo, { readonly kind: 'write' }>;

type End = {
  readonly name: string;
  readonly side: Side;
  other: End | undefined;
  /** What this end is to be told, in order, unless it is paused. */
  readonly news: (() => void)[];
  /** Bytes among the news. */
  waitingBytes: number;
  isPaused: boolean;
  isOver: boolean;
  /** The writer has been told to hold back. */
  isHeldBack: boolean;
};

type Side = { readonly input: MsrpInput; readonly ends: Map<string, End> };

export class LocalMsrpTransport {
  readonly #sides = new Map<string, Side>();
  readonly #backlogBytes: number;
  #ready = new Set<End>();
  /** What is told to paused ends too: a writer that waits for room may be paused as a reader. */
  #errands: (() => void)[] = [];
  #isScheduled = false;
  #names = 0;

  constructor(backlogBytes: number = localBacklogBytes) {
    this.#backlogBytes = backlogBytes;
  }

  /** Joins a function under the address that its MSRP URIs name. */
  join(address: LocalAddress, input: MsrpInput): MsrpCarrier {
    const key = keyOf(address.host, address.port);
    if (this.#sides.has(key)) throw new Error(`Two functions have the local address ${key}.`);
    const side: Side = { input, ends: new Map() };
    this.#sides.set(key, side);
    return {
      execute: (effect) => this.#execute(side, effect),
      owns: (connection) => side.ends.has(connection),
      reaches: (host, port) => this.#sides.has(keyOf(host, port)),
      close: async () => {
        this.#sides.delete(key);
        for (const end of side.ends.values()) this.#close(end);
      },
    };
  }

  #execute(side: Side, effect: MsrpIo): void {
    if (effect.kind === 'connect') {
      this.#connect(side, effect.connection, keyOf(effect.host, effect.port));
      return;
    }
    const end = side.ends.get(effect.connection);
    if (end === undefined || end.isOver) return;
    if (effect.kind === 'write') this.#write(end, effect);
    else if (effect.kind === 'close') this.#close(end);
    else {
      end.isPaused = effect.kind === 'pause';
      if (!end.isPaused) this.#schedule(end);
    }
  }

  #connect(side: Side, name: string, address: string): void {
    const end = newEnd(name, side);
    const there = this.#sides.get(address);
    if (there === undefined) {
      this.#tell(end, () => side.input.connectFailed(name));
      return;
    }
    this.#names++;
    const other = newEnd(`local:${this.#names}`, there);
    end.other = other;
    other.other = end;
    side.ends.set(end.name, end);
    there.ends.set(other.name, other);
    this.#tell(other, () => there.input.accepted(other.name));
    this.#tell(end, () => side.input.connected(end.name));
  }

  #write(from: End, { parts, bytes }: Write): void {
    const to = from.other;
    if (to === undefined) return;
    // One piece, as from a socket: the reader need not look for frames across parts.
    const whole = concatBytes(parts);
    to.waitingBytes += bytes;
    this.#tell(to, () => {
      to.waitingBytes -= bytes;
      if (!to.isOver) to.side.input.received(to.name, whole);
    });
    if (to.waitingBytes > this.#backlogBytes && !to.isHeldBack) {
      to.isHeldBack = true;
      this.#tellBacklog(from, () => to.waitingBytes);
    }
  }

  /** The other side still gets what was written before; this one hears nothing more but the end. */
  #close(end: End): void {
    if (end.isOver) return;
    end.isOver = true;
    end.isPaused = false;
    end.news.length = 0;
    this.#tell(end, () => this.#forget(end));
    const other = end.other;
    if (other !== undefined && !other.isOver) this.#tell(other, () => this.#forget(other));
  }

  #forget(end: End): void {
    end.isOver = true;
    if (end.side.ends.delete(end.name)) end.side.input.closed(end.name);
  }

  #tell(end: End, news: () => void): void {
    end.news.push(news);
    this.#schedule(end);
  }

  #tellBacklog(writer: End, bytes: () => number): void {
    this.#errands.push(() => {
      if (!writer.isOver) writer.side.input.backlog(writer.name, bytes());
    });
    this.#schedule(writer);
  }

  #schedule(end: End): void {
    this.#ready.add(end);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    const ready = this.#ready;
    const errands = this.#errands;
    this.#ready = new Set();
    this.#errands = [];
    this.#isScheduled = false;
    for (const errand of errands) errand();
    for (const end of ready) this.#runEnd(end);
  }

  /** What is written meanwhile waits for the next turn, so that two busy functions don't keep the process to themselves. */
  #runEnd(end: End): void {
    let left = end.news.length;
    while (left > 0 && !end.isPaused) {
      left--;
      end.news.shift()?.();
    }
    const { other } = end;
    if (end.isHeldBack && other !== undefined && end.waitingBytes <= this.#backlogBytes / 2) {
      end.isHeldBack = false;
      this.#tellBacklog(other, () => 0);
    }
  }
}

function newEnd(name: string, side: Side): End {
  return {
    name,
    side,
    other: undefined,
    news: [],
    waitingBytes: 0,
    isPaused: false,
    isOver: false,
    isHeldBack: false,
  };
}

function keyOf(host: string, port: number): string {
  return `${host}:${port}`;
}
