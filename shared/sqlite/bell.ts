/**
 * Wakes a thread that has nothing to do, over memory that two threads share: that takes a fraction of what waking an event loop takes.
 * What there is to do is told elsewhere, before it rings.
 */
export class Bell {
  readonly memory: SharedArrayBuffer;
  readonly #rings: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#rings = new Int32Array(memory);
  }

  /** How often it has rung. */
  get rings(): number {
    return Atomics.load(this.#rings, 0);
  }

  ring(): void {
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  /** Sleeps until it has rung more often than so. */
  sleep(rings: number): void {
    Atomics.wait(this.#rings, 0, rings);
  }
}
