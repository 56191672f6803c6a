/**
 * Messages held unanswered, in order: while the last stored ones are delivered, and while a live client has as much under way as it
 * may. They are neither stored nor sent here.
 */
import type { Arrival } from './arrival.ts';
import { heldBytesMax, heldMessagesMax } from './limit.ts';

export class Held {
  #arrivals: Arrival[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#arrivals.length > heldMessagesMax || this.#bytes > heldBytesMax;
  }

  get isEmpty(): boolean {
    return this.#arrivals.length === 0;
  }

  add(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#bytes += arrival.body.length;
  }

  /** The one that came first. */
  get first(): Arrival | undefined {
    return this.#arrivals[0];
  }

  /** Takes the first one out. */
  take(): Arrival | undefined {
    const arrival = this.#arrivals.shift();
    if (arrival !== undefined) this.#bytes -= arrival.body.length;
    return arrival;
  }

  /** Everything held, which goes on another way. */
  takeAll(): readonly Arrival[] {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    this.#bytes = 0;
    return arrivals;
  }
}
