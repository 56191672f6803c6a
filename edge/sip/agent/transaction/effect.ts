/**
 * What a transaction asks for. The request of a client transaction is kept beside its state, so that the effects only say that it
 * is to be sent; a server's state holds the last response, which its effects carry.
 */
import type { SipResponse } from '../../message.ts';
import type { TimerLetter } from './timer.ts';

export type TimerEffect =
  | { readonly kind: 'start-timer'; readonly timer: TimerLetter; readonly delayMs: number }
  | { readonly kind: 'stop-timer'; readonly timer: TimerLetter };

export type ClientEffect =
  | TimerEffect
  | { readonly kind: 'send-request' }
  /** The ACK of a final response of 300 or more; that of a 2xx is not the transaction's business. */
  | { readonly kind: 'send-ack'; readonly response: SipResponse }
  /** To the user of the transaction. */
  | { readonly kind: 'pass-response'; readonly response: SipResponse }
  | { readonly kind: 'pass-failure'; readonly status: 408 | 503 };

export type ServerEffect =
  | TimerEffect
  | { readonly kind: 'send-response'; readonly response: SipResponse };

export type Step<State, Effect> = {
  readonly state: State;
  readonly effects: readonly Effect[];
};

export type ClientEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerLetter }
  | { readonly kind: 'send-failed' }
  /** Whoever it was sent to is gone. */
  | { readonly kind: 'unreachable' };

export type ServerEvent =
  /** The request has come again. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'acknowledged' }
  /** The user's answer. */
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerLetter }
  | { readonly kind: 'send-failed' };
