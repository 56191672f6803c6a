/**
 * Which edges there are, and who goes on for those that are lost. A lost edge stays known for as long as a record may wait in a
 * queue: an event of it that is handled later would make it the owner of something again (design 7).
 */
import type { ParticipationName } from '../core/participation/state.ts';
import type { QueueEntry } from '../ports/queue.ts';
import type { Item, Store } from '../ports/store.ts';
import { participationGroup, queueNames } from './queue-names.ts';

const edgesPartition = 'edges';
const pageItemsMax = 100;
const conflictsMax = 20;
/** No queue keeps a record for longer than 14 days. */
const lostLifetimeS = 15 * 24 * 3600;

type EdgeData = {
  readonly atMs: number;
  /** The edge is lost; this one goes on for it. */
  readonly successor?: string;
  /** Everything that it owned has been given to the successor. */
  readonly isTakenOver?: boolean;
};

/** Writes an edge's item, unless it has one. */
export async function enrol(store: Store, edge: string, atMs: number): Promise<void> {
  const data: EdgeData = { atMs };
  await store.commit({ partition: edgesPartition, sort: edge, version: 1, data });
}

/** The edges whose participations nobody has taken over yet. */
export async function edgesInNeed(store: Store): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | undefined;
  for (;;) {
    const items = await store.list(edgesPartition, '', {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    names.push(...items.filter((item) => !dataOf(item).isTakenOver).map((item) => item.sort));
    after = items.at(-1)?.sort;
    if (items.length < pageItemsMax) return names;
  }
}

/** Says who goes on for an edge. Written before what it owns is read, so that nothing falls between. */
export async function nameSuccessor(
  store: Store,
  edge: string,
  heir: { readonly successor: string; readonly isTakenOver: boolean; readonly nowMs: number },
): Promise<void> {
  const { successor, isTakenOver, nowMs } = heir;
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await store.read(edgesPartition, edge);
    const data: EdgeData = { atMs: item ? dataOf(item).atMs : nowMs, successor, isTakenOver };
    const outcome = await store.commit({
      partition: edgesPartition,
      sort: edge,
      version: (item?.version ?? 0) + 1,
      data,
      ...(isTakenOver ? { expiresAtS: Math.ceil(nowMs / 1000) + lostLifetimeS } : {}),
    });
    if (outcome.kind === 'committed') return;
  }
  throw new Error(`the item of an edge was changed by others ${conflictsMax} times in a row`);
}

/** Who goes on for an edge; undefined for one that is not lost. */
export async function successorOf(store: Store, edge: string): Promise<string | undefined> {
  const item = await store.read(edgesPartition, edge);
  return item === undefined ? undefined : dataOf(item).successor;
}

/** Removes an edge's item. */
export async function removeEdge(store: Store, edge: string): Promise<void> {
  const item = await store.read(edgesPartition, edge);
  if (item !== undefined) await store.remove(edgesPartition, edge, item.version);
}

/** The event that tells a participation that its edge is lost. */
export function edgeLostEntry(
  name: ParticipationName,
  event: { readonly lost: string; readonly successor: string; readonly atMs: number },
): QueueEntry {
  const { lost, successor, atMs } = event;
  const group = participationGroup(name);
  return {
    queue: queueNames.participation,
    group,
    deduplicationId: `${group}/lost/${lost}`,
    body: JSON.stringify({ name, event: { kind: 'edge-lost', edge: lost, successor, atMs } }),
  };
}

function dataOf(item: Item): EdgeData {
  return item.data as EdgeData;
}
