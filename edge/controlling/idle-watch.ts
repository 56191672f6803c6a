/**
 * Notices that nobody has said anything for a while. A message does not move the timer, which would cost more than the message:
 * when it fires, it looks how long ago the last one was.
 */
import type { Desk } from './desk.ts';

export class IdleWatch {
  readonly #desk: Desk;
  readonly #timer: string;
  readonly #idle: (nowMs: number) => void;
  #spokenAtMs = 0;

  constructor(desk: Desk, idle: (nowMs: number) => void) {
    this.#desk = desk;
    this.#timer = `idle/${desk.nextNumber()}`;
    this.#idle = idle;
  }

  start(nowMs: number): void {
    this.#spokenAtMs = nowMs;
    const { groupIdleMs } = this.#desk.options;
    if (groupIdleMs > 0) this.#watchFor(groupIdleMs);
  }

  spoken(nowMs: number): void {
    this.#spokenAtMs = nowMs;
  }

  stop(): void {
    this.#desk.clearTimer(this.#timer);
  }

  #watchFor(delayMs: number): void {
    this.#desk.setTimer(this.#timer, delayMs, (nowMs) => {
      const leftMs = this.#spokenAtMs + this.#desk.options.groupIdleMs - nowMs;
      if (leftMs > 0) this.#watchFor(leftMs);
      else this.#idle(nowMs);
    });
  }
}
