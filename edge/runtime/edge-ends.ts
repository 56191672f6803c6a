/**
 * Whether a connection that has ended was ended by its peer, or by another edge that had passed it on and is no more: what comes from the
 * address of an edge was passed on by it. An edge that says that it ends is known; one that has just died is found out by asking.
 */
import { performance } from 'node:perf_hooks';
import { endedMs } from './limit.ts';
import type { Neighbours } from './neighbours.ts';

type Others = Pick<Neighbours, 'othersAt' | 'isGone' | 'unreached'>;
type Other = ReturnType<Others['othersAt']>[number];

export class EdgeEnds {
  readonly #others: Others;
  readonly #nowMs: () => number;
  /** Until when an address counts as that of an edge that has ended: another one may have it later. */
  readonly #ended = new Map<string, number>();
  /** Edges that are being asked: many connections may end at once. */
  readonly #asked = new Map<Other, Promise<boolean>>();

  constructor(others: Others, nowMs: () => number = () => performance.now()) {
    this.#others = others;
    this.#nowMs = nowMs;
  }

  /** Nobody is at an edge's place any more. */
  gone({ host }: { readonly host: string }): void {
    const nowMs = this.#nowMs();
    for (const [address, untilMs] of this.#ended) if (untilMs < nowMs) this.#ended.delete(address);
    this.#ended.set(host, nowMs + endedMs);
  }

  /** Whether an edge at an address has ended, or is about to; undefined if no other edge is there. */
  at(host: string): Promise<boolean> | undefined {
    if ((this.#ended.get(host) ?? 0) > this.#nowMs()) return Promise.resolve(true);
    const others = this.#others.othersAt(host);
    return others.length === 0 ? undefined : this.#isAnyOut(others);
  }

  async #isAnyOut(others: readonly Other[]): Promise<boolean> {
    const outs = await Promise.all(others.map((other) => this.#isOut(other)));
    return outs.includes(true);
  }

  async #isOut(other: Other): Promise<boolean> {
    if (other.isLeaving) return true;
    const asked = this.#asked.get(other) ?? this.#others.isGone(other);
    this.#asked.set(other, asked);
    const isGone = await asked;
    this.#asked.delete(other);
    if (isGone) this.#others.unreached({ host: other.host, port: other.sipPort });
    return isGone;
  }
}
