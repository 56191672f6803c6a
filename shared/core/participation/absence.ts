/** Events of the session while the client may be away: the loss itself, the roster, the focus's ending and re-start. */
import { epochStart } from '../position.ts';
import type { Finished, LegEvent, ParticipationEvent } from './event.ts';
import type { Decision, Participation, Phase } from './state.ts';
import { awaySince, become, end, ignore, unavailable, withoutOwner } from './transition.ts';

type Absence = Exclude<
  LegEvent,
  {
    kind:
      | 'opened'
      | 'deferred'
      | 'focus-joined'
      | 'client-joined'
      | 'client-left'
      | 'client-refused'
      | 'progress'
      | 'rejoin'
      | 'handed-over';
  }
> &
  Pick<ParticipationEvent, 'atMs'>;

/**
 * The focus has ended the session: an edge that has closed it for the client too is done with it, also if a re-join was decided on
 * that it will not find.
 */
const hasEnded: ReadonlySet<Phase> = new Set(['draining', 'restarting', 'inactive']);

export function decideAbsence(state: Participation, event: Absence): Decision {
  switch (event.kind) {
    case 'client-lost':
      return clientLost(state, event);
    case 'roster':
      return become(state, { roster: event.users });
    case 'focus-ended':
      return focusEnded(state, event.last);
    case 'pending':
      return pending(state, event.last);
    case 'drained':
      return hasEnded.has(state.phase) ? finished(state, event) : ignore(state);
    case 'restarted':
      return state.phase === 'restarting'
        ? become(state, { phase: 'joined', focus: event.focus, group: regrouped(state, event) })
        : ignore(state);
    case 'restart-failed':
      // 001 8.3.2.9.1.3: the edge has told the client; decision D-17: the pending data was finished before.
      return state.phase === 'restarting' ? finished(state, event) : ignore(state);
  }
}

/** 002 8.3.2.9: stay in the media path. A registration that came meanwhile must not be missed. */
function clientLost(
  state: Participation,
  event: Extract<Absence, { kind: 'client-lost' }>,
): Decision {
  const sinceMs = event.sinceMs ?? event.atMs;
  const last = Math.max(state.last, event.last);
  const away = { awaySinceMs: awaySince(event), last, isAvailableAgain: false };
  const search = [{ kind: 'find-registration', sinceMs } as const];
  // Where any registration counts, the one that was acted on does too.
  const known = sinceMs === 0 ? unavailable(state) : state;
  switch (state.phase) {
    case 'joined':
    case 'reinviting':
      return become(known, { ...away, phase: 'buffering' }, search);
    case 'draining':
    case 'restarting':
      // 001 8.3.2.9.1.1 NOTE 1: what is undelivered is kept for another time.
      return become(withoutOwner(known), { ...away, phase: 'inactive' }, search);
    default:
      return ignore(state);
  }
}

/** 003: the session is inactive from now on; decision O-07 if the client is just being brought in. */
function focusEnded(state: Participation, last: number): Decision {
  const known = lastOf(state, last);
  const ended: Participation = { ...withoutFocus(state), last: known };
  const isPending = known > state.cursor;
  switch (state.phase) {
    case 'joined':
    case 'reinviting':
      return isPending
        ? become(ended, { phase: 'draining', hasAccepted: state.phase === 'joined' })
        : end(ended);
    case 'buffering':
      return isPending
        ? become(withoutOwner(ended), { phase: 'inactive' }, [
            { kind: 'find-registration', sinceMs: state.awaySinceMs },
          ])
        : end(ended);
    default:
      return ignore(ended);
  }
}

/** Everything that the edge knew of is delivered; what an owner before it still had to store has to be delivered too. */
function finished(state: Participation, event: Finished): Decision {
  const cursor = Math.max(state.cursor, event.cursor ?? 0);
  const stored = event.last ?? 0;
  if (stored <= cursor) return end(state);
  const last = lastOf(state, stored);
  return become(unavailable(withoutOwner(state)), { phase: 'inactive', cursor, last }, [
    { kind: 'find-registration', sinceMs: 0 },
  ]);
}

/** A position of a later epoch is not this owner's; that something waits is what counts. */
function lastOf(state: Participation, last: number): number {
  return Math.min(Math.max(state.last, last), epochStart(state.epoch + 1) - 1);
}

/** The client has taken what there was and is registered still: it gets what has come since, at once. */
function pending(state: Participation, last: number): Decision {
  if (state.phase !== 'buffering' && state.phase !== 'inactive') return ignore(state);
  return become(unavailable(state), { last: Math.max(state.last, last) }, [
    { kind: 'find-registration', sinceMs: 0 },
  ]);
}

function withoutFocus(state: Participation): Participation {
  const { focus: _focus, ...rest } = state;
  return rest;
}

function regrouped(state: Participation, event: { readonly identity: string }) {
  return { ...state.group, identity: event.identity };
}
