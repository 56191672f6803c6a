/** What always holds for a participation; broken, it is a fault of ours, and stopping is better than going on wrongly. */
import { BrokenInvariant } from '../broken-invariant.ts';
import { epochStart } from '../position.ts';
import type { Participation } from './state.ts';

/** Throws with the broken sentence. */
export function checkParticipation(state: Participation): void {
  const broken = brokenSentence(state);
  if (broken !== undefined) throw new BrokenInvariant(`participation: ${broken}`);
}

const running = new Set(['joined', 'buffering', 'reinviting']);

function brokenSentence(state: Participation): string | undefined {
  if (state.epoch < 1) return 'the epoch counts from 1';
  if (state.cursor > state.last) return 'the cursor is behind the last position or at it';
  if (state.last >= epochStart(state.epoch + 1)) return 'no position is of a later epoch';
  const isEnded = state.phase === 'inactive' || state.phase === 'gone';
  if (isEnded && state.focus !== undefined) return 'an ended session has no leg to the focus';
  if (isEnded && state.edge !== undefined) return 'an ended session has no owner';
  if (running.has(state.phase) && state.focus === undefined) {
    return 'a running session has a leg to the focus';
  }
  return undefined;
}
