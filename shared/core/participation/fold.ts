/**
 * Folds a batch of events of one participation over its record. The record is what one write holds: the state, and the effects
 * of the last write, so that a replay can send them again (design 4). Nothing here repeats a decision for a replayed event.
 */
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
  /** The record differs from the one before and has to be written. */
  readonly isChanged: boolean;
  /** An event of the batch was applied before: what it caused is to be sent again. */
  readonly isReplay: boolean;
  /** Events of an older epoch or of an edge that has lost the participation. */
  readonly refused: number;
};

type Admission = 'apply' | 'replay' | 'stale';

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
    const decision = decide(state, envelope.name, envelope.event, policy);
    effects.push(...decision.effects);
    state = next(state, decision.state, envelope);
  }
  const isChanged = state !== record?.state;
  if (isChanged && state !== undefined) checkParticipation(state);
  return { record: state && { state, effects }, isChanged, isReplay, refused };
}

/** Whether an event still has to be decided on (design 3, epochs; design 4, replays). */
export function admit(state: Participation | undefined, envelope: Envelope): Admission {
  const { source, event } = envelope;
  if (source === undefined) return 'apply';
  if (state === undefined) return 'apply';
  if (source.epoch < state.epoch) return event.kind === 'opened' ? 'replay' : 'stale';
  if (state.edge !== undefined && source.edge !== state.edge) return 'stale';
  // A new owner of what nobody owned begins an epoch of its own.
  if (source.epoch > state.epoch) return 'apply';
  return source.counter > state.counter ? 'apply' : 'replay';
}

const owned = new Set(['joined', 'buffering', 'reinviting', 'draining', 'restarting']);

function next(
  before: Participation | undefined,
  decided: Participation | undefined,
  envelope: Envelope,
): Participation | undefined {
  const { source, event } = envelope;
  if (decided === undefined) return undefined;
  if (source === undefined) {
    return decided === before ? before : { ...decided, changedAtMs: event.atMs };
  }
  const owner = owned.has(decided.phase) ? { edge: source.edge } : {};
  const { epoch, counter } = source;
  return { ...decided, changedAtMs: event.atMs, epoch, counter, ...owner };
}
