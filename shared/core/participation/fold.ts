/**
 * Folds a batch of events of one participation over its record. The record is what one write holds: the state, and the effects
 * of the last write, so that a replay can send them again (design 4). Nothing here repeats a decision for a replayed event.
 */
import { epochOfFunctions } from '../position.ts';
import { isNoLaterCall } from './call.ts';
import { decide } from './decide.ts';
import type { ParticipationEvent, Source } from './event.ts';
import { checkParticipation } from './invariant.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import type { Participation, ParticipationEffect, ParticipationName } from './state.ts';

export type Envelope = {
  readonly name: ParticipationName;
  /** Absent for what does not come from the owning edge. */
  readonly source?: Source;
  readonly event: ParticipationEvent;
};

export type ParticipationRecord = {
  readonly state: Participation;
  readonly effects: readonly ParticipationEffect[];
};

export type Folded = {
  readonly record: ParticipationRecord | undefined;
  /** What the batch asks for; without a state there is no record that could hold it. */
  readonly effects: readonly ParticipationEffect[];
  /** The record differs from the one before and has to be written. */
  readonly isChanged: boolean;
  /** An event of the batch was applied before: what it caused is to be sent again. */
  readonly isReplay: boolean;
  /** Events of an older epoch or of an edge that has lost the participation. */
  readonly refused: number;
};

type Admission = 'apply' | 'replay' | 'stale';

/** Events of an edge after which the participation goes on in a later epoch than theirs. */
const beginsEpoch: ReadonlySet<ParticipationEvent['kind']> = new Set(['opened', 'handed-over']);

/** Folds a batch; each event is decided on once. */
export function fold(
  record: ParticipationRecord | undefined,
  batch: readonly Envelope[],
  policy: Policy = defaultPolicy,
): Folded {
  let state = record?.state;
  const effects: ParticipationEffect[] = [];
  let isReplay = false;
  let refused = 0;
  for (const envelope of batch) {
    const admission = admit(state, envelope);
    if (admission === 'replay') isReplay = true;
    if (admission === 'stale') refused++;
    if (admission !== 'apply') continue;
    const claimed = claim(state, envelope);
    const decision = decide(claimed, envelope.name, envelope.event, {
      policy,
      epoch: envelope.source?.epoch ?? epochOfFunctions(state?.epoch ?? 0),
      isNewEpoch: isNewEpoch(state, envelope),
    });
    effects.push(...decision.effects);
    state = stamp(claimed, decision.state, envelope);
  }
  const isChanged = state !== record?.state;
  if (isChanged && state !== undefined) checkParticipation(state);
  return { record: state && { state, effects }, effects, isChanged, isReplay, refused };
}

/** Whether an event still has to be decided on (design 3, epochs; design 4, replays). */
export function admit(state: Participation | undefined, envelope: Envelope): Admission {
  const { source, event } = envelope;
  if (state === undefined) return 'apply';
  if (source === undefined) return wasActedOn(state, event) ? 'replay' : 'apply';
  if (source.epoch < state.epoch) return beginsEpoch.has(event.kind) ? 'replay' : 'stale';
  if (isOthers(state, source, event)) return 'stale';
  // A new owner begins an epoch of its own.
  if (source.epoch > state.epoch) return 'apply';
  return source.counter > state.counter ? 'apply' : 'replay';
}

/** Another edge has it: unless the focus has turned to this one, and so has no leg to the other any more. */
function isOthers(state: Participation, source: Source, event: ParticipationEvent): boolean {
  if (state.edge === undefined || source.edge === state.edge) return false;
  const isOfFocus = event.kind === 'focus-joined' || event.kind === 'opened';
  return !isOfFocus || source.epoch === state.epoch;
}

/** What no edge counts is known again by what it has done. */
function wasActedOn(state: Participation, event: ParticipationEvent): boolean {
  if (event.kind === 'edge-lost') return state.edge !== event.edge;
  if (event.kind === 'rejoin') {
    // Where nothing is kept the focus has to answer, whenever it is asked.
    return (
      state.phase !== 'gone' &&
      state.lastCall !== undefined &&
      isNoLaterCall(event.call, state.lastCall)
    );
  }
  if (event.kind !== 'client-available') return false;
  return state.availableAtMs !== undefined && event.registeredAtMs <= state.availableAtMs;
}

function isNewEpoch(state: Participation | undefined, { source }: Envelope): boolean {
  return state !== undefined && source !== undefined && source.epoch > state.epoch;
}

const owned = new Set(['joined', 'buffering', 'reinviting', 'draining', 'restarting']);

/** Whoever reports for what nobody owns is its owner, before the event is decided on: commands go to it. */
function claim(state: Participation | undefined, envelope: Envelope): Participation | undefined {
  const { source } = envelope;
  if (state === undefined || source === undefined) return state;
  const { edge, epoch, counter } = source;
  return { ...state, epoch, counter, ...(owned.has(state.phase) ? { edge } : {}) };
}

function stamp(
  before: Participation | undefined,
  decided: Participation | undefined,
  { source, event }: Envelope,
): Participation | undefined {
  if (decided === undefined || (source === undefined && decided === before)) return decided;
  const stamped = { ...decided, changedAtMs: event.atMs };
  if (source === undefined) return stamped;
  const { edge, epoch, counter } = source;
  // What begins a new epoch is the last event of the one before: the next one is counted from 1, by whoever has it then.
  const isNext = decided.epoch > epoch;
  const counted = isNext ? stamped : { ...stamped, counter };
  if (!owned.has(decided.phase)) return counted;
  return isNext ? { edge, ...counted } : { ...counted, edge };
}
