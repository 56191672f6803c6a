import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimerWheel } from '../../../edge/runtime/timer-wheel.ts';

let now = 0;
let wheel: TimerWheel;

beforeEach(() => {
  vi.useFakeTimers();
  now = 1_000;
  wheel = new TimerWheel(() => now);
});

afterEach(() => {
  wheel.close();
  vi.useRealTimers();
});

function pass(durationMs: number): void {
  for (let passed = 0; passed < durationMs; passed++) {
    now++;
    vi.advanceTimersByTime(1);
  }
}

/** Takes what is due out of a plain list, the slow and obviously right way. */
function due(list: Map<string, number>): readonly string[] {
  const names = [...list].filter(([, atMs]) => atMs <= now).map(([name]) => name);
  for (const name of names) list.delete(name);
  return names.map((name) => `${name}@${now}`);
}

describe('timers', () => {
  it('may come again and again, until they are forgotten', () => {
    const fired: number[] = [];
    wheel.every('a', 10, (atMs) => fired.push(atMs));
    pass(25);
    wheel.clear('a');
    pass(25);
    expect(fired).toEqual([1_010, 1_020]);
  });

  it('each fires once at its time, in order of time', () => {
    const fired: string[] = [];
    for (const [name, atMs] of [
      ['c', 1_030],
      ['a', 1_010],
      ['b', 1_020],
    ] as const) {
      wheel.set(name, atMs, () => fired.push(`${name}@${now}`));
    }
    pass(100);
    expect(fired).toEqual(['a@1010', 'b@1020', 'c@1030']);
    expect(wheel.size).toBe(0);
  });

  it('one that is cleared does not fire', () => {
    const fired: string[] = [];
    wheel.set('a', 1_010, () => fired.push('a'));
    wheel.set('b', 1_020, () => fired.push('b'));
    wheel.clear('a');
    wheel.clear('unknown');
    pass(50);
    expect(fired).toEqual(['b']);
  });

  it('one that is set again fires once, at the later word', () => {
    const fired: string[] = [];
    wheel.set('a', 1_010, () => fired.push('old'));
    wheel.set('a', 1_040, () => fired.push(`new@${now}`));
    wheel.set('a', 1_030, () => fired.push(`newer@${now}`));
    pass(100);
    expect(fired).toEqual(['newer@1030']);
  });

  it('one that is past fires at the next turn', () => {
    let count = 0;
    wheel.set('a', 0, () => count++);
    expect(count).toBe(0);
    pass(1);
    expect(count).toBe(1);
  });

  it('a callback may set, clear and set again', () => {
    const fired: string[] = [];
    wheel.set('a', 1_010, () => {
      fired.push('a');
      wheel.clear('b');
      wheel.set('a', 1_020, () => fired.push('a again'));
    });
    wheel.set('b', 1_010, () => fired.push('b'));
    pass(50);
    expect(fired).toEqual(['a', 'a again']);
  });

  it('a callback that sets itself for now leaves the loop to others', () => {
    let count = 0;
    const again = () => {
      count++;
      wheel.set('a', now, again);
    };
    wheel.set('a', 1_001, again);
    pass(1);
    expect(count).toBeLessThanOrEqual(2);
    expect(wheel.size).toBe(1);
  });

  it('a callback that throws does not keep the others from firing', () => {
    const fired: string[] = [];
    wheel.set('a', 1_010, () => {
      throw new Error('broken');
    });
    wheel.set('b', 1_010, () => fired.push('b'));
    expect(() => pass(20)).toThrow('broken');
    pass(20);
    expect(fired).toEqual(['b']);
  });

  it('one further away than the platform can wait fires at its time', () => {
    let firedMs = 0;
    const monthsMs = 5_000_000_000;
    wheel.set('a', 1_000 + monthsMs, () => {
      firedMs = now;
    });
    for (let passed = 0; passed < monthsMs; passed += 500_000_000) {
      now += 500_000_000;
      vi.advanceTimersByTime(500_000_000);
    }
    expect(firedMs).toBeGreaterThanOrEqual(1_000 + monthsMs);
  });

  it('any sequence of sets and clears fires what a plain list would fire', () => {
    const step = fc.record({
      name: fc.integer({ min: 0, max: 12 }),
      delayMs: fc.integer({ min: 1, max: 60 }),
      isClear: fc.boolean(),
      passMs: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const list = new Map<string, number>();
        const fired: string[] = [];
        const wanted: string[] = [];
        const passBoth = (durationMs: number) => {
          for (let passed = 0; passed < durationMs; passed++) {
            pass(1);
            wanted.push(...due(list));
          }
        };
        for (const { name, delayMs, isClear, passMs } of steps) {
          const key = String(name);
          if (isClear) {
            wheel.clear(key);
            list.delete(key);
          } else {
            wheel.set(key, now + delayMs, () => fired.push(`${key}@${now}`));
            list.set(key, now + delayMs);
          }
          passBoth(passMs);
        }
        passBoth(100);
        expect(fired.toSorted()).toEqual(wanted.toSorted());
        expect(wheel.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

it('ten thousand timers that come and go cost one timer of the platform', () => {
  for (let index = 0; index < 10_000; index++) {
    wheel.set(`t${index}`, now + 10 + ((index * 7_919) % 1_000), () => undefined);
  }
  expect(vi.getTimerCount()).toBe(1);
  for (let index = 0; index < 10_000; index++) wheel.clear(`t${index}`);
  expect(wheel.size).toBe(0);
});
