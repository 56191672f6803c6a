/**
 * Further attempts to reach a focus that does not answer: whoever ran it may be gone, and somebody else about to take its groups up. A
 * focus that does answer is not asked again.
 */
import type { Desk } from './desk.ts';
import { joinPauseMs, joinTriesMax, recoverAnswerMs } from './limit.ts';

/** Answers of one that is not there, or not now. */
const unreached = new Set([408, 503]);

export class FocusRetry {
  readonly #desk: Desk;
  readonly #timer: string;
  #tries = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#timer = `join/${desk.nextNumber()}`;
  }

  /** Tries again after a pause; false if that is no use. */
  after(status: number, again: (nowMs: number) => void): boolean {
    this.#tries++;
    if (!unreached.has(status) || this.#tries >= joinTriesMax) return false;
    this.#desk.setTimer(this.#timer, joinPauseMs, again);
    return true;
  }

  /** A focus that lives answers within a dialog at once: one that says nothing is asked as if it had forgotten the dialog. */
  afterSilence(then: (nowMs: number) => void): void {
    this.#desk.setTimer(this.#timer, recoverAnswerMs, then);
  }

  /** The focus is there, or not wanted any more. */
  stop(): void {
    this.#tries = 0;
    this.answered();
  }

  /** Nothing more is waited for. */
  answered(): void {
    this.#desk.clearTimer(this.#timer);
  }
}
