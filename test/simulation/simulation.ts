/**
 * What all parts of a simulated world share: time, randomness, the present rates of faults, the trace, and the way to say that a
 * promise is broken. Nothing here knows what is simulated.
 */
import { Clock, type Process, type Task } from './clock.ts';
import { Random } from './random.ts';
import { drawRates, type Rates } from './rates.ts';

/** A promise of the design (its section 6) that did not hold. */
export class BrokenPromise extends Error {
  readonly promise: number;

  constructor(promise: number, what: string) {
    super(`promise ${promise}: ${what}`);
    this.promise = promise;
  }
}

export type SimulationOptions = {
  readonly isTracing: boolean;
  readonly places?: number | undefined;
};

const traceLinesMax = 200_000;

export class Simulation {
  readonly seed: number;
  readonly random: Random;
  readonly clock = new Clock();
  /** Whoever never dies: the network, the clients' owners, the cloud. */
  readonly world: Process = { name: 'world', isDead: false };
  rates: Rates;
  /** Work of promises is outstanding: the next step waits for it. */
  isStirred = false;
  broken: BrokenPromise | undefined;
  readonly #startMs: number;
  readonly #isTracing: boolean;
  #lines: string[] = [];

  /** Edges side by side; one unless given. */
  readonly places: number | undefined;

  constructor(seed: number, { isTracing, places }: SimulationOptions) {
    this.seed = seed;
    this.random = new Random(seed);
    this.rates = drawRates(this.random);
    this.places = places;
    this.#isTracing = isTracing;
    this.#startMs = this.clock.nowMs;
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  after(process: Process, delayMs: number, run: () => void): Task {
    return this.clock.after(process, delayMs, run);
  }

  /** Notes that a promise is broken; the first one counts. */
  fail(promise: number, what: string): void {
    this.trace(() => `BROKEN promise ${promise}: ${what}`);
    this.broken ??= new BrokenPromise(promise, what);
  }

  /** A line is only made if somebody wants it. */
  trace(line: () => string): void {
    if (!this.#isTracing || this.broken !== undefined) return;
    this.#lines.push(`${((this.nowMs - this.#startMs) / 1000).toFixed(3).padStart(10)} ${line()}`);
    if (this.#lines.length > traceLinesMax) this.#lines = this.#lines.slice(-traceLinesMax / 2);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
