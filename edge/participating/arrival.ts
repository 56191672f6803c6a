/** A message from the focus on its way to the client, from its last byte to its answer. */
import type { StoredMessage } from '../../shared/core/segment.ts';

export type Arrival = StoredMessage & {
  /** What the MSRP host wants back with the answer; a repeat over a new connection changes it. Undefined if nobody waits for one. */
  inbound: number | undefined;
  readonly isSuccessReportWanted: boolean;
  /** Position it was stored under, once it is durable. */
  position: number | undefined;
  /** The client has answered it. */
  isDelivered: boolean;
};

/**
 * Message-IDs of a focus: what is under way, and what was answered. The answered ones are bounded, and the oldest are forgotten
 * first; what is under way has bounds of its own.
 */
export class RecentIds {
  readonly #ids = new Map<string, Arrival | 'done'>();
  /** The answered ones, as a ring: the oldest stands where the next one goes. */
  readonly #done: string[] = [];
  #next = 0;
  readonly #doneMax: number;

  constructor(doneMax: number) {
    this.#doneMax = doneMax;
  }

  find(messageId: string): Arrival | 'done' | undefined {
    return this.#ids.get(messageId);
  }

  begin(arrival: Arrival): void {
    this.#ids.set(arrival.messageId, arrival);
  }

  done(messageId: string): void {
    if (this.#ids.get(messageId) === 'done') return;
    const oldest = this.#done[this.#next];
    // One that was forgotten and came again is not the one that was answered here.
    if (oldest !== undefined && this.#ids.get(oldest) === 'done') this.#ids.delete(oldest);
    this.#ids.set(messageId, 'done');
    this.#done[this.#next] = messageId;
    this.#next = (this.#next + 1) % this.#doneMax;
  }

  /** The answered ones, the latest of them first. */
  latest(max: number): readonly string[] {
    const found: string[] = [];
    for (let back = 1; back <= this.#done.length && found.length < max; back++) {
      const messageId = this.#done.at((this.#next - back) % this.#doneMax);
      if (messageId !== undefined && this.#ids.get(messageId) === 'done') found.push(messageId);
    }
    return found;
  }

  forget(messageId: string): void {
    this.#ids.delete(messageId);
  }
}
