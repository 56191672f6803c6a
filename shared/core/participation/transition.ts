/** Building blocks of the decisions: the next state, with or without effects. */
import { epochOfFunctions, epochStart } from '../position.ts';
import type { Decision, Participation, ParticipationEffect } from './state.ts';

/** Nothing happens. */
export function ignore(state: Participation): Decision {
  return { state, effects: [] };
}

/** The state changes in some fields, and effects follow. */
export function become(
  state: Participation,
  change: Partial<Participation>,
  effects: readonly ParticipationEffect[] = [],
): Decision {
  return { state: { ...state, ...change }, effects };
}

/** The state without an owner: no edge has to act for it. */
export function withoutOwner(state: Participation): Participation {
  const { edge: _edge, focus: _focus, ...rest } = state;
  return rest;
}

/**
 * The user has left: what was kept is discarded, and what of this run is still to be stored too; the name stays for a while (promise 5). Only
 * positions of epochs up to this one are discarded: the user may be back in the group, in a later epoch, before a slow handler gets
 * to it.
 */
export function leave(
  state: Participation,
  effects: readonly ParticipationEffect[] = [],
): Decision {
  const through = epochStart(state.epoch + 1);
  return {
    state: { ...gone(state), hasLeft: true },
    effects: [...effects, { kind: 'discard', through }],
  };
}

/** Over, with everything delivered: the edge may not know, and go on with a new leg of the focus in the same epoch. */
export function end(state: Participation): Decision {
  return {
    state: gone(state),
    effects: [{ kind: 'discard', through: state.last, isDelivered: true }],
  };
}

function gone(state: Participation): Participation {
  return {
    ...withoutOwner(state),
    phase: 'gone',
    cursor: state.last,
    roster: [],
    isAvailableAgain: false,
  };
}

/** The state before any registration has been acted on: the present one counts, however old it is. */
export function unavailable(state: Participation): Participation {
  const { availableAtMs: _availableAtMs, ...rest } = state;
  return { ...rest, isAvailableAgain: false };
}

/** When a client went that was heard of last at `sinceMs`; 0 says only that any registration of it counts. */
export function awaySince({
  sinceMs = 0,
  atMs,
}: {
  readonly sinceMs?: number;
  readonly atMs: number;
}): number {
  return sinceMs === 0 ? atMs : sinceMs;
}

/** A new owner numbers its events and positions anew, behind all earlier ones. */
export function inNewEpoch(state: Participation): Participation {
  return { ...state, epoch: epochOfFunctions(state.epoch), counter: 0 };
}
