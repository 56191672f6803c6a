/**
 * Whether this edge may still give its word. Others take an edge over that has said nothing for a while; what it has stored after that
 * nobody reads any more. So nothing is promised unless the edge has said that it lives a shorter while ago: what is to be promised
 * waits for the next time it can say so, or for the end of the process (design 7).
 */
import { fenceAfterMs } from '../../shared/app/edges-limit.ts';

export class Fence {
  readonly #nowMs: () => number;
  #renewedMs: number;
  /** One for all who wait: they are hand-overs of the outbox, one a group, and bounded there. */
  #renewal = Promise.withResolvers<void>();

  /** `nowMs` never jumps, unlike the time of day. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#renewedMs = nowMs();
  }

  /** The edge has said that it lives; `sinceMs` is when it began to. */
  renew(sinceMs: number): void {
    this.#renewedMs = sinceMs;
    const { resolve } = this.#renewal;
    this.#renewal = Promise.withResolvers();
    resolve();
  }

  /** Nobody can have taken the edge over yet. */
  get isOpen(): boolean {
    return this.#nowMs() - this.#renewedMs < fenceAfterMs;
  }

  /** Resolves when what was stored until now may be promised. */
  async pass(): Promise<void> {
    // A word that took long to say is too old by itself: others may have acted since.
    while (!this.isOpen) await this.#renewal.promise;
  }
}
