/** What other functions report: the user has registered, or the edge that acted for the participation is lost. */
import { anyInstance } from '../registration.ts';
import type { AvailabilityEvent, ParticipationEvent } from './event.ts';
import { isGroup } from './kind.ts';
import { command } from './presence.ts';
import type { Decision, Participation } from './state.ts';
import { become, ignore, inNewEpoch, unavailable, withoutOwner } from './transition.ts';

type Availability = AvailabilityEvent & Pick<ParticipationEvent, 'atMs'>;

export function decideAvailability(state: Participation, event: Availability): Decision {
  return event.kind === 'client-available' ? clientAvailable(state, event) : edgeLost(state, event);
}

/** 001 8.3.2.9 trigger A. Only the device that had accepted counts, if one had (PFT-001, PFT-070). */
function clientAvailable(
  state: Participation,
  { instances, registeredAtMs }: Extract<Availability, { kind: 'client-available' }>,
): Decision {
  const hasOther = state.instance !== undefined && !instances.includes(state.instance);
  if (hasOther && !instances.includes(anyInstance)) return ignore(state);
  if (instances.length === 0) return ignore(state);
  const known: Participation = { ...state, availableAtMs: registeredAtMs };
  switch (state.phase) {
    case 'buffering':
      return invite({ ...known, phase: 'reinviting' });
    case 'inactive':
      return invite({ ...inNewEpoch(known), phase: 'draining', hasAccepted: false });
    case 'reinviting':
    case 'draining':
      // No edge has said that it has our INVITE: it may have died with it.
      if (state.edge === undefined) return invite(known);
      return become(known, { isAvailableAgain: true }, [command({ kind: 'invite-again' }, known)]);
    default:
      return ignore(state);
  }
}

function invite(inviting: Participation): Decision {
  return become(inviting, {}, [command({ kind: 'invite-client' }, inviting)]);
}

/**
 * Design 7: the successor raises the epoch and takes the legs up. A client that was in the session is invited again at its
 * present registration, for it was our side that failed; one that was away already waits for its next registration. Whoever has no
 * owner, or another one by now, doesn't get here: that is a replay.
 */
function edgeLost(
  state: Participation,
  event: Extract<Availability, { kind: 'edge-lost' }>,
): Decision {
  const taken: Participation = { ...inNewEpoch(state), edge: event.successor };
  if (state.phase === 'buffering' && isGroup(state)) {
    const restored: Participation = { ...taken, isAvailableAgain: false };
    return become(restored, {}, [
      command({ kind: 'restore' }, restored),
      { kind: 'find-registration', sinceMs: state.awaySinceMs },
    ]);
  }
  const isAway = state.phase === 'buffering';
  const search = { kind: 'find-registration', sinceMs: isAway ? state.awaySinceMs : 0 } as const;
  const isEnded = state.phase === 'draining' || state.phase === 'restarting';
  // A session between two users ends with the edge: both clients are near, and set up another one.
  if (isEnded || !isGroup(state)) {
    return become(withoutOwner(unavailable(taken)), { phase: 'inactive' }, [search]);
  }
  const restored: Participation = {
    ...unavailable(taken),
    phase: 'buffering',
    awaySinceMs: event.atMs,
  };
  return become(restored, {}, [command({ kind: 'restore' }, restored), search]);
}
