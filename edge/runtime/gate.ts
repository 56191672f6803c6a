/**
 * Users are not looked up before what an earlier run has left is handled: until then what is stored of them may be too old to begin anything
 * on. Who waits too long is told so.
 */
import { gateWaitMs } from './limit.ts';

export class Gate {
  readonly #opened = Promise.withResolvers<'open'>();
  readonly #pause: (ms: number) => Promise<void>;
  #isOpen = false;

  /** `pause` waits by the platform's timers unless given. */
  constructor(pause: (ms: number) => Promise<void> = defaultPause) {
    this.#pause = pause;
  }

  open(): void {
    this.#isOpen = true;
    this.#opened.resolve('open');
  }

  /** Resolves when the gate is open; rejects if that takes too long. */
  async pass(): Promise<void> {
    if (this.#isOpen) return;
    const first = await Promise.race([this.#opened.promise, this.#pause(gateWaitMs)]);
    if (first !== 'open') throw new Error('what an earlier run has left is still being handled');
  }
}

function defaultPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
