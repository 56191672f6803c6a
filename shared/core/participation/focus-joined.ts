/** The focus has a new leg to us: the group session runs, whatever was thought of it before. */
import { epochStart } from '../position.ts';
import type { LegEvent, ParticipationEvent } from './event.ts';
import type { Decision, Participation } from './state.ts';
import { become, ignore, unavailable } from './transition.ts';

type Restarted = Extract<LegEvent, { kind: 'restarted' }>;
type FocusJoined = Extract<LegEvent, { kind: 'focus-joined' }> & Pick<ParticipationEvent, 'atMs'>;

/** Goes on with the new leg. `isNewEpoch`: the reporter has taken the participation up from what is stored. */
export function focusJoined(
  state: Participation,
  event: FocusJoined,
  isNewEpoch: boolean,
): Decision {
  if (isNewEpoch) return invitedAnew(reopened(state), event);
  const joined = { focus: event.focus, group: { ...state.group, identity: event.identity } };
  switch (state.phase) {
    case 'gone':
      // The edge was still in it when the focus came again, and goes on; who has left stays out.
      return state.hasLeft ? ignore(state) : invitedAnew(reopened(state), event);
    case 'inactive':
      return invitedAnew(state, event);
    case 'draining':
      // What is being delivered is now delivered within the running session, to a client that is in it or still has to answer.
      return become(state, { ...joined, phase: state.hasAccepted ? 'joined' : 'reinviting' });
    case 'restarting':
      return become(state, { ...joined, phase: 'joined' });
    default:
      return become(state, joined);
  }
}

/**
 * A re-join was accepted and the group re-started, after the focus had ended the session as far as the functions know: it runs again, with the
 * client in it, and what is kept from here on has to be delivered. Who has left stays out.
 */
export function restartedAfterEnd(state: Participation, event: Restarted): Decision {
  if (state.hasLeft) return ignore(state);
  const { focus, identity } = event;
  return become(reopened(state), { phase: 'joined', focus, group: { ...state.group, identity } });
}

/** The invitation was accepted in the user's place: whoever is registered is asked now, and gets first what waits. */
function invitedAnew(state: Participation, event: FocusJoined): Decision {
  return become(
    unavailable(state),
    {
      phase: 'buffering',
      focus: event.focus,
      group: { ...state.group, identity: event.identity },
      awaySinceMs: event.atMs,
    },
    [{ kind: 'find-registration', sinceMs: 0 }],
  );
}

/** It had ended while the new leg was being set up: it begins anew, behind all that was discarded. */
function reopened(state: Participation): Participation {
  if (state.phase !== 'gone') return state;
  const start = Math.max(state.last, epochStart(state.epoch));
  const { hasLeft: _hasLeft, ...rest } = state;
  return { ...rest, cursor: start, last: start };
}
