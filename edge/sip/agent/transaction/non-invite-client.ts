/**
 * The client transaction of every request but INVITE and ACK: RFC 3261 17.1.2. E, F and K are its timers; E and K only over
 * unreliable transports.
 *
 * | state      | 1xx        | 200-699   | E      | F          | K          | send failed |
 * | ---------- | ---------- | --------- | ------ | ---------- | ---------- | ----------- |
 * | initial    | (start: trying, the request is sent)                                    |
 * | trying     | proceeding | completed | repeat | terminated |            | terminated  |
 * | proceeding | pass       | completed | repeat | terminated |            | terminated  |
 * | completed  |            |           |        |            | terminated |             |
 */
import type { SipResponse } from '../../message.ts';
import type { ClientEffect, ClientEvent, Step } from './effect.ts';
import { nextIntervalMs, type TimerLetter, type Timing, timeoutMs } from './timer.ts';

export type NonInviteClient = {
  readonly phase: 'initial' | 'trying' | 'proceeding' | 'completed' | 'terminated';
  readonly timing: Timing;
  /** The present wait of timer E. */
  readonly intervalMs: number;
};

type Next = Step<NonInviteClient, ClientEffect>;

/** A transaction that has not been started. */
export function newNonInviteClient(timing: Timing): NonInviteClient {
  return { phase: 'initial', timing, intervalMs: timing.t1Ms };
}

/** The next state on an event, and what has to happen. */
export function stepNonInviteClient(state: NonInviteClient, event: ClientEvent): Next {
  switch (state.phase) {
    case 'initial':
      return initial(state, event);
    case 'trying':
    case 'proceeding':
      return waiting(state, event);
    case 'completed':
      return event.kind === 'timer' && event.timer === 'K'
        ? { state: { ...state, phase: 'terminated' }, effects: [] }
        : stay(state);
    default:
      return stay(state);
  }
}

function initial(state: NonInviteClient, event: ClientEvent): Next {
  if (event.kind !== 'start') return stay(state);
  const effects: ClientEffect[] = [{ kind: 'send-request' }];
  if (!state.timing.isReliable) {
    effects.push({ kind: 'start-timer', timer: 'E', delayMs: state.intervalMs });
  }
  effects.push({ kind: 'start-timer', timer: 'F', delayMs: timeoutMs(state.timing) });
  return { state: { ...state, phase: 'trying' }, effects };
}

function waiting(state: NonInviteClient, event: ClientEvent): Next {
  switch (event.kind) {
    case 'response':
      return answered(state, event.response);
    case 'timer':
      return timer(state, event.timer);
    case 'send-failed':
    case 'unreachable':
      return failed(state, 503);
    default:
      return stay(state);
  }
}

function answered(state: NonInviteClient, response: SipResponse): Next {
  const pass: ClientEffect = { kind: 'pass-response', response };
  if (response.status < 200) return { state: { ...state, phase: 'proceeding' }, effects: [pass] };
  if (state.timing.isReliable) {
    return { state: { ...state, phase: 'terminated' }, effects: [...stopped(state), pass] };
  }
  const delayMs = state.timing.t4Ms;
  return {
    state: { ...state, phase: 'completed' },
    effects: [...stopped(state), { kind: 'start-timer', timer: 'K', delayMs }, pass],
  };
}

function timer(state: NonInviteClient, letter: TimerLetter): Next {
  if (letter === 'F') return failed(state, 408);
  if (letter !== 'E') return stay(state);
  // RFC 3261 17.1.2.2: once a provisional has come, the repetitions are T2 apart.
  const intervalMs =
    state.phase === 'proceeding'
      ? state.timing.t2Ms
      : nextIntervalMs(state.intervalMs, state.timing);
  return {
    state: { ...state, intervalMs },
    effects: [{ kind: 'send-request' }, { kind: 'start-timer', timer: 'E', delayMs: intervalMs }],
  };
}

function failed(state: NonInviteClient, status: 408 | 503): Next {
  return {
    state: { ...state, phase: 'terminated' },
    effects: [...stopped(state), { kind: 'pass-failure', status }],
  };
}

function stopped(state: NonInviteClient): ClientEffect[] {
  const effects: ClientEffect[] = [{ kind: 'stop-timer', timer: 'F' }];
  if (!state.timing.isReliable) effects.push({ kind: 'stop-timer', timer: 'E' });
  return effects;
}

function stay(state: NonInviteClient): Next {
  return { state, effects: [] };
}
