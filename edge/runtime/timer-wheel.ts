/**
 * All timers of the machines behind one timer of the platform. Named timers stand in a binary heap by their time; each knows its
 * place in it, so that clearing one costs as little as setting one and leaves nothing behind. What a timer means is its owner's.
 */
import { nowMs } from './clock.ts';
import { timerMsMax } from './limit.ts';

type Entry = { readonly name: string; atMs: number; callback: () => void; place: number };

export class TimerWheel {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #heap: Entry[] = [];
  #armed: NodeJS.Timeout | undefined;
  #armedMs = Number.POSITIVE_INFINITY;

  constructor(now: () => number = nowMs) {
    this.#now = now;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Calls back once at a time of `nowMs`; a timer that already has the name is replaced. */
  set(name: string, atMs: number, callback: () => void): void {
    const known = this.#entries.get(name);
    if (known === undefined) {
      const entry: Entry = { name, atMs, callback, place: this.#heap.length };
      this.#entries.set(name, entry);
      this.#heap.push(entry);
      this.#rise(entry);
    } else {
      known.atMs = atMs;
      known.callback = callback;
      this.#rise(known);
      this.#sink(known);
    }
    this.#arm();
  }

  /** Calls back again and again, with the time. */
  every(name: string, periodMs: number, callback: (nowMs: number) => void): void {
    this.set(name, this.#now() + periodMs, () => {
      this.every(name, periodMs, callback);
      callback(this.#now());
    });
  }

  /** Forgets a timer; an unknown name is none. */
  clear(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#remove(entry);
  }

  /** Forgets all timers. */
  close(): void {
    clearTimeout(this.#armed);
    this.#armed = undefined;
    this.#armedMs = Number.POSITIVE_INFINITY;
    this.#entries.clear();
    this.#heap.length = 0;
  }

  /** Arms the platform's timer only when the earliest time has come closer; one that fires too early just arms again. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.atMs >= this.#armedMs) return;
    clearTimeout(this.#armed);
    this.#armedMs = first.atMs;
    const delayMs = Math.min(Math.max(Math.ceil(first.atMs - this.#now()), 0), timerMsMax);
    this.#armed = setTimeout(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#armedMs = Number.POSITIVE_INFINITY;
    const now = this.#now();
    // What callbacks set anew waits for the next round, so that they can't keep the loop to themselves.
    let left = this.#heap.length;
    try {
      let first = this.#heap[0];
      while (left > 0 && first !== undefined && first.atMs <= now) {
        left--;
        this.#remove(first);
        first.callback();
        first = this.#heap[0];
      }
    } finally {
      this.#arm();
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.name);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, entry.place);
    this.#rise(last);
    this.#sink(last);
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    entry.place = place;
  }

  #rise(entry: Entry): void {
    while (entry.place > 0) {
      const place = (entry.place - 1) >> 1;
      const above = this.#heap[place];
      if (above === undefined || above.atMs <= entry.atMs) return;
      this.#put(above, entry.place);
      this.#put(entry, place);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const least =
        right !== undefined && left !== undefined && right.atMs < left.atMs ? right : left;
      if (least === undefined || least.atMs >= entry.atMs) return;
      const place = least.place;
      this.#put(least, entry.place);
      this.#put(entry, place);
    }
  }
}
