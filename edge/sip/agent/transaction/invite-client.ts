/**
 * The INVITE client transaction: RFC 3261 17.1.1 with the Accepted state of RFC 6026 7.2, in which every further 2xx is passed up,
 * since each may come from another phone. A, B, D and M are its timers; A and D only over unreliable transports.
 *
 * | state      | 1xx        | 2xx      | 300-699         | A         | B          | D / M      | send failed |
 * | ---------- | ---------- | -------- | --------------- | --------- | ---------- | ---------- | ----------- |
 * | initial    | (start: calling, the request is sent)                                                         |
 * | calling    | proceeding | accepted | completed, ACK  | repeat    | terminated |            | terminated  |
 * | proceeding | pass       | accepted | completed, ACK  |           |            |            |             |
 * | completed  |            |          | ACK             |           |            | terminated | terminated  |
 * | accepted   |            | pass     |                 |           |            | terminated |             |
 */
import type { SipResponse } from '../../message.ts';
import type { ClientEffect, ClientEvent, Step } from './effect.ts';
import { type TimerLetter, type Timing, timeoutMs, timerDMs } from './timer.ts';

export type InviteClient = {
  readonly phase: 'initial' | 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';
  readonly timing: Timing;
  /** The present wait of timer A. */
  readonly intervalMs: number;
};

type Next = Step<InviteClient, ClientEffect>;

/** A transaction that has not been started. */
export function newInviteClient(timing: Timing): InviteClient {
  return { phase: 'initial', timing, intervalMs: timing.t1Ms };
}

/** The next state on an event, and what has to happen. */
export function stepInviteClient(state: InviteClient, event: ClientEvent): Next {
  switch (state.phase) {
    case 'initial':
      return initial(state, event);
    case 'calling':
      return calling(state, event);
    case 'proceeding':
      return proceeding(state, event);
    case 'completed':
      return completed(state, event);
    case 'accepted':
      return accepted(state, event);
    default:
      return stay(state);
  }
}

function initial(state: InviteClient, event: ClientEvent): Next {
  if (event.kind !== 'start') return stay(state);
  const effects: ClientEffect[] = [{ kind: 'send-request' }];
  if (!state.timing.isReliable) {
    effects.push({ kind: 'start-timer', timer: 'A', delayMs: state.intervalMs });
  }
  effects.push({ kind: 'start-timer', timer: 'B', delayMs: timeoutMs(state.timing) });
  return { state: { ...state, phase: 'calling' }, effects };
}

function calling(state: InviteClient, event: ClientEvent): Next {
  switch (event.kind) {
    case 'response': {
      const next = answered(state, event.response);
      return { state: next.state, effects: [...stopped(state, ['A', 'B']), ...next.effects] };
    }
    case 'timer':
      return callingTimer(state, event.timer);
    case 'send-failed':
    case 'unreachable':
      return failed(state, 503);
    default:
      return stay(state);
  }
}

function proceeding(state: InviteClient, event: ClientEvent): Next {
  if (event.kind === 'response') return answered(state, event.response);
  if (event.kind !== 'unreachable') return stay(state);
  const effects: ClientEffect[] = [{ kind: 'pass-failure', status: 503 }];
  return { state: { ...state, phase: 'terminated' }, effects };
}

function callingTimer(state: InviteClient, timer: TimerLetter): Next {
  if (timer === 'B') return failed(state, 408);
  if (timer !== 'A') return stay(state);
  // RFC 3261 17.1.1.2: timer A doubles without an upper limit; B ends it.
  const intervalMs = state.intervalMs * 2;
  return {
    state: { ...state, intervalMs },
    effects: [{ kind: 'send-request' }, { kind: 'start-timer', timer: 'A', delayMs: intervalMs }],
  };
}

function answered(state: InviteClient, response: SipResponse): Next {
  const pass: ClientEffect = { kind: 'pass-response', response };
  if (response.status < 200) return { state: { ...state, phase: 'proceeding' }, effects: [pass] };
  if (response.status < 300) {
    const delayMs = timeoutMs(state.timing);
    return {
      state: { ...state, phase: 'accepted' },
      effects: [{ kind: 'start-timer', timer: 'M', delayMs }, pass],
    };
  }
  const ack: ClientEffect = { kind: 'send-ack', response };
  if (state.timing.isReliable) {
    return { state: { ...state, phase: 'terminated' }, effects: [ack, pass] };
  }
  return {
    state: { ...state, phase: 'completed' },
    effects: [ack, { kind: 'start-timer', timer: 'D', delayMs: timerDMs }, pass],
  };
}

function completed(state: InviteClient, event: ClientEvent): Next {
  if (event.kind === 'response' && event.response.status >= 300) {
    return { state, effects: [{ kind: 'send-ack', response: event.response }] };
  }
  if (event.kind === 'timer' && event.timer === 'D') return over(state);
  if (event.kind === 'send-failed') {
    return { state: over(state).state, effects: [{ kind: 'stop-timer', timer: 'D' }] };
  }
  return stay(state);
}

function accepted(state: InviteClient, event: ClientEvent): Next {
  if (event.kind === 'response' && event.response.status >= 200 && event.response.status < 300) {
    return { state, effects: [{ kind: 'pass-response', response: event.response }] };
  }
  return event.kind === 'timer' && event.timer === 'M' ? over(state) : stay(state);
}

function failed(state: InviteClient, status: 408 | 503): Next {
  return {
    state: { ...state, phase: 'terminated' },
    effects: [...stopped(state, ['A', 'B']), { kind: 'pass-failure', status }],
  };
}

function stopped(state: InviteClient, timers: readonly TimerLetter[]): ClientEffect[] {
  return timers
    .filter((timer) => timer !== 'A' || !state.timing.isReliable)
    .map((timer) => ({ kind: 'stop-timer', timer }));
}

function over(state: InviteClient): Next {
  return { state: { ...state, phase: 'terminated' }, effects: [] };
}

function stay(state: InviteClient): Next {
  return { state, effects: [] };
}
