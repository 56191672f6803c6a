/** Ends a client's leg that has been without traffic for too long; off unless a limit is set. One timer, moved when it fires. */
import type { Desk } from './desk.ts';

export class IdleTimer {
  readonly #desk: Desk;
  readonly #name: string;
  readonly #limitMs: number;
  readonly #ended: (nowMs: number) => void;
  #touchedMs = 0;

  constructor(desk: Desk, ended: (nowMs: number) => void) {
    this.#desk = desk;
    this.#name = `idle/${desk.nextNumber()}`;
    this.#limitMs = desk.options.clientIdleMs;
    this.#ended = ended;
  }

  start(nowMs: number): void {
    this.#touchedMs = nowMs;
    if (this.#limitMs > 0) this.#wait(this.#limitMs);
  }

  touch(nowMs: number): void {
    this.#touchedMs = nowMs;
  }

  stop(): void {
    this.#desk.clearTimer(this.#name);
  }

  #wait(delayMs: number): void {
    this.#desk.setTimer(this.#name, delayMs, (nowMs) => {
      const leftMs = this.#touchedMs + this.#limitMs - nowMs;
      if (leftMs > 0) this.#wait(leftMs);
      else this.#ended(nowMs);
    });
  }
}
