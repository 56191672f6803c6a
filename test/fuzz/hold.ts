/** What the readers of inputs share: promises that fail loudly, and streams cut at random. */
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../simulation/random.ts';

/** A promise of a parser that has to hold for every input. */
export function hold(isKept: boolean, promise: string): void {
  if (!isKept) throw new Error(`broken: ${promise}`);
}

/** The same for two values that have to be equal. */
export function holdSame(left: unknown, right: unknown, promise: string): void {
  if (isDeepStrictEqual(left, right)) return;
  throw new Error(`broken: ${promise}\n${shown(left)}\n${shown(right)}`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 500);
}

/**
 * Whether what was read of an input is short enough to be read again when it was printed. That may take more bytes, as blanks are added and
 * characters are escaped, and every reader has its bound.
 */
export function isPrintable(input: Uint8Array): boolean {
  return input.length <= printableBytesMax;
}

const printableBytesMax = 2048;

/** The bytes as a connection would deliver them: in pieces of many sizes. Each piece is a buffer of its own. */
export function* pieces(bytes: Uint8Array, random: Random): Generator<Uint8Array> {
  // One byte at a time would cost most of the run's time on the few long inputs.
  const least = Math.max(1, bytes.length / 4096);
  for (let at = 0; at < bytes.length; ) {
    const length = Math.ceil(random.spread(least, Math.max(bytes.length, 2)));
    yield bytes.slice(at, at + length);
    at += length;
  }
}
