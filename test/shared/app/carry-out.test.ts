import { describe, expect, test } from 'vitest';
import { carryOut } from '../../../shared/app/carry-out.ts';
import { segmentKey } from '../../../shared/core/key.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import { segment } from '../../contract/store-segments.ts';
import { name } from '../core/participation/spec.ts';

const key = segmentKey(name);

/** How many messages are left in a store after a session has ended. */
async function leftAfter(ended: {
  readonly isDelivered?: boolean;
  readonly leavesDelivered?: boolean;
}): Promise<number> {
  const { leavesDelivered = false, ...effect } = ended;
  const store = memoryStore();
  const queue = memoryQueue({ nowMs: () => 0 });
  await store.append([segment(key, 1, { count: 3 })]);
  const effects = [{ kind: 'discard', through: 3, ...effect }] as const;
  const caused = { version: 1, changedAtMs: 0, effects };
  await carryOut({ store, queue, leavesDelivered }, name, caused);
  const { count } = await store.waiting(key, 0);
  return count;
}

describe('when a session is over', () => {
  test('what was kept for a member that has left is removed everywhere [design 6.5]', async () => {
    expect(await leftAfter({})).toBe(0);
    expect(await leftAfter({ leavesDelivered: true })).toBe(0);
  });

  test('what was delivered is removed, or left to its expiry where removing it costs something', async () => {
    expect(await leftAfter({ isDelivered: true })).toBe(0);
    expect(await leftAfter({ isDelivered: true, leavesDelivered: true })).toBe(3);
  });
});
