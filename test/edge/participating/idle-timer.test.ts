import { describe, expect, it } from 'vitest';
import { IdleTimer } from '../../../edge/participating/idle-timer.ts';
import { DeskWorld } from './desk-world.ts';

function idle(clientIdleMs: number) {
  const world = new DeskWorld({ clientIdleMs });
  const ended: number[] = [];
  const timer = new IdleTimer(world.desk, (nowMs) => ended.push(nowMs));
  return { world, ended, timer };
}

describe("a client's leg without traffic", () => {
  it('is ended after the limit', () => {
    const { world, ended, timer } = idle(1_000);
    timer.start(world.nowMs);
    expect([...world.timers.values()]).toEqual([1_000]);
    world.fire('idle/');
    expect(ended).toEqual([1_000]);
  });

  it('is never ended without a limit', () => {
    const { world, timer } = idle(0);
    timer.start(world.nowMs);
    expect(world.timers.size).toBe(0);
  });

  it('is waited for from its last traffic on, with one timer that is moved only when it fires', () => {
    const { world, ended, timer } = idle(1_000);
    timer.start(world.nowMs);
    timer.touch(400);
    timer.touch(700);
    expect([...world.timers.values()]).toEqual([1_000]);
    world.fire('idle/');
    expect(ended).toEqual([]);
    const [leftMs = 0] = world.timers.values();
    expect(leftMs).toBeLessThanOrEqual(700);
    expect(leftMs).toBeGreaterThan(690);
    world.fire('idle/');
    expect(ended).toHaveLength(1);
  });

  it('is not ended when it is over already', () => {
    const { world, timer } = idle(1_000);
    timer.start(world.nowMs);
    timer.stop();
    expect(world.timers.size).toBe(0);
    timer.stop();
  });

  it('has a timer of its own', () => {
    const { world, timer } = idle(1_000);
    timer.start(0);
    new IdleTimer(world.desk, () => {}).start(0);
    expect(world.timers.size).toBe(2);
  });
});
