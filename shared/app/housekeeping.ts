/**
 * What nobody needs any more, on stores where removing it costs nothing: messages that their client has acknowledged, and commands for an
 * edge that is gone. In the cloud the segments expire by themselves, since removing one costs as much as writing it.
 */
import { participationPrefix, segmentKey, userPrefix } from '../core/key.ts';
import type { ParticipationRecord } from '../core/participation/fold.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import { commandQueue } from './queue-names.ts';

const pageItemsMax = 100;
const recordsMax = 10;
const visibilityMs = 30_000;
/** So long after its last change a participation's messages are sent again by no focus: MSRP gives up after 30 s, and edges restart within that. */
const settledMs = 120_000;

/** Removes the segments that lie wholly behind a cursor; answers how many participations had some. */
export async function discardDelivered(store: Store, nowMs: number): Promise<number> {
  const prefix = { partition: userPrefix, sort: participationPrefix };
  let after: string | undefined;
  let count = 0;
  for (;;) {
    const items = await store.scan(prefix, {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    for (const { data } of items) {
      if (await discardOf(store, data as ParticipationRecord, nowMs)) count++;
    }
    const last = items.at(-1);
    after = last && `${last.partition} ${last.sort}`;
    if (items.length < pageItemsMax) return count;
  }
}

async function discardOf(
  store: Store,
  { state }: ParticipationRecord,
  nowMs: number,
): Promise<boolean> {
  if (state.changedAtMs > nowMs - settledMs) return false;
  const key = segmentKey(state);
  const [first] = await store.segments(key, { after: 0, bytesMax: 1 });
  if (first === undefined || first.last > state.cursor) return false;
  await store.discard(key, state.cursor);
  return true;
}

/** Removes the commands for an edge whose participations have been taken over: they are decided on anew for the new owner. */
export async function emptyCommands(queue: Queue, edge: string): Promise<number> {
  const name = commandQueue(edge);
  let count = 0;
  for (;;) {
    const records = await queue.receive(name, { max: recordsMax, waitMs: 0, visibilityMs });
    if (records.length === 0) return count;
    await queue.remove(
      name,
      records.map(({ receipt }) => receipt),
    );
    count += records.length;
  }
}
