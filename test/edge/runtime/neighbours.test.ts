/** What edges know of one another: who is there, who is late, who is at home where, and who goes on for whom. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { edgesKnown } from '../../../shared/app/edges.ts';
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

describe('edges that know of one another', () => {
  test('are told where each is reached [design 7]', async () => {
    const [a, b] = await street.three();
    expect(a.neighbours.placeOf('b')).toMatchObject(b.place);
    expect(a.neighbours.placeOf('x')).toBeUndefined();
    expect(a.neighbours.isHost('c.test')).toBe(true);
    expect(a.neighbours.isHost('x.test')).toBe(false);
  });

  test('answer the same home for every user, and use all edges as homes [design 7]', async () => {
    const [a, b, c] = await street.three();
    expect(homes(b)).toEqual(homes(a));
    expect(homes(c)).toEqual(homes(a));
    expect(new Set(homes(a))).toEqual(new Set(['a', 'b', 'c']));
  });

  test('are home to everybody when alone, even before they have looked', async () => {
    const alone = street.build('a');
    expect(new Set(homes(alone))).toEqual(new Set(['a']));
    expect(alone.neighbours.heirOf('a')).toBeUndefined();
    await alone.neighbours.start(alone.place);
    expect(new Set(homes(alone))).toEqual(new Set(['a']));
  });

  test('see an edge that comes after a heartbeat, and only users who move to it move [design 7]', async () => {
    const [a, b] = await street.open('a', 'b');
    if (a === undefined || b === undefined) throw new Error('no edges');
    const before = homes(a);
    const c = street.build('c');
    await c.neighbours.start(c.place);
    await street.heartbeats(1);
    const after = homes(a);
    expect(after.filter((home, index) => home !== before[index] && home !== 'c')).toEqual([]);
    expect(after).toContain('c');
    expect(homes(b)).toEqual(after);
    expect(homes(c)).toEqual(after);
    expect([a.told, b.told]).toEqual([['changed'], ['changed']]);
  });

  test('know of one that has just begun when they have looked once more [design 7]', async () => {
    const [a] = await street.open('a');
    const b = street.build('b');
    await b.neighbours.start(b.place);
    const known = a?.neighbours.looked().then(() => a.neighbours.isAlive('b'));
    expect(a?.neighbours.isAlive('b')).toBe(false);
    await street.heartbeats(1);
    expect(await known).toBe(true);
  });

  test('tell nothing while nobody comes or goes', async () => {
    const [a, b, c] = await street.three();
    await street.heartbeats(10);
    expect([a.told, b.told, c.told]).toEqual([[], [], []]);
    expect(a.fence.isOpen).toBe(true);
  });

  test('agree on the heir of each of them, which is another one that lives [design 7]', async () => {
    const [a, b, c] = await street.three();
    for (const name of ['a', 'b', 'c']) {
      const heirs = [a, b, c].map(({ neighbours }) => neighbours.heirOf(name));
      expect(new Set(heirs).size).toBe(1);
      expect('abc'.replace(name, '')).toContain(heirs[0]);
    }
  });

  test('agree on homes in whatever order they came [design 7]', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(names, fc.string(), async (came, user) => {
        street = new Street();
        const houses = await street.open(...came);
        const chosen = houses.map(({ neighbours }) => neighbours.homeOf(user));
        await street.close();
        expect(new Set(chosen).size).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('an edge that says nothing', () => {
  test('is lost after a while, however well it takes connections, and its heir takes it over [design 7]', async () => {
    const [a, b, c] = await street.three();
    await c.neighbours.fallSilent();
    await vi.advanceTimersByTimeAsync(lostAfterMs);
    expect([alive(a, 'abc'), alive(b, 'abc')]).toEqual(['abc', 'abc']);
    await street.heartbeats(2);
    expect([alive(a, 'abc'), alive(b, 'abc')]).toEqual(['ab', 'ab']);
    const heir = a.neighbours.heirOf('c') === 'a' ? a : b;
    const other = heir === a ? b : a;
    expect(heir.told).toEqual(['changed', 'lost c']);
    expect(other.told).toEqual(['changed']);
  });

  test('is asked when its word is late by a heartbeat, and lost at once if nobody listens there [design 7]', async () => {
    const [a, b, c] = await street.three();
    await street.kill(c);
    await street.heartbeats(1);
    expect(street.asked).toEqual([]);
    expect(alive(a, 'c')).toBe('c');
    await street.heartbeats(2);
    expect(new Set(street.asked)).toEqual(new Set(['c.test']));
    expect([...a.told, ...b.told].filter((what) => what === 'lost c')).toHaveLength(1);
    expect(alive(a, 'c')).toBe('');
    expect(street.empty).toEqual(['a: c.test', 'b: c.test']);
  });

  test('keeps nobody waiting: all that are late are asked at once', async () => {
    const [a, b, c] = await street.three();
    const release = street.hold();
    await street.kill(b);
    await street.kill(c);
    await street.heartbeats(3);
    expect(street.asked).toEqual(['b.test', 'c.test']);
    release();
    await street.heartbeats(1);
    expect(alive(a, 'abc')).toBe('a');
  });

  test('is taken over once, and not again while it stays known [design 7]', async () => {
    const [a, b, c] = await street.three();
    await street.kill(c);
    await street.heartbeats(20);
    expect([...a.told, ...b.told].filter((what) => what === 'lost c')).toHaveLength(1);
    expect((await edgesKnown(street.store)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('is taken over by the next one when its heir ends before it is through [design 6.6]', async () => {
    const [a, b, c] = await street.three();
    const heir = a.neighbours.heirOf('c') === 'a' ? a : b;
    const other = heir === a ? b : a;
    await street.kill(c);
    await street.kill(heir);
    await street.heartbeats(10);
    expect(other.told).toContain('lost c');
    expect(other.told).toContain(`lost ${heir.name}`);
    expect(new Set(homes(other))).toEqual(new Set([other.name]));
  });

  test('is taken over at the next heartbeat if the first try fails', async () => {
    let tries = 0;
    const lost = async (): Promise<void> => {
      tries++;
      if (tries === 1) throw new Error('the store does not answer');
    };
    const a = street.build('a', { lost });
    const b = street.build('b');
    await a.neighbours.start(a.place);
    await b.neighbours.start(b.place);
    await street.heartbeats(1);
    await street.kill(b);
    await street.heartbeats(5);
    expect(tries).toBe(2);
    expect(a.told).toContain('failed');
  });

  test('and comes back before it is lost was only late', async () => {
    const [a, , c] = await street.three();
    await c.neighbours.fallSilent();
    await street.heartbeats(2);
    await c.neighbours.start(c.place);
    await street.heartbeats(3);
    expect(alive(a, 'c')).toBe('c');
    expect(a.told).toEqual([]);
    expect(c.told).toEqual([]);
  });

  test('whose last word is old by any clock is lost at the first look of an edge that comes', async () => {
    const [a] = await street.open('a');
    if (a === undefined) throw new Error('no edge');
    await street.kill(a);
    await vi.advanceTimersByTimeAsync(60_000);
    const b = street.build('b');
    await b.neighbours.start(b.place);
    expect(b.told).toContain('lost a');
  });

  test('is not told by clocks that differ [design 7]', async () => {
    const early = street.build('a', { skewMs: -9_000 });
    const late = street.build('b', { skewMs: 9_000 });
    for (const { neighbours, place } of [early, late]) await neighbours.start(place);
    await street.heartbeats(10);
    expect([alive(early, 'ab'), alive(late, 'ab')]).toEqual(['ab', 'ab']);
    expect([...early.told, ...late.told]).not.toContain('lost a');
  });
});

describe('an edge that was taken for lost', () => {
  test('hears of it at its next word, and its promises stay held back [design 6.1]', async () => {
    const [a, b] = await street.open('a', 'b');
    if (a === undefined || b === undefined) throw new Error('no edges');
    await b.neighbours.fallSilent();
    await vi.advanceTimersByTimeAsync(lostAfterMs + 2 * heartbeatMs);
    expect(a.told).toContain('lost b');
    await b.neighbours.start(b.place);
    expect(b.told).toEqual(['fenced']);
    expect(b.fence.isOpen).toBe(false);
  });

  test('promises nothing while the store takes no word of it [design 6.1]', async () => {
    const { store } = street;
    const read = store.read.bind(store);
    let isDown = false;
    store.read = async (...key) => {
      if (isDown) throw new Error('the store does not answer');
      return read(...key);
    };
    const a = street.build('a');
    await a.neighbours.start(a.place);
    isDown = true;
    await street.heartbeats(4);
    expect(a.told).toEqual(['changed', 'failed', 'failed', 'failed', 'failed']);
    expect(a.fence.isOpen).toBe(false);
    isDown = false;
    await street.heartbeats(1);
    expect(a.fence.isOpen).toBe(true);
  });
});
