/** Runs a parser over mutated messages, and holds it to what every parser promises: it throws nothing, takes no time, keeps nothing. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Random } from '../simulation/random.ts';
import { mutated, type Vocabulary } from './mutate.ts';

export type Target = Vocabulary & {
  readonly name: string;
  /** Reads an input with everything in it; answers whether it was taken. Throws what breaks a promise of the parser. */
  readonly read: (input: Uint8Array, random: Random) => boolean;
};

export type Failure = { readonly index: number; readonly what: string };

export type Figures = {
  readonly name: string;
  readonly mutations: number;
  /** Inputs that were not refused. */
  readonly taken: number;
  readonly failures: readonly Failure[];
  readonly slowestMs: number;
  /** The number of the input that took longest. */
  readonly slowest: number;
  /** What the heap has grown by, from the end of the warm-up to the end. */
  readonly grownBytes: number;
};

export type Run = {
  readonly mutations: number;
  readonly seed: number;
  /** The number of the first input; 0 without it. */
  readonly first?: number;
  /** Called now and then, with how many inputs are done. */
  readonly progress?: (done: number) => void;
};

/** What one input may take; messages of usual size take some microseconds. */
const inputMsMax = 50;
/** What takes so long is run a second time, in time of the processor, so that a pause of the machine isn't taken for the parser's. */
const doubtMs = 5;
/** Growth that compiled code and the engine's caches don't explain. */
const grownBytesMax = 8 * 1024 * 1024;
const failuresMax = 5;
const progressEvery = 10_000;

/** All inputs of a run, up to a few failures. */
export function fuzz(target: Target, { mutations, seed, first = 0, progress }: Run): Figures {
  const failures: Failure[] = [];
  const warmUp = Math.min(Math.floor(mutations / 2), 50_000);
  let heapBefore = heapBytes();
  let taken = 0;
  let slowestMs = 0;
  let slowest = first;
  let done = 0;
  for (; done < mutations && failures.length < failuresMax; done++) {
    if (done === warmUp) heapBefore = heapBytes();
    if (done % progressEvery === 0) progress?.(done);
    const index = first + done;
    const outcome = readOne(target, seed, index);
    if (outcome.what !== undefined) failures.push({ index, what: outcome.what });
    taken += Number(outcome.isTaken);
    if (outcome.ms > slowestMs) [slowestMs, slowest] = [outcome.ms, index];
  }
  const grownBytes = heapBytes() - heapBefore;
  if (grownBytes > grownBytesMax) {
    failures.push({ index: first + done, what: `the heap has grown by ${grownBytes} bytes` });
  }
  return { name: target.name, mutations: done, taken, failures, slowestMs, slowest, grownBytes };
}

/** The input that a seed and a number stand for; the same in every run. */
export function inputOf(target: Target, seed: number, index: number): Uint8Array {
  return mutated(randomOf(seed, index), target);
}

function randomOf(seed: number, index: number): Random {
  return new Random(Math.imul(seed, 0x2545f491) + index);
}

type Outcome = {
  readonly isTaken: boolean;
  readonly ms: number;
  readonly what: string | undefined;
};

function readOne(target: Target, seed: number, index: number): Outcome {
  const first = timed(target, seed, index);
  if (first.ms < doubtMs || first.what !== undefined) return first;
  const before = process.threadCpuUsage();
  const second = timed(target, seed, index);
  const used = process.threadCpuUsage(before);
  const ms = Math.min(first.ms, second.ms, (used.user + used.system) / 1000);
  return { ...second, ms, what: second.what ?? slowness(ms) };
}

function slowness(ms: number): string | undefined {
  return ms > inputMsMax ? `it took ${ms.toFixed(0)} ms` : undefined;
}

function timed(target: Target, seed: number, index: number): Outcome {
  const random = randomOf(seed, index);
  const input = mutated(random, target);
  const started = performance.now();
  try {
    const isTaken = target.read(input, random);
    return { isTaken, ms: performance.now() - started, what: undefined };
  } catch (fault) {
    const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    return { isTaken: false, ms: performance.now() - started, what };
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
