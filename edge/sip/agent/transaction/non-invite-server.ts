/**
 * The server transaction of every request but INVITE and ACK: RFC 3261 17.2.2. J is its timer, and only over unreliable
 * transports. `answer` ends a transaction that its user never answers: by then the client has long given up, and RFC 4320 4.2
 * forbids a 408.
 *
 * | state      | request again    | answer 1xx | answer 200-699 | J / answer | send failed |
 * | ---------- | ---------------- | ---------- | -------------- | ---------- | ----------- |
 * | trying     |                  | proceeding | completed      | terminated |             |
 * | proceeding | last provisional | send       | completed      | terminated |             |
 * | completed  | last response    |            |                | terminated | terminated  |
 */
import type { SipResponse } from '../../message.ts';
import type { ServerEffect, ServerEvent, Step } from './effect.ts';
import { type Timing, timeoutMs } from './timer.ts';

export type NonInviteServer = {
  readonly phase: 'trying' | 'proceeding' | 'completed' | 'terminated';
  readonly timing: Timing;
  readonly last: SipResponse | undefined;
};

type Next = Step<NonInviteServer, ServerEffect>;

/** The transaction of a request that has just come. */
export function openNonInviteServer(timing: Timing): Next {
  return {
    state: { phase: 'trying', timing, last: undefined },
    effects: [{ kind: 'start-timer', timer: 'answer', delayMs: timeoutMs(timing) }],
  };
}

/** The next state on an event, and what has to happen. */
export function stepNonInviteServer(state: NonInviteServer, event: ServerEvent): Next {
  switch (state.phase) {
    case 'trying':
    case 'proceeding':
      return waiting(state, event);
    case 'completed':
      return completed(state, event);
    default:
      return stay(state);
  }
}

function waiting(state: NonInviteServer, event: ServerEvent): Next {
  switch (event.kind) {
    case 'repeated':
      return repeat(state);
    case 'respond':
      return responded(state, event.response);
    case 'timer':
      return event.timer === 'answer' ? over(state) : stay(state);
    default:
      return stay(state);
  }
}

function responded(state: NonInviteServer, response: SipResponse): Next {
  const send: ServerEffect = { kind: 'send-response', response };
  const last = response;
  if (response.status < 200) {
    return { state: { ...state, phase: 'proceeding', last }, effects: [send] };
  }
  const stop: ServerEffect = { kind: 'stop-timer', timer: 'answer' };
  if (state.timing.isReliable) {
    return { state: { ...state, phase: 'terminated', last }, effects: [stop, send] };
  }
  const delayMs = timeoutMs(state.timing);
  return {
    state: { ...state, phase: 'completed', last },
    effects: [stop, send, { kind: 'start-timer', timer: 'J', delayMs }],
  };
}

function completed(state: NonInviteServer, event: ServerEvent): Next {
  if (event.kind === 'repeated') return repeat(state);
  if (event.kind === 'timer' && event.timer === 'J') return over(state);
  if (event.kind === 'send-failed') {
    return { state: over(state).state, effects: [{ kind: 'stop-timer', timer: 'J' }] };
  }
  return stay(state);
}

function repeat(state: NonInviteServer): Next {
  if (state.last === undefined) return stay(state);
  return { state, effects: [{ kind: 'send-response', response: state.last }] };
}

function over(state: NonInviteServer): Next {
  return { state: { ...state, phase: 'terminated' }, effects: [] };
}

function stay(state: NonInviteServer): Next {
  return { state, effects: [] };
}
