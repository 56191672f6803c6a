/** The promises over functions of which every tenth call dies, and every tenth batch comes twice, on the store and the queue in memory. */
import { describe, expect, test } from 'vitest';
import { memoryQueue } from '../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../shared/memory/memory-store.ts';
import { playMember, wrongsOf } from './play.ts';
import { openSite } from './site.ts';

const users = ['anna', 'bert', 'cleo', 'dora'];
const patienceMs = 60_000;

describe('functions that die and are called twice', () => {
  test.each([1, 2, 3])(
    'lose nothing, double nothing and keep the order of what was said (seed %i) [design 6.1, 6.2, 6.3, 6.6, 6.7]',
    async (seed) => {
      const store = memoryStore();
      const site = await openSite({ seed, users, store, queue: memoryQueue({ nowMs: Date.now }) });
      const plan = { rounds: 4, each: 25 };
      const heard = await Promise.all(
        users.map((user, index) => playMember(site, user, { ...plan, seed: seed * 100 + index })),
      );
      await site.close();
      expect(heard.flatMap(wrongsOf)).toEqual([]);
      expect(site.parked).toEqual([]);
      expect(site.toll.deaths).toBeGreaterThan(0);
      expect(site.toll.repeats).toBeGreaterThan(0);
    },
    patienceMs,
  );
});
