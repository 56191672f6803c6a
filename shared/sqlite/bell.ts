/**
 * Wakes a thread over memory that two threads share: that takes a fraction of what a message takes, whether the thread sleeps or runs
 * its event loop. What there is to do is told elsewhere, before it rings.
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

  /** Resolves when it has rung more often than so; the thread goes on meanwhile. Nobody else needs to be kept alive by it. */
  async rung(rings: number): Promise<void> {
    await Atomics.waitAsync(this.#rings, 0, rings).value;
  }

  /** Sleeps until it has rung more often than so. */
  sleep(rings: number): void {
    Atomics.wait(this.#rings, 0, rings);
  }
}
