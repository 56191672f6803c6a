/**
 * Whether this edge may still give its word. Others take an edge over that has said nothing for a while; what it has stored after that
 * nobody reads any more. So nothing is promised unless the edge has said that it lives a shorter while ago: what is to be promised
 * waits for the next time it can say so, or for the end of the process (design 7).
 */
import { fenceAfterMs } from '../../shared/app/edges-limit.ts';

export class Fence {
  readonly #nowMs: () => number;
  #renewedMs: number;
  #waiting: (() => void)[] = [];

  /** `nowMs` never jumps, unlike the time of day. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#renewedMs = nowMs();
  }

  /** The edge has said that it lives; `sinceMs` is when it began to. */
  renew(sinceMs: number): void {
    this.#renewedMs = sinceMs;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  /** Nobody can have taken the edge over yet. */
  get isOpen(): boolean {
    return this.#nowMs() - this.#renewedMs < fenceAfterMs;
  }

  /** Resolves when what was stored until now may be promised. */
  async pass(): Promise<void> {
    if (this.isOpen) return;
    await new Promise<void>((go) => {
      this.#waiting.push(go);
    });
  }
}
