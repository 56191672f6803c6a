/** When a focus that can't be reached is tried again. */
import { describe, expect, test } from 'vitest';
import { FocusRetry } from '../../../edge/participating/focus-retry.ts';
import { joinPauseMs, joinTriesMax } from '../../../edge/participating/limit.ts';
import { DeskWorld } from './desk-world.ts';

describe('a focus', () => {
  test('that is out of reach is tried again after a pause, and given up in the end [design 7]', () => {
    const { desk } = new DeskWorld();
    const retry = new FocusRetry(desk);
    for (let tries = 1; tries < joinTriesMax; tries++) {
      expect(retry.after(503, () => undefined)).toBe(true);
      expect(desk.drain()).toMatchObject([{ kind: 'set-timer', delayMs: joinPauseMs }]);
    }
    expect(retry.after(503, () => undefined)).toBe(false);
  });

  test('that refuses is not asked again', () => {
    const { desk } = new DeskWorld();
    expect(new FocusRetry(desk).after(404, () => undefined)).toBe(false);
  });

  test('that has come back is tried as often again', () => {
    const { desk } = new DeskWorld();
    const retry = new FocusRetry(desk);
    for (let tries = 1; tries <= joinTriesMax; tries++) retry.after(408, () => undefined);
    retry.stop();
    expect(retry.after(408, () => undefined)).toBe(true);
  });
});
