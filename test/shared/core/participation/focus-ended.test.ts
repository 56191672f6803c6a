import { describe, expect, test } from 'vitest';
import { epochStart } from '../../../../shared/core/position.ts';
import {
  available,
  drained,
  focusEnded,
  focusJoined,
  given,
  joined,
  lost,
  phases,
  position,
  refused,
} from './spec.ts';

describe('the focus ends the session', () => {
  test('while the client is being brought up to date: that goes on, and its end is the end [O-07]', () => {
    const spec = given(...phases.reinviting, joined(), focusEnded(position(4)));
    expect(spec.state).toMatchObject({ phase: 'draining', hasAccepted: true });
    expect(spec.state?.focus).toBeUndefined();
    expect(spec.when(drained).phase).toBe('gone');
  });

  test.each([
    ['the end of a delivery', phases.draining, { kind: 'drained' }],
    ['a failed re-start', phases.restarting, { kind: 'restart-failed', status: 403 }],
  ] as const)(
    'and %s leaves nothing out that an earlier owner had still to store [design 6.1]',
    (_, steps, event) => {
      const ending = (last: number) => ({ event: { ...event, cursor: position(4), last } });
      expect(given(...steps).when(ending(position(4))).phase).toBe('gone');
      const spec = given(...steps);
      expect(spec.when(ending(position(6)))).toMatchObject({
        phase: 'inactive',
        state: { cursor: position(4), last: position(6) },
        effects: ['find-registration since 0'],
      });
      expect(spec.state?.edge).toBeUndefined();
      expect(spec.state?.availableAtMs).toBeUndefined();
    },
  );

  test('while the client is being brought up to date and is lost then: the rest waits [PFT-052]', () => {
    const spec = given(...phases.reinviting, joined(), focusEnded(position(4)));
    expect(spec.when(lost(position(4)))).toMatchObject({
      phase: 'inactive',
      effects: ['find-registration since 160'],
    });
    expect(spec.state?.edge).toBeUndefined();
    expect(spec.when(available(2000)).phase).toBe('draining');
  });

  test('and sets it up again while the client is being delivered to: the client is in it [PFT-061]', () => {
    const spec = given(...phases.draining, joined());
    const { phase, state } = spec.when(focusJoined());
    expect({ phase, identity: state?.group.identity }).toEqual({
      phase: 'joined',
      identity: 'sip:g2@focus.test',
    });
    expect(spec.when(lost()).phase).toBe('buffering');
  });

  test('and sets it up again while our INVITE is out: the answer leads into it [PFT-061]', () => {
    const accepted = given(...phases.draining, focusJoined());
    expect(accepted.when(joined()).phase).toBe('joined');
    const declined = given(...phases.draining, focusJoined());
    expect(declined.when(refused(480)).phase).toBe('buffering');
  });

  test('and an end whose positions are of a later epoch still means that something waits', () => {
    const { phase, state } = given(...phases.buffering).when(focusEnded(position(5, 2)));
    expect({ phase, last: state?.last }).toEqual({ phase: 'inactive', last: epochStart(2) - 1 });
  });
});
