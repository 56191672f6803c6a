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
  readonly #underWay = new Map<string, Arrival>();
  readonly #done = new Set<string>();
  readonly #doneMax: number;

  constructor(doneMax: number) {
    this.#doneMax = doneMax;
  }

  find(messageId: string): Arrival | 'done' | undefined {
    return this.#underWay.get(messageId) ?? (this.#done.has(messageId) ? 'done' : undefined);
  }

  begin(arrival: Arrival): void {
    this.#underWay.set(arrival.messageId, arrival);
  }

  done(messageId: string): void {
    this.#underWay.delete(messageId);
    this.#done.add(messageId);
    for (const oldest of this.#done) {
      if (this.#done.size <= this.#doneMax) return;
      this.#done.delete(oldest);
    }
  }

  forget(messageId: string): void {
    this.#underWay.delete(messageId);
  }
}
