/**
 * A message on its way through the focus: who of the members has it still to acknowledge, and what its sender is told at the end
 * (promise 1: 200 means that every member in the session has acknowledged it). It holds no bytes: those are in the members'
 * queues until they have been acknowledged.
 */

/** Answers a SEND of the sender. */
export type Answer = (nowMs: number, inbound: number, status: number) => void;

export class Passing {
  readonly #answer: Answer;
  readonly #acknowledged: (nowMs: number) => void;
  #inbounds: number[] = [];
  #awaitedSinceMs = 0;
  #open = 0;
  #isDelivered = false;
  #failure: number | undefined;
  #missedBy: string[] = [];

  /** `acknowledged` is called when all have it. */
  constructor(answer: Answer, acknowledged: (nowMs: number) => void) {
    this.#answer = answer;
    this.#acknowledged = acknowledged;
  }

  /** Whether a sender waits for the outcome. */
  get isAwaited(): boolean {
    return this.#inbounds.length > 0;
  }

  /** Since when the last SEND that waits has been waiting. */
  get awaitedSinceMs(): number {
    return this.#awaitedSinceMs;
  }

  /** A SEND that wants the outcome: the first one, or a repetition. */
  await(nowMs: number, inbound: number): void {
    this.#inbounds.push(inbound);
    this.#awaitedSinceMs = nowMs;
  }

  /** The sender's session is gone, and with it its SENDs. */
  abandon(): void {
    this.#inbounds = [];
  }

  /** Has one member more to acknowledge it. */
  open(): void {
    this.#open++;
  }

  /** Members who were lost before they acknowledged it; a repetition goes to them again. */
  get missedBy(): readonly string[] {
    return this.#missedBy;
  }

  forgetMissed(): void {
    this.#missedBy = [];
  }

  /** A member has answered. */
  acknowledged(nowMs: number, status: number): void {
    if (status >= 200 && status < 300) this.#isDelivered = true;
    else this.#failure ??= status;
    this.#close(nowMs);
  }

  /** A member is gone without an answer. */
  missed(nowMs: number, user: string): void {
    this.#missedBy.push(user);
    this.#close(nowMs);
  }

  /** A member does not have to acknowledge it any more. */
  excused(nowMs: number): void {
    this.#close(nowMs);
  }

  /** The sender is not kept waiting any longer; members may still acknowledge. */
  overdue(nowMs: number): void {
    this.#tell(nowMs, 408);
  }

  /** Answers the sender if nobody has to acknowledge any more. */
  settle(nowMs: number): void {
    if (this.#open > 0) return;
    const status = this.#outcome();
    this.#tell(nowMs, status);
    if (status === 200) this.#acknowledged(nowMs);
  }

  #close(nowMs: number): void {
    this.#open--;
    this.settle(nowMs);
  }

  #outcome(): number {
    if (this.#missedBy.length > 0) return 408;
    // One member who refuses must not look like a failure for all.
    return this.#isDelivered ? 200 : (this.#failure ?? 200);
  }

  #tell(nowMs: number, status: number): void {
    const inbounds = this.#inbounds;
    this.#inbounds = [];
    for (const inbound of inbounds) this.#answer(nowMs, inbound, status);
  }
}
