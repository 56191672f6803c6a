/**
 * How many members are away from sessions that go on for them, and since when the first of them is: what an operator asks first. It reads
 * what edges own, never the whole store, and within a bound, so that it may run every few minutes however much there is.
 */
import type { ParticipationRecord } from '../core/participation/fold.ts';
import type { Item, Store } from '../ports/store.ts';
import { edgesInNeed } from './edges.ts';

export type Away = {
  readonly away: number;
  readonly oldestMs: number | undefined;
  /** Participations that were looked at. */
  readonly seen: number;
  /** There are more than were looked at. */
  readonly isPartial: boolean;
};

const pageItems = 100;
/** Participations of one measurement: some tens of seconds of reading, and a fraction of a cent. */
export const measuredMax = 20_000;

const nobody: Away = { away: 0, oldestMs: undefined, seen: 0, isPartial: false };

/** Measures over all edges. */
export async function measureAway(store: Store, max = measuredMax): Promise<Away> {
  let measured = nobody;
  for (const edge of await edgesInNeed(store)) {
    for await (const items of pagesOf(store, edge)) {
      if (measured.seen >= max) return { ...measured, isPartial: true };
      measured = items.reduce((sum, item) => withOne(sum, item.data), measured);
    }
  }
  return measured;
}

async function* pagesOf(store: Store, edge: string): AsyncGenerator<readonly Item[]> {
  let after: string | undefined;
  do {
    const page = { limit: pageItems, ...(after === undefined ? {} : { after }) };
    const items = await store.owned(edge, page);
    yield items;
    const last = items.at(-1);
    after = items.length < pageItems || !last ? undefined : `${last.partition} ${last.sort}`;
  } while (after !== undefined);
}

function withOne(sum: Away, data: unknown): Away {
  const seen = sum.seen + 1;
  const { state } = data as Partial<ParticipationRecord>;
  const isAway = state?.phase === 'buffering' || state?.phase === 'reinviting';
  if (!isAway) return { ...sum, seen };
  const oldestMs = Math.min(sum.oldestMs ?? state.awaySinceMs, state.awaySinceMs);
  return { ...sum, seen, away: sum.away + 1, oldestMs };
}
