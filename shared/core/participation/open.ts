/** The beginning of a participation: the focus has invited the user, or the user has entered a group. */
import { epochStart } from '../position.ts';
import type { LegEvent, ParticipationEvent } from './event.ts';
import type { Decision, Participation, ParticipationName } from './state.ts';

type Opened = Extract<LegEvent, { kind: 'opened' }> & Pick<ParticipationEvent, 'atMs'>;

/**
 * Opens a participation in an epoch. One that is there already and not over is kept as it is: the edge reports `focus-joined` for
 * it, so this is a replay.
 */
export function open(
  state: Participation | undefined,
  name: ParticipationName,
  event: Opened,
  epoch: number,
): Decision {
  if (state !== undefined && state.phase !== 'gone') return { state, effects: [] };
  const isAway = event.trigger !== undefined;
  const awaySinceMs = event.sinceMs ?? event.atMs;
  const opened: Participation = {
    user: name.user,
    contributionId: name.contributionId,
    phase: isAway ? 'buffering' : 'joined',
    epoch,
    counter: 0,
    group: event.group,
    focus: event.focus,
    roster: event.roster,
    ...(event.instance === undefined ? {} : { instance: event.instance }),
    cursor: epochStart(epoch),
    last: epochStart(epoch),
    awaySinceMs,
    isAvailableAgain: false,
    changedAtMs: event.atMs,
  };
  return {
    state: opened,
    effects: isAway ? [{ kind: 'find-registration', sinceMs: awaySinceMs }] : [],
  };
}
