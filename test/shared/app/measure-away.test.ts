import { describe, expect, test } from 'vitest';
import { sweepHandler } from '../../../lambdas/sweep.ts';
import { enrol } from '../../../shared/app/edges.ts';
import { type Away, measureAway } from '../../../shared/app/measure-away.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Store } from '../../../shared/ports/store.ts';

async function storeWith(phases: readonly string[]): Promise<Store> {
  const store = memoryStore();
  await enrol(store, 'edge-a', 1);
  await enrol(store, 'edge-b', 1);
  for (const [index, phase] of phases.entries()) {
    await store.commit({
      partition: `user#sip:${String(index).padStart(4, '0')}@a.test`,
      sort: 'participation#1',
      version: 1,
      owner: index % 2 === 0 ? 'edge-a' : 'edge-b',
      data: { state: { phase, awaySinceMs: 1000 + index } },
    });
  }
  return store;
}

describe('who is away', () => {
  test('are those for whom messages are kept, over all edges, and since when the first of them is', async () => {
    const store = await storeWith(['joined', 'buffering', 'reinviting', 'draining']);
    expect(await measureAway(store)).toEqual({
      away: 2,
      oldestMs: 1001,
      seen: 4,
      isPartial: false,
    });
  });

  test('is nobody where no edge is', async () => {
    expect(await measureAway(memoryStore())).toEqual({
      away: 0,
      oldestMs: undefined,
      seen: 0,
      isPartial: false,
    });
  });

  test('is counted page by page', async () => {
    const store = await storeWith(Array.from({ length: 250 }, () => 'buffering'));
    expect(await measureAway(store)).toMatchObject({ away: 250, oldestMs: 1000 });
  });

  test('is counted up to a bound, and said to be so', async () => {
    const store = await storeWith(Array.from({ length: 450 }, () => 'buffering'));
    expect(await measureAway(store, 150)).toMatchObject({ seen: 200, isPartial: true });
  });
});

describe('the sweep', () => {
  test('measures', async () => {
    const store = await storeWith(['buffering']);
    const measured: Away[] = [];
    const handler = sweepHandler({
      ports: { store },
      measured: (away) => measured.push(away),
    });
    await handler({}, {} as never);
    expect(measured).toMatchObject([{ away: 1 }]);
  });
});
