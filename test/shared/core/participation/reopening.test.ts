/** Participations that go on though they were thought to be over, or begun though they were not. */
import { describe, expect, test } from 'vitest';
import { epochStart } from '../../../../shared/core/position.ts';
import {
  available,
  by,
  focusEnded,
  focusJoined,
  given,
  left,
  lost,
  opened,
  phases,
  position,
  progress,
  refused,
  restarted,
} from './spec.ts';

describe('an edge that has begun what is kept as if nothing was', () => {
  test('takes it up in an epoch that nobody has used, and is counted anew [design 6.1, 7]', () => {
    const spec = given(...phases.inactive);
    const before = spec.state;
    const { phase, effects, state } = spec.when(
      by({ edge: 'x', epoch: 4, counter: 3 }, opened({ focus: { callId: 'new' } })),
    );
    expect({ phase, effects }).toEqual({
      phase: 'buffering',
      effects: ['restore', 'find-registration since 0'],
    });
    expect(state).toMatchObject({
      edge: 'x',
      epoch: 6,
      counter: 0,
      cursor: before?.cursor,
      last: before?.last,
      focus: { callId: 'new' },
    });
    expect(spec.when(by({ edge: 'x', epoch: 6, counter: 1 }, focusJoined())).folded).toMatchObject({
      isReplay: false,
      refused: 0,
    });
  });

  test('is not decided on again [design 4.3]', () => {
    const step = by({ edge: 'x', epoch: 4, counter: 3 }, opened());
    const spec = given(...phases.inactive, step);
    expect(spec.when(step)).toMatchObject({ effects: [], folded: { isReplay: true } });
  });
});

describe('a new leg of the focus in the epoch that has ended', () => {
  test('goes on: its edge was in the session when the focus came again [design 6.1]', () => {
    const spec = given(opened(), focusEnded(0));
    expect(spec.state?.phase).toBe('gone');
    const { phase, effects, state } = spec.when(focusJoined());
    expect({ phase, effects }).toEqual({
      phase: 'buffering',
      effects: ['find-registration since 0'],
    });
    expect(state).toMatchObject({ edge: 'a', epoch: 1, cursor: epochStart(1) });
  });

  test('leaves out who has left, and what comes of that run is discarded too [promise 5]', () => {
    for (const leaving of [[left], [lost(), available(1000), refused(603)]]) {
      const spec = given(opened(), ...leaving);
      expect(spec.state).toMatchObject({ phase: 'gone', hasLeft: true });
      expect(spec.when(focusJoined())).toMatchObject({ phase: 'gone', effects: [] });
      const anew = spec.when(by({ epoch: 2, counter: 1 }, focusJoined()));
      expect(anew).toMatchObject({ phase: 'buffering' });
      expect(anew.state?.hasLeft).toBeUndefined();
    }
  });

  test('may have messages before it that a late discard leaves [design 6.1]', () => {
    const folded = given(opened(), lost(position(3)), progress(position(3))).when(
      focusEnded(position(3)),
    ).folded;
    expect(folded.effects).toEqual([{ kind: 'discard', through: position(3), isDelivered: true }]);
    expect(given(opened()).when(left).folded.effects).toEqual([
      { kind: 'discard', through: epochStart(2) },
    ]);
  });
});

describe('a group that is re-started for a re-join, after an end with nothing waiting [PFT-079]', () => {
  test('runs with the client in it, and what is kept from then on is delivered [design 6.1]', () => {
    const spec = given(opened(), lost(position(3)), progress(position(3)), focusEnded(position(3)));
    expect(spec.state).toMatchObject({ phase: 'gone' });
    const { phase, state } = spec.when(restarted('sip:new@focus.test'));
    expect(phase).toBe('joined');
    expect(state).toMatchObject({
      cursor: position(3),
      last: position(3),
      focus: { callId: 'focus-3' },
      group: { identity: 'sip:new@focus.test' },
    });
    const ended = given(
      ...[opened(), lost(position(3)), progress(position(3)), focusEnded(position(3))],
      ...[restarted(), lost(position(4)), focusEnded(position(5))],
    );
    expect(ended.state).toMatchObject({
      phase: 'inactive',
      cursor: position(3),
      last: position(5),
    });
  });

  test('stays over for who has left [promise 5]', () => {
    expect(given(opened(), left).when(restarted())).toMatchObject({ phase: 'gone', effects: [] });
  });
});
