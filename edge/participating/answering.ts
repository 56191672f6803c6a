/**
 * What the focus hears of a message: 200 only when the client has acknowledged it or the store has it (promise 1), and once, whichever
 * of the two is first. When and where a message goes is not decided here.
 */
import type { Arrival, RecentIds } from './arrival.ts';
import type { BridgePorts } from './bridge-ports.ts';
import type { Delivery } from './delivery.ts';
import type { LiveWindow } from './live-window.ts';

/** The focus may try again: the store did not take the message in time. */
const notStored = 408;

type Around = {
  readonly recent: RecentIds;
  readonly live: LiveWindow;
  readonly delivery: Delivery;
};

export class Answering {
  readonly #ports: Pick<BridgePorts, 'answer' | 'reportSafe'>;
  readonly #around: Around;

  constructor(ports: Pick<BridgePorts, 'answer' | 'reportSafe'>, around: Around) {
    this.#ports = ports;
    this.#around = around;
  }

  /** The focus has sent again what is under way: over a new connection, as the older one is gone. */
  repeated(nowMs: number, arrival: Arrival, inbound: number): void {
    // A peer that still has the older connection may not take the message for safe.
    this.#answer(nowMs, arrival, notStored);
    arrival.inbound = inbound;
  }

  stored(nowMs: number, arrival: Arrival): void {
    if (arrival.isDelivered) this.#pass(nowMs);
    else this.#safe(nowMs, arrival);
  }

  failed(nowMs: number, arrival: Arrival): void {
    const { recent, live } = this.#around;
    const isUnderWay = live.release(arrival);
    if (arrival.isDelivered) return;
    // What the client still has under way stays known, so that a repeat of the focus isn't sent to it once more.
    if (!isUnderWay) recent.forget(arrival.messageId);
    this.#answer(nowMs, arrival, notStored);
  }

  /** The client has answered a live message. */
  answered(nowMs: number, arrival: Arrival, status: number): void {
    arrival.isDelivered = true;
    if (arrival.position !== undefined) this.#pass(nowMs);
    else if (status === 200) this.#safe(nowMs, arrival);
    else {
      this.#around.recent.forget(arrival.messageId);
      this.#answer(nowMs, arrival, status);
    }
  }

  #safe(nowMs: number, arrival: Arrival): void {
    this.#around.recent.done(arrival.messageId);
    this.#answer(nowMs, arrival, 200);
    if (arrival.isSuccessReportWanted) this.#ports.reportSafe(nowMs, arrival);
  }

  #answer(nowMs: number, arrival: Arrival, status: number): void {
    const { inbound } = arrival;
    arrival.inbound = undefined;
    if (inbound !== undefined) this.#ports.answer(nowMs, inbound, status, !arrival.isDelivered);
  }

  /**
   * Stored copies of live messages that the client has answered are not needed any more (decision O-01). After a loss they are: the
   * next delivery brings them once more, with the same ids.
   */
  #pass(nowMs: number): void {
    const { live, delivery } = this.#around;
    const passed = live.passed();
    if (passed !== undefined) delivery.passed(nowMs, passed.through, passed.messages);
  }
}
