/** Responses and step sequences for the tests of the four machines. */
import type {
  ClientEffect,
  ServerEffect,
  Step,
} from '../../../../../edge/sip/agent/transaction/effect.ts';
import { timerDefaults } from '../../../../../edge/sip/agent/transaction/timer.ts';
import { emptyBody, type SipResponse } from '../../../../../edge/sip/message.ts';

export const unreliable = { ...timerDefaults, isReliable: false };
export const reliable = { ...timerDefaults, isReliable: true };

export function response(status: number): SipResponse {
  return { kind: 'response', status, reason: 'Test', headers: [], body: emptyBody };
}

/** Feeds events one after the other; answers the last phase and the effects of the last event, in short words. */
export function play<S extends { readonly phase: string }, E>(
  state: S,
  step: (state: S, event: E) => Step<S, ClientEffect | ServerEffect>,
  events: readonly E[],
): { phase: string; effects: string[]; state: S } {
  let last: Step<S, ClientEffect | ServerEffect> = { state, effects: [] };
  for (const event of events) last = step(last.state, event);
  return { phase: last.state.phase, effects: last.effects.map(brief), state: last.state };
}

export function brief(effect: ClientEffect | ServerEffect): string {
  switch (effect.kind) {
    case 'start-timer':
      return `start ${effect.timer} ${effect.delayMs}`;
    case 'stop-timer':
      return `stop ${effect.timer}`;
    case 'send-ack':
      return 'ack';
    case 'send-response':
      return `send ${effect.response.status}`;
    case 'pass-response':
      return `pass ${effect.response.status}`;
    case 'pass-failure':
      return `fail ${effect.status}`;
    default:
      return 'send';
  }
}
