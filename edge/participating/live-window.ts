/**
 * Live messages that the client has not acknowledged yet, in order. One that takes longer than the hold limit is stored while it
 * stays under way (decision O-01); if the client then acknowledges it, the stored copy has to go.
 */
import type { Arrival } from './arrival.ts';

export class LiveWindow {
  readonly #holdMs: number;
  readonly #underWay = new Map<number, Arrival>();
  /** Handed to the store while under way, in the order of their positions; each until all before it are answered too. */
  readonly #overdue = new Set<Arrival>();
  #count = 0;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** Messages that the client has not answered. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Everything is answered, and no stored copy is needed any more. */
  get isSettled(): boolean {
    return this.#underWay.size === 0 && this.#overdue.size === 0;
  }

  /** Takes a message in; answers its reference, which is below every position. */
  add(arrival: Arrival): number {
    this.#count = (this.#count % 0x7fffffff) + 1;
    this.#underWay.set(this.#count, arrival);
    return this.#count;
  }

  /** The client has answered; undefined if the reference is not of a live message. */
  answered(reference: number): Arrival | undefined {
    const arrival = this.#underWay.get(reference);
    this.#underWay.delete(reference);
    return arrival;
  }

  /** The first message that isn't handed to the store yet. */
  get nextToBeStored(): Arrival | undefined {
    for (const arrival of this.#underWay.values()) {
      if (this.#isToBeStored(arrival)) return arrival;
    }
    return undefined;
  }

  /** The messages that are overdue now; each is given once. */
  overdue(nowMs: number): readonly Arrival[] {
    const found: Arrival[] = [];
    for (const arrival of this.#underWay.values()) {
      if (arrival.receivedAtMs + this.#holdMs > nowMs) break;
      if (!this.#isToBeStored(arrival)) continue;
      this.#overdue.add(arrival);
      found.push(arrival);
    }
    return found;
  }

  /** An overdue message could not be stored; false if the client's session is over already. */
  release(arrival: Arrival): boolean {
    return this.#overdue.delete(arrival);
  }

  /** The stored copies that are not needed any more: everything through that position is answered. Told once; undefined if there are none. */
  passed(): { readonly through: number; readonly messages: number } | undefined {
    let passed: { readonly through: number; readonly messages: number } | undefined;
    for (const arrival of this.#overdue) {
      if (!arrival.isDelivered || arrival.position === undefined) break;
      this.#overdue.delete(arrival);
      passed = { through: arrival.position, messages: (passed?.messages ?? 0) + 1 };
    }
    return passed;
  }

  /** The client is gone: the messages that still have to be stored, in order. */
  clear(): readonly Arrival[] {
    const open = [...this.#underWay.values()].filter((arrival) => !this.#overdue.has(arrival));
    this.#underWay.clear();
    this.#overdue.clear();
    return open;
  }

  /** Without anybody who waits for its answer, a message that the store has not taken is left to the client. */
  #isToBeStored(arrival: Arrival): boolean {
    return arrival.inbound !== undefined && !this.#overdue.has(arrival);
  }
}
