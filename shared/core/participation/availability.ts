/** What other functions report: the user has registered, or the edge that acted for the participation is lost. */
import type { AvailabilityEvent, ParticipationEvent } from './event.ts';
import { command } from './presence.ts';
import type { Decision, Participation } from './state.ts';
import { become, ignore, inNewEpoch, withoutOwner } from './transition.ts';

type Availability = AvailabilityEvent & Pick<ParticipationEvent, 'atMs'>;

export function decideAvailability(state: Participation, event: Availability): Decision {
  return event.kind === 'client-available'
    ? clientAvailable(state, event.instances)
    : edgeLost(state, event);
}

/** 001 8.3.2.9 trigger A. Only the device that had accepted counts, if one had (PFT-001, PFT-070). */
function clientAvailable(state: Participation, instances: readonly string[]): Decision {
  if (state.instance !== undefined && !instances.includes(state.instance)) return ignore(state);
  if (instances.length === 0) return ignore(state);
  switch (state.phase) {
    case 'buffering': {
      const inviting: Participation = { ...state, phase: 'reinviting' };
      return become(inviting, {}, [command({ kind: 'invite-client' }, inviting)]);
    }
    case 'inactive': {
      const draining: Participation = { ...inNewEpoch(state), phase: 'draining' };
      return become(draining, {}, [command({ kind: 'invite-client' }, draining)]);
    }
    case 'reinviting':
    case 'draining':
      return become(state, { isAvailableAgain: true }, [command({ kind: 'invite-again' }, state)]);
    default:
      return ignore(state);
  }
}

/**
 * Design 7: the successor raises the epoch and takes the legs up. A client that was in the session is invited again at its
 * present registration, for it was our side that failed; one that was away already waits for its next registration.
 */
function edgeLost(
  state: Participation,
  event: Extract<Availability, { kind: 'edge-lost' }>,
): Decision {
  if (state.edge !== event.edge) return ignore(state);
  const taken: Participation = {
    ...inNewEpoch(state),
    edge: event.successor,
    isAvailableAgain: false,
  };
  const sinceMs = state.phase === 'buffering' ? state.awaySinceMs : 0;
  const search = { kind: 'find-registration', sinceMs } as const;
  if (state.phase === 'draining' || state.phase === 'restarting') {
    return become(withoutOwner(taken), { phase: 'inactive' }, [search]);
  }
  const restored: Participation = { ...taken, phase: 'buffering', awaySinceMs: event.atMs };
  return become(restored, {}, [command({ kind: 'restore' }, restored), search]);
}
