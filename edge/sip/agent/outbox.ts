/** What a user agent wants done, collected in order until the runtime drains it. */
import type { SipEffect, SipEvent, Target } from '../effect.ts';

export class Outbox {
  #effects: SipEffect[] = [];

  /** Bytes to be sent for a transaction; an empty name if nobody wants to hear of a failure. */
  send(bytes: Uint8Array, target: Target, transaction: string): void {
    this.#effects.push({ kind: 'send-sip', bytes, target, transaction });
  }

  /** A timer to be set; one of the same name is replaced. */
  setTimer(timer: string, delayMs: number): void {
    this.#effects.push({ kind: 'set-timer', timer, delayMs });
  }

  /** A timer that isn't wanted any more. */
  clearTimer(timer: string): void {
    this.#effects.push({ kind: 'clear-timer', timer });
  }

  /** News for the owner. */
  emit(event: SipEvent): void {
    this.#effects.push({ kind: 'sip-event', event });
  }

  /** Everything since the last call. */
  drain(): readonly SipEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
