/**
 * What a participation does on an event: `(state, event) -> { state, effects }`, after the state table of the deferred
 * delivery. Replays and events of an older epoch are told apart by `admit`; here an event that doesn't fit the phase changes
 * nothing, so that anything may arrive late or twice.
 */
import { decideAbsence } from './absence.ts';
import { decideAvailability } from './availability.ts';
import type { ParticipationEvent } from './event.ts';
import { focusJoined, restartedAfterEnd } from './focus-joined.ts';
import { defer, open } from './open.ts';
import type { Policy } from './policy.ts';
import { decidePresence } from './presence.ts';
import type { Decision, Participation, ParticipationName } from './state.ts';

export type Context = {
  readonly policy: Policy;
  /** The epoch that a participation begins in. */
  readonly epoch: number;
  /** The reporter is a new owner: it holds nothing of what an earlier one held. */
  readonly isNewEpoch: boolean;
};

/** Decides on one event. `name` says which participation it is, for there may be no state yet. */
export function decide(
  state: Participation | undefined,
  name: ParticipationName,
  event: ParticipationEvent,
  context: Context,
): Decision {
  if (event.kind === 'opened') return open(state, name, event, context.epoch);
  if (event.kind === 'deferred') return defer(state, name, event, context.epoch);
  if (state === undefined) return decideWithout(state, event);
  if (event.kind === 'focus-joined') return focusJoined(state, event, context.isNewEpoch);
  if (state.phase === 'gone') {
    return event.kind === 'restarted'
      ? restartedAfterEnd(state, event)
      : decideWithout(state, event);
  }
  switch (event.kind) {
    case 'client-joined':
    case 'client-left':
    case 'client-refused':
    case 'progress':
    case 'rejoin':
      return decidePresence(state, event, context.policy);
    case 'client-available':
    case 'edge-lost':
    case 'handed-over':
      return decideAvailability(state, event);
    default:
      return decideAbsence(state, event);
  }
}

/** Nothing is kept: only a re-join asks for something, and the focus has to answer it (PFT-029). */
function decideWithout(state: Participation | undefined, event: ParticipationEvent): Decision {
  if (event.kind !== 'rejoin') return { state, effects: [] };
  return {
    state,
    effects: [{ kind: 'command', command: { kind: 'relay-rejoin', call: event.call } }],
  };
}
