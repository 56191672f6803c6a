/** The beginning of a participation: the focus has invited the user, the user has entered a group, or something is kept outside sessions. */
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

type Deferred = Extract<LegEvent, { kind: 'deferred' }> & Pick<ParticipationEvent, 'atMs'>;

/** Keeps what was said to an absent user outside any session, behind what waits already. */
export function defer(
  state: Participation | undefined,
  name: ParticipationName,
  event: Deferred,
  epoch: number,
): Decision {
  const { group, last, sinceMs } = event;
  const start = epochStart(epoch);
  const isNew = state === undefined || state.phase === 'gone';
  const before: Participation = isNew
    ? {
        user: name.user,
        contributionId: name.contributionId,
        phase: 'inactive',
        epoch,
        counter: 0,
        group,
        roster: [],
        cursor: start,
        last: start,
        awaySinceMs: sinceMs,
        isAvailableAgain: false,
        changedAtMs: event.atMs,
      }
    : state;
  return {
    state: { ...before, last: Math.max(before.last, last) },
    effects: before.phase === 'inactive' ? [{ kind: 'find-registration', sinceMs }] : [],
  };
}
