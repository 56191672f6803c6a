import { describe, expect, test } from 'vitest';
import { BrokenInvariant } from '../../../../shared/core/broken-invariant.ts';
import { checkParticipation } from '../../../../shared/core/participation/invariant.ts';
import type { Participation } from '../../../../shared/core/participation/state.ts';
import { epochStart } from '../../../../shared/core/position.ts';
import { given, phases, position, progress } from './spec.ts';

function state(phase: keyof typeof phases, more: Partial<Participation> = {}): Participation {
  const { state: reached } = given(...phases[phase]);
  if (reached === undefined) throw new Error('no state');
  return { ...reached, ...more };
}

describe('what always holds', () => {
  test.each(Object.keys(phases).filter((phase) => phase !== 'none') as (keyof typeof phases)[])(
    'holds in %s',
    (phase) => {
      expect(() => checkParticipation(state(phase))).not.toThrow();
    },
  );

  const focus = { callId: 'focus-1' };
  test.each<[string, Participation]>([
    ['the epoch counts from 1', state('joined', { epoch: 0 })],
    ['the cursor is behind the last position or at it', state('joined', { cursor: position(1) })],
    ['no position is of a later epoch', state('inactive', { last: epochStart(2) })],
    ['an ended session has no leg to the focus', state('inactive', { focus })],
    ['an ended session has no leg to the focus', state('gone', { focus })],
    ['an ended session has no owner', state('inactive', { edge: 'a' })],
    ['an ended session has no owner', state('gone', { edge: 'a' })],
    ['a running session has a leg to the focus', state('draining', { phase: 'joined' })],
  ])('broken, it is said: %s', (sentence, broken) => {
    expect(() => checkParticipation(broken)).toThrow(
      new BrokenInvariant(`participation: ${sentence}`),
    );
  });

  test('is looked at before anything is written [design 6]', () => {
    const spec = given(...phases.draining);
    expect(() => spec.when(progress(position(1, 2)))).toThrow(BrokenInvariant);
    expect(spec.state?.cursor).toBe(position(0));
  });
});
