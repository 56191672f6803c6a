/**
 * Epochs that were claimed for what came to nothing that anyone else knows of, such as a message that went straight to a client: the
 * user's next participation takes them. Bounded; the oldest are forgotten first.
 */
import { spareEpochsMax } from './limit.ts';

export class SpareEpochs {
  readonly #spare = new Map<string, number>();

  keep(user: string, epoch: number): void {
    this.#spare.delete(user);
    this.#spare.set(user, epoch);
    const [oldest] = this.#spare.keys();
    if (this.#spare.size > spareEpochsMax && oldest !== undefined) this.#spare.delete(oldest);
  }

  /** Nobody else gets it. */
  take(user: string): number | undefined {
    const epoch = this.#spare.get(user);
    this.#spare.delete(user);
    return epoch;
  }
}
