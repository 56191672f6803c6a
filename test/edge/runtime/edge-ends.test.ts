/** Whether who has ended a connection is its peer, or an edge that has passed it on and is no more. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EdgeEnds } from '../../../edge/runtime/edge-ends.ts';
import { endedMs } from '../../../edge/runtime/limit.ts';
import { alive, Street } from './street.ts';

let street: Street;

beforeEach(() => {
  vi.useFakeTimers();
  street = new Street();
});

afterEach(async () => {
  await street.close();
  vi.useRealTimers();
});

describe('the end of a connection', () => {
  test('from where no other edge is, is the peer’s, and nobody is asked', async () => {
    const [a] = await street.three();
    const ends = new EdgeEnds(a.neighbours);
    expect(ends.at('client.test')).toBeUndefined();
    expect(ends.at('a.test')).toBeUndefined();
    expect(street.asked).toEqual([]);
  });

  test('from an edge that is there was passed on by it, and the edge stays in use meanwhile', async () => {
    const [a] = await street.three();
    const ends = new EdgeEnds(a.neighbours);
    const [first, second] = [ends.at('b.test'), ends.at('b.test')];
    expect(alive(a, 'abc')).toBe('abc');
    expect([await first, await second]).toEqual([false, false]);
    expect(street.asked).toEqual(['b.test']);
  });

  test('from an edge that says that it ends is that edge’s [design 7]', async () => {
    const [a, b] = await street.three();
    await b.neighbours.leave();
    await street.heartbeats(1);
    expect(await new EdgeEnds(a.neighbours).at('b.test')).toBe(true);
    expect(street.asked).toEqual([]);
  });

  test('from an edge where nobody listens any more is that edge’s, and everybody here hears of it [design 7]', async () => {
    const [a, b] = await street.three();
    await street.kill(b);
    expect(await new EdgeEnds(a.neighbours).at('b.test')).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(alive(a, 'abc')).toBe('ac');
  });

  test('from where an edge was lately is that edge’s, until another one may have its address', () => {
    let nowMs = 0;
    const none = { othersAt: () => [], isGone: async () => false, unreached: () => {} };
    const ends = new EdgeEnds(none, () => nowMs);
    ends.gone({ host: 'b.test' });
    expect(ends.at('b.test')).toBeInstanceOf(Promise);
    nowMs = endedMs;
    expect(ends.at('b.test')).toBeUndefined();
    nowMs++;
    ends.gone({ host: 'c.test' });
    expect(ends.at('b.test')).toBeUndefined();
    expect(ends.at('c.test')).toBeInstanceOf(Promise);
  });
});
