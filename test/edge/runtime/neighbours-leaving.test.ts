/** Edges that are going, and edges that can't be reached: what the others make of them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { edgesKnown, nameSuccessor, removeEdge, successorOf } from '../../../shared/app/edges.ts';
import { heartbeatMs, lostAfterMs } from '../../../shared/app/edges-limit.ts';
import { alive, homes, Street } from './street.ts';

let street: Street;

beforeEach(() => {
  vi.useFakeTimers();
  street = new Street();
});

afterEach(async () => {
  await street.close();
  vi.useRealTimers();
});

describe('an edge that leaves', () => {
  test("is nobody's home from the next look on, and stays reachable [design 7]", async () => {
    const [a, b, c] = await street.three();
    await c.neighbours.leave();
    expect(homes(c)).not.toContain('c');
    await street.heartbeats(1);
    expect(homes(a)).toEqual(homes(c));
    expect(homes(b)).toEqual(homes(c));
    expect(alive(a, 'abc')).toBe('abc');
    expect(a.neighbours.heirOf('b')).not.toBe('c');
    expect(a.told).toEqual(['changed']);
  });

  test('is the home of all while there is no other [design 7]', async () => {
    const [a] = await street.open('a');
    await a?.neighbours.leave();
    expect(a?.neighbours.homeOf('sip:bob@rejoin.test')).toBe('a');
    expect(a?.neighbours.heirOf('a')).toBeUndefined();
  });

  test('takes nothing over any more', async () => {
    const [a, b] = await street.open('a', 'b');
    if (a === undefined || b === undefined) throw new Error('no edges');
    await a.neighbours.leave();
    await street.kill(b);
    await street.heartbeats(10);
    expect(a.told).not.toContain('lost b');
  });

  test('hands over by itself: that it takes no connections any more is no reason to take it over', async () => {
    const [a, b, c] = await street.three();
    await c.neighbours.leave();
    street.closed.add(c.place.host);
    a.neighbours.unreached({ host: 'c.test', port: 5060 });
    await street.heartbeats(3);
    expect(alive(a, 'c')).toBe('');
    expect([...a.told, ...b.told]).not.toContain('lost c');
    expect(c.told).not.toContain('fenced');
    await c.neighbours.fallSilent();
    await vi.advanceTimersByTimeAsync(lostAfterMs + 2 * heartbeatMs);
    expect([...a.told, ...b.told]).toContain('lost c');
  });

  test('is forgotten when it has stopped and left nothing', async () => {
    const [a, , c] = await street.three();
    await c.neighbours.leave();
    await c.neighbours.stop();
    await street.heartbeats(10);
    expect(alive(a, 'c')).toBe('');
    expect(a.told).toEqual(['changed']);
    expect((await edgesKnown(street.store)).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('stays known when somebody goes on for it: an event of it may come later [design 7]', async () => {
    const [a, , c] = await street.three();
    await c.neighbours.leave();
    await nameSuccessor(street.store, 'c', { successor: 'a', isTakenOver: true, nowMs: 0 });
    await c.neighbours.stop();
    await street.heartbeats(1);
    expect(alive(a, 'c')).toBe('');
    await street.heartbeats(10);
    expect(a.told).toEqual(['changed']);
    expect(await successorOf(street.store, 'c')).toBe('a');
  });

  test('falls silent only when what it takes over is taken over', async () => {
    let end = (): void => {};
    const lost = (): Promise<void> =>
      new Promise((resolve) => {
        end = resolve;
      });
    const a = street.build('a', { lost });
    const b = street.build('b');
    for (const { neighbours, place } of [a, b]) await neighbours.start(place);
    await street.kill(b);
    await street.heartbeats(3);
    let isSilent = false;
    const falling = a.neighbours.fallSilent().then(() => {
      isSilent = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(isSilent).toBe(false);
    end();
    await falling;
  });
});

describe('an edge that could not be reached', () => {
  const place = { host: 'c.test', port: 5060 };

  test('gets nothing until it is known whether it is gone, and is back if it is not', async () => {
    const [a] = await street.three();
    a.neighbours.unreached(place);
    expect(alive(a, 'abc')).toBe('ab');
    expect(a.neighbours.placeOf('c')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(alive(a, 'abc')).toBe('abc');
    await street.heartbeats(2);
    expect(a.told).toEqual([]);
  });

  test('gets nothing meanwhile, though its word is heard, and is asked once', async () => {
    const [a, , c] = await street.three();
    const home = homes(a).indexOf('c');
    const release = street.hold();
    for (let times = 0; times < 3; times++) a.neighbours.unreached(place);
    await street.heartbeats(1);
    expect(alive(a, 'abc')).toBe('ab');
    expect(homes(a)[home]).not.toBe('c');
    expect(a.neighbours.isHost('c.test')).toBe(true);
    expect(street.asked).toEqual(['c.test']);
    release();
    await vi.advanceTimersByTimeAsync(1);
    expect(homes(a)).toEqual(homes(c));
    expect(a.told).toEqual([]);
  });

  test('is lost before its time if nobody listens there [design 7]', async () => {
    const [a, b, c] = await street.three();
    await street.kill(c);
    a.neighbours.unreached(place);
    await vi.advanceTimersByTimeAsync(1);
    expect(alive(a, 'abc')).toBe('ab');
    expect(a.told[0]).toBe('changed');
    b.neighbours.unreached(place);
    await vi.advanceTimersByTimeAsync(1);
    expect([...a.told, ...b.told]).toContain('lost c');
  });

  test('is forgotten with its item, so that what is remembered of lost edges has a bound [design 6.8]', async () => {
    const [a, b, c] = await street.three();
    await street.kill(c);
    for (const { neighbours } of [a, b]) neighbours.unreached(place);
    await street.heartbeats(3);
    expect([...a.told, ...b.told].filter((what) => what === 'lost c')).toHaveLength(1);
    await removeEdge(street.store, 'c');
    await street.heartbeats(1);
    street.closed.clear();
    const again = street.build('c');
    await again.neighbours.start(again.place);
    await street.heartbeats(1);
    expect([alive(a, 'c'), alive(b, 'c')]).toEqual(['c', 'c']);
    await street.kill(again);
    await street.heartbeats(3);
    expect([...a.told, ...b.told].filter((what) => what === 'lost c')).toHaveLength(2);
  });

  test('is lost also while the store does not answer [design 7]', async () => {
    const [a, , c] = await street.three();
    await street.kill(c);
    street.store.read = () => Promise.reject(new Error('the store does not answer'));
    a.neighbours.unreached(place);
    await vi.advanceTimersByTimeAsync(1);
    expect(alive(a, 'abc')).toBe('ab');
    expect(homes(a)).not.toContain('c');
    expect(a.told).toEqual(['changed', 'failed']);
  });

  test('stays out if the last look has found it gone meanwhile', async () => {
    const [a, , c] = await street.three();
    await c.neighbours.stop();
    a.neighbours.unreached(place);
    const answers = street.hold();
    await street.heartbeats(1);
    answers();
    await vi.advanceTimersByTimeAsync(1);
    expect(alive(a, 'c')).toBe('');
  });

  test('is another edge, at its place: of other addresses nothing is learned', async () => {
    const [a] = await street.three();
    for (const target of [
      { host: 'c.test', port: 5061 },
      { host: 'x.test', port: 5060 },
      a.place,
    ]) {
      a.neighbours.unreached({ port: 5060, ...target });
    }
    expect(alive(a, 'abc')).toBe('abc');
    expect(street.asked).toEqual([]);
  });
});
