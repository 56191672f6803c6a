/**
 * The INVITE server transaction: RFC 3261 17.2.1 with the Accepted state of RFC 6026 7.1, which absorbs repeated INVITEs while the
 * user repeats its 2xx until the ACK comes. G, H, I and L are its timers; G and I only over unreliable transports. `trying` makes
 * the 100 when the user hasn't answered by then; `answer` is for the layer above, which then answers in the user's place.
 *
 * | state      | INVITE again     | answer 1xx | answer 2xx | answer 300-699 | ACK       | G      | H / I / L  |
 * | ---------- | ---------------- | ---------- | ---------- | -------------- | --------- | ------ | ---------- |
 * | proceeding | last provisional | send       | accepted   | completed      |           |        |            |
 * | accepted   |                  |            | send       |                |           |        | terminated |
 * | completed  | last response    |            |            |                | confirmed | repeat | terminated |
 * | confirmed  |                  |            |            |                |           |        | terminated |
 */
import type { SipResponse } from '../../message.ts';
import { answerMsMax, tryingDelayMs } from '../limit.ts';
import type { ServerEffect, ServerEvent, Step } from './effect.ts';
import { nextIntervalMs, type TimerLetter, type Timing, timeoutMs } from './timer.ts';

export type InviteServer = {
  readonly phase: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
  readonly timing: Timing;
  /** The 100 that is sent if the user takes its time. */
  readonly trying: SipResponse;
  readonly last: SipResponse | undefined;
  /** The present wait of timer G. */
  readonly intervalMs: number;
};

type Next = Step<InviteServer, ServerEffect>;

/** The transaction of an INVITE that has just come. */
export function openInviteServer(timing: Timing, trying: SipResponse): Next {
  return {
    state: { phase: 'proceeding', timing, trying, last: undefined, intervalMs: timing.t1Ms },
    effects: [
      { kind: 'start-timer', timer: 'trying', delayMs: tryingDelayMs },
      { kind: 'start-timer', timer: 'answer', delayMs: answerMsMax },
    ],
  };
}

/** The next state on an event, and what has to happen. */
export function stepInviteServer(state: InviteServer, event: ServerEvent): Next {
  switch (state.phase) {
    case 'proceeding':
      return proceeding(state, event);
    case 'accepted':
      return accepted(state, event);
    case 'completed':
      return completed(state, event);
    case 'confirmed':
      return event.kind === 'timer' && event.timer === 'I' ? over(state) : stay(state);
    default:
      return stay(state);
  }
}

function proceeding(state: InviteServer, event: ServerEvent): Next {
  switch (event.kind) {
    case 'respond':
      return responded(state, event.response);
    case 'repeated':
      // RFC 3261 17.2.1: the last provisional again; the 100 if there was none, since the caller is waiting for a sign.
      return state.last === undefined ? trying(state) : { state, effects: [sent(state.last)] };
    case 'timer':
      return event.timer === 'trying' && state.last === undefined ? trying(state) : stay(state);
    default:
      // RFC 3261 17.2.4: if a provisional can't be sent, the caller repeats its INVITE, and the next answer may get through.
      return stay(state);
  }
}

function trying(state: InviteServer): Next {
  return {
    state: { ...state, last: state.trying },
    effects: [{ kind: 'stop-timer', timer: 'trying' }, sent(state.trying)],
  };
}

function responded(state: InviteServer, response: SipResponse): Next {
  const quiet: ServerEffect[] =
    state.last === undefined ? [{ kind: 'stop-timer', timer: 'trying' }] : [];
  const last = response;
  if (response.status < 200) return { state: { ...state, last }, effects: [...quiet, sent(last)] };
  quiet.push({ kind: 'stop-timer', timer: 'answer' });
  const delayMs = timeoutMs(state.timing);
  if (response.status < 300) {
    return {
      state: { ...state, phase: 'accepted', last },
      effects: [...quiet, sent(last), { kind: 'start-timer', timer: 'L', delayMs }],
    };
  }
  const effects = [...quiet, sent(last)];
  if (!state.timing.isReliable) {
    effects.push({ kind: 'start-timer', timer: 'G', delayMs: state.intervalMs });
  }
  effects.push({ kind: 'start-timer', timer: 'H', delayMs });
  return { state: { ...state, phase: 'completed', last }, effects };
}

function accepted(state: InviteServer, event: ServerEvent): Next {
  if (event.kind === 'respond' && event.response.status >= 200 && event.response.status < 300) {
    return { state, effects: [sent(event.response)] };
  }
  return event.kind === 'timer' && event.timer === 'L' ? over(state) : stay(state);
}

function completed(state: InviteServer, event: ServerEvent): Next {
  switch (event.kind) {
    case 'repeated':
      return { state, effects: state.last === undefined ? [] : [sent(state.last)] };
    case 'acknowledged':
      return confirmed(state);
    case 'timer':
      return completedTimer(state, event.timer);
    case 'send-failed':
      return { state: over(state).state, effects: stopped(state) };
    default:
      return stay(state);
  }
}

function completedTimer(state: InviteServer, timer: TimerLetter): Next {
  if (timer === 'H') return { state: over(state).state, effects: stopped(state) };
  if (timer !== 'G' || state.last === undefined) return stay(state);
  const intervalMs = nextIntervalMs(state.intervalMs, state.timing);
  return {
    state: { ...state, intervalMs },
    effects: [sent(state.last), { kind: 'start-timer', timer: 'G', delayMs: intervalMs }],
  };
}

function confirmed(state: InviteServer): Next {
  if (state.timing.isReliable) return { state: over(state).state, effects: stopped(state) };
  return {
    state: { ...state, phase: 'confirmed' },
    effects: [...stopped(state), { kind: 'start-timer', timer: 'I', delayMs: state.timing.t4Ms }],
  };
}

function stopped(state: InviteServer): ServerEffect[] {
  const effects: ServerEffect[] = [{ kind: 'stop-timer', timer: 'H' }];
  if (!state.timing.isReliable) effects.push({ kind: 'stop-timer', timer: 'G' });
  return effects;
}

function sent(response: SipResponse): ServerEffect {
  return { kind: 'send-response', response };
}

function over(state: InviteServer): Next {
  return { state: { ...state, phase: 'terminated' }, effects: [] };
}

function stay(state: InviteServer): Next {
  return { state, effects: [] };
}
