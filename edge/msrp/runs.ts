/**
 * The octets of a message as they come in, possibly out of order and with holes: a list of runs, in order, that don't touch. What comes
 * later is written over what came before (RFC 4975 7.3.1). Memory follows what has come, not what a sender claims.
 */
import { runBytesMin } from './limit.ts';

type Run = { readonly start: number; bytes: Uint8Array; length: number };

export class Runs {
  readonly #runs: Run[] = [];

  /** Bytes of all buffers. */
  get allocated(): number {
    let sum = 0;
    for (const run of this.#runs) sum += run.bytes.length;
    return sum;
  }

  get count(): number {
    return this.#runs.length;
  }

  /** Behind the last octet that is there. */
  get end(): number {
    const last = this.#runs.at(-1);
    return last === undefined ? 0 : last.start + last.length;
  }

  /** Writes octets at a place, counted from 0. `likelyEnd` bounds the room that is kept free behind them. */
  write(at: number, octets: Uint8Array, likelyEnd: number): void {
    if (octets.length === 0) return;
    let index = this.#runs.findIndex((run) => run.start + run.length >= at);
    if (index < 0) index = this.#runs.length;
    let run = this.#runs[index];
    if (run === undefined || run.start > at) {
      run = { start: at, bytes: new Uint8Array(0), length: 0 };
      this.#runs.splice(index, 0, run);
    }
    writeInto(run, at - run.start, octets, likelyEnd - run.start);
    this.#join(run, index + 1, likelyEnd);
  }

  /** Whether all octets before `end` are there. */
  isWhole(end: number): boolean {
    const first = this.#runs[0];
    return end === 0 || (first !== undefined && first.start === 0 && first.length >= end);
  }

  /** The octets before `end`, which must all be there. */
  whole(end: number): Uint8Array {
    const first = this.#runs[0];
    return first === undefined ? new Uint8Array(0) : first.bytes.subarray(0, end);
  }

  /** Takes in the runs that the written one now touches. */
  #join(run: Run, from: number, likelyEnd: number): void {
    let next = this.#runs[from];
    while (next !== undefined && next.start <= run.start + run.length) {
      const covered = run.start + run.length - next.start;
      const rest = next.bytes.subarray(Math.min(covered, next.length), next.length);
      writeInto(run, run.length, rest, likelyEnd - run.start);
      this.#runs.splice(from, 1);
      next = this.#runs[from];
    }
  }
}

function writeInto(run: Run, at: number, octets: Uint8Array, likelyLength: number): void {
  const length = Math.max(run.length, at + octets.length);
  if (length > run.bytes.length) {
    const doubled = Math.max(runBytesMin, 2 * run.bytes.length);
    const bytes = new Uint8Array(Math.max(length, Math.min(doubled, likelyLength)));
    bytes.set(run.bytes.subarray(0, run.length), 0);
    run.bytes = bytes;
  }
  run.bytes.set(octets, at);
  run.length = length;
}
