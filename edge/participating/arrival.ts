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

/** Message-IDs of a focus: what is under way, and what was answered. Bounded; the oldest are forgotten first. */
export class RecentIds {
  readonly #ids = new Map<string, Arrival | 'done'>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  find(messageId: string): Arrival | 'done' | undefined {
    return this.#ids.get(messageId);
  }

  begin(arrival: Arrival): void {
    this.#put(arrival.messageId, arrival);
  }

  done(messageId: string): void {
    this.#put(messageId, 'done');
  }

  forget(messageId: string): void {
    this.#ids.delete(messageId);
  }

  #put(messageId: string, value: Arrival | 'done'): void {
    if (!this.#ids.has(messageId) && this.#ids.size >= this.#max) this.#forgetOldest();
    this.#ids.set(messageId, value);
  }

  #forgetOldest(): void {
    for (const [messageId, value] of this.#ids) {
      if (value !== 'done') continue;
      this.#ids.delete(messageId);
      return;
    }
  }
}
