/** The beginning of a participation: the focus has invited the user, the user has entered a group, or something is kept outside sessions. */
import { epochStart } from '../position.ts';
import type { LegEvent, ParticipationEvent } from './event.ts';
import type { Decision, Participation, ParticipationName } from './state.ts';
import { awaySince, become, inNewEpoch, unavailable } from './transition.ts';

type Opened = Extract<LegEvent, { kind: 'opened' }> & Pick<ParticipationEvent, 'atMs'>;

/** Opens a participation in an epoch, unless something is kept of it. */
export function open(
  state: Participation | undefined,
  name: ParticipationName,
  event: Opened,
  epoch: number,
): Decision {
  if (state !== undefined && state.phase !== 'gone') return takenUp(state, event);
  const isAway = event.trigger !== undefined;
  const sinceMs = event.sinceMs ?? event.atMs;
  // Positions never go back, even if an epoch is used again.
  const start = Math.max(epochStart(epoch), state?.cursor ?? 0);
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
    cursor: start,
    last: start,
    awaySinceMs: awaySince(event),
    isAvailableAgain: false,
    changedAtMs: event.atMs,
  };
  return {
    state: opened,
    effects: isAway ? [{ kind: 'find-registration', sinceMs }] : [],
  };
}

/**
 * The edge has begun it as if nothing was kept: what it had read was older than what came since. It takes it up anew, in an epoch that nobody
 * has used, and knows then what waits.
 */
function takenUp(state: Participation, event: Opened): Decision {
  const { focus, group, atMs } = event;
  const taken: Participation = {
    ...unavailable(inNewEpoch(state)),
    phase: 'buffering',
    focus,
    group,
    awaySinceMs: atMs,
  };
  return become(taken, {}, [
    { kind: 'command', command: { kind: 'restore', participation: taken } },
    { kind: 'find-registration', sinceMs: 0 },
  ]);
}

type Deferred = Extract<LegEvent, { kind: 'deferred' }> & Pick<ParticipationEvent, 'atMs'>;

/** Keeps what was said to an absent user outside any session, behind what waits already. */
export function defer(
  state: Participation | undefined,
  name: ParticipationName,
  event: Deferred,
  epoch: number,
): Decision {
  const { group, instance, last, sinceMs } = event;
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
        ...(instance === undefined ? {} : { instance }),
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
