/** Valid messages changed at random, from a seed: what a broken, hostile or merely strange peer would send. */
import { concatBytes } from '../../edge/bytes/search.ts';
import { utf8Encode } from '../../edge/bytes/text.ts';
import type { Random } from '../simulation/random.ts';

/** What inputs are made of: valid messages, and words of their grammar. */
export type Vocabulary = {
  readonly samples: readonly Uint8Array[];
  readonly words: readonly string[];
  /** No input gets longer; without it, as long as a datagram may be. */
  readonly inputBytesMax?: number;
};

type Mutation = (bytes: Uint8Array, random: Random, vocabulary: Vocabulary) => Uint8Array;

const datagramBytesMax = 64 * 1024;
/** Changes of one input. */
const changesMax = 4;
/** One in so many inputs has a slice repeated until it is about as long as it may be. */
const longOnesIn = 200;

const numbers = [
  ...['0', '-1', '00000000001', '1e9', '0x10', '1.5', '255', '256', '65535', '65536', '70000'],
  ...['2147483647', '2147483648', '4294967295', '4294967296', '9007199254740993', ''],
  ...['99999999999999999999', '9'.repeat(400), '٣', '１'],
];

/** A sample with one change or a few. */
export function mutated(random: Random, vocabulary: Vocabulary): Uint8Array {
  const bytesMax = vocabulary.inputBytesMax ?? datagramBytesMax;
  let bytes = random.pick(vocabulary.samples);
  for (let left = random.spread(1, changesMax); left > 0; left--) {
    bytes = random.pick(mutations)(bytes, random, vocabulary);
  }
  if (random.below(longOnesIn) === 0) bytes = repeatSlice(bytes, random, bytesMax);
  return bytes.slice(0, bytesMax);
}

const mutations: readonly Mutation[] = [
  flipBits,
  setBytes,
  cutEnd,
  cutSlice,
  doubleSlice,
  swapSlices,
  insertWords,
  insertWords,
  changeNumber,
  changeNumber,
  splice,
];

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let left = random.spread(1, 16); left > 0; left--) {
    const at = random.below(Math.max(changed.length, 1));
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  }
  return changed;
}

function setBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const length = random.spread(1, 8);
  const start = random.below(changed.length + 1);
  const value = random.below(256);
  return changed.fill(value, start, start + length);
}

function cutEnd(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function cutSlice(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, end] = sliceOf(bytes, random);
  return concatBytes([bytes.subarray(0, start), bytes.subarray(end)]);
}

function doubleSlice(bytes: Uint8Array, random: Random): Uint8Array {
  const [start, end] = sliceOf(bytes, random);
  const to = random.chance(0.5) ? end : random.below(bytes.length + 1);
  return inserted(bytes, to, bytes.subarray(start, end));
}

function swapSlices(bytes: Uint8Array, random: Random): Uint8Array {
  const [a, b, c, d] = [1, 2, 3, 4]
    .map(() => random.below(bytes.length + 1))
    .sort((left, right) => left - right);
  return concatBytes([
    bytes.subarray(0, a),
    bytes.subarray(c, d),
    bytes.subarray(b, c),
    bytes.subarray(a, b),
    bytes.subarray(d),
  ]);
}

function insertWords(bytes: Uint8Array, random: Random, { words }: Vocabulary): Uint8Array {
  const count = random.spread(1, 6);
  const text = Array.from({ length: count }, () => random.pick(words)).join('');
  return inserted(bytes, random.below(bytes.length + 1), utf8Encode(text));
}

/** Another number in the place of the next digits. */
function changeNumber(bytes: Uint8Array, random: Random): Uint8Array {
  let start = random.below(bytes.length + 1);
  while (start < bytes.length && !isDigit(bytes[start])) start++;
  let end = start;
  while (isDigit(bytes[end])) end++;
  const number = utf8Encode(random.pick(numbers));
  return concatBytes([bytes.subarray(0, start), number, bytes.subarray(end)]);
}

/** The beginning of this one and the end of another one. */
function splice(bytes: Uint8Array, random: Random, { samples }: Vocabulary): Uint8Array {
  const other = random.pick(samples);
  const end = random.below(bytes.length + 1);
  return concatBytes([bytes.subarray(0, end), other.subarray(random.below(other.length + 1))]);
}

/** A slice many times; in half of the inputs with a number within it, so that all copies differ. */
function repeatSlice(bytes: Uint8Array, random: Random, bytesMax: number): Uint8Array {
  const [start, end] = sliceOf(bytes, random);
  const slice = bytes.subarray(start, Math.min(end, start + random.spread(1, 64)));
  const times = Math.floor(random.spread(1024, bytesMax) / Math.max(slice.length, 1));
  const copies = Array.from({ length: times }, () => slice);
  const at = random.below(slice.length + 1);
  const numbered = (copy: Uint8Array, index: number): Uint8Array =>
    inserted(copy, at, utf8Encode(index.toString(36)));
  return inserted(bytes, end, concatBytes(random.chance(0.5) ? copies.map(numbered) : copies));
}

function inserted(bytes: Uint8Array, at: number, added: Uint8Array): Uint8Array {
  return concatBytes([bytes.subarray(0, at), added, bytes.subarray(at)]);
}

/** Short slices and long ones; half of them are whole lines, since most grammars are made of lines. */
function sliceOf(bytes: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length + 1);
  const end = Math.min(start + random.spread(1, Math.max(bytes.length, 1)), bytes.length);
  return random.chance(0.5) ? [start, end] : [lineStart(bytes, start), lineStart(bytes, end)];
}

/** Where the line begins that follows a place. */
function lineStart(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(10, from);
  return feed < 0 ? bytes.length : feed + 1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
