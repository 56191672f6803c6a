/** Who is there: the user has registered, the edge that acted for the participation is lost, or gives it to another. */
import { anyInstance } from '../registration.ts';
import type { AvailabilityEvent, LegEvent, ParticipationEvent } from './event.ts';
import { isGroup } from './kind.ts';
import { command } from './presence.ts';
import type { Decision, Participation } from './state.ts';
import { become, ignore, inNewEpoch, unavailable, withoutOwner } from './transition.ts';

type HandedOver = Extract<LegEvent, { kind: 'handed-over' }>;
type Availability = (AvailabilityEvent | HandedOver) & Pick<ParticipationEvent, 'atMs'>;

export function decideAvailability(state: Participation, event: Availability): Decision {
  switch (event.kind) {
    case 'client-available':
      return clientAvailable(state, event);
    case 'edge-lost':
      return edgeLost(state, event);
    case 'handed-over':
      return handedOver(state, event);
  }
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
  event: Pick<Extract<Availability, { kind: 'edge-lost' }>, 'successor' | 'atMs'>,
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

/** Design 7: an edge that ends has everything stored and answered. A client in a running group stays in it, and hears of a new path only. */
function handedOver(
  state: Participation,
  event: Extract<Availability, { kind: 'handed-over' }>,
): Decision {
  const { client, successor } = event;
  if (state.edge === undefined) return ignore(state);
  const known: Participation = { ...state, last: Math.max(state.last, event.last) };
  if (state.phase !== 'joined' || client === undefined || !isGroup(state)) {
    return edgeLost(known, event);
  }
  const taken: Participation = { ...inNewEpoch(known), edge: successor };
  return become(taken, {}, [
    { kind: 'command', command: { kind: 'restore', participation: taken, client } },
  ]);
}
