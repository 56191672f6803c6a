/** Building blocks of the decisions: the next state, with or without effects. */
import { epochStart } from '../position.ts';
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
 * Over: what was kept is discarded, the name stays for a while (promise 5). Only positions of epochs up to this one are discarded:
 * the user may be back in the group, in a later epoch, before a slow handler gets to it.
 */
export function end(state: Participation, effects: readonly ParticipationEffect[] = []): Decision {
  return {
    state: {
      ...withoutOwner(state),
      phase: 'gone',
      cursor: state.last,
      roster: [],
      isAvailableAgain: false,
    },
    effects: [...effects, { kind: 'discard', through: epochStart(state.epoch + 1) }],
  };
}

/** The state before any registration has been acted on: the present one counts, however old it is. */
export function unavailable(state: Participation): Participation {
  const { availableAtMs: _availableAtMs, ...rest } = state;
  return { ...rest, isAvailableAgain: false };
}

/** A new owner numbers its events and positions anew, behind all earlier ones. */
export function inNewEpoch(state: Participation): Participation {
  return { ...state, epoch: state.epoch + 1, counter: 0 };
}
