/**
 * What a participation does on an event: `(state, event) -> { state, effects }`, after the state table of the deferred
 * delivery. Replays and events of an older epoch are told apart by `admit`; here an event that doesn't fit the phase changes
 * nothing, so that anything may arrive late or twice.
 */
import { decideAbsence } from './absence.ts';
import { decideAvailability } from './availability.ts';
import type { ParticipationEvent } from './event.ts';
import { open } from './open.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { decidePresence } from './presence.ts';
import type { Decision, Participation, ParticipationName } from './state.ts';

/** Decides on one event. `name` says which participation it is, for there may be no state yet. */
export function decide(
  state: Participation | undefined,
  name: ParticipationName,
  event: ParticipationEvent,
  policy: Policy = defaultPolicy,
): Decision {
  if (event.kind === 'opened') return open(state, name, event);
  if (state === undefined || state.phase === 'gone') return decideWithout(state, event);
  switch (event.kind) {
    case 'client-joined':
    case 'client-left':
    case 'client-refused':
    case 'progress':
    case 'rejoin':
      return decidePresence(state, event, policy);
    case 'client-available':
    case 'edge-lost':
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
