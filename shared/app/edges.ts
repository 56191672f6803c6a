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

/** Where other edges reach one. */
export type EdgePlace = {
  readonly host: string;
  readonly sipPort: number;
  readonly msrpPort: number;
};

type EdgeData = {
  /** When it last said that it lives. */
  readonly atMs: number;
  readonly place?: EdgePlace;
  /** It takes nothing new and hands over what it has. */
  readonly isLeaving?: boolean;
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

export type KnownEdge = EdgeData & { readonly name: string };

/** Says that an edge lives; false if it was taken for lost meanwhile, and must not act any more (fencing). */
export async function beat(
  store: Store,
  edge: string,
  life: { readonly atMs: number; readonly place: EdgePlace; readonly isLeaving: boolean },
): Promise<boolean> {
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await store.read(edgesPartition, edge);
    if (item !== undefined && dataOf(item).successor !== undefined) return false;
    const version = (item?.version ?? 0) + 1;
    const outcome = await store.commit({
      partition: edgesPartition,
      sort: edge,
      version,
      data: life,
    });
    if (outcome.kind === 'committed') return true;
  }
  throw new Error(`the item of an edge was changed by others ${conflictsMax} times in a row`);
}

/** All edges that have an item. */
export async function edgesKnown(store: Store): Promise<readonly KnownEdge[]> {
  const known: KnownEdge[] = [];
  let after: string | undefined;
  for (;;) {
    const items = await store.list(edgesPartition, '', {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    known.push(...items.map((item) => ({ name: item.sort, ...dataOf(item) })));
    after = items.at(-1)?.sort;
    if (items.length < pageItemsMax) return known;
  }
}

/** An edge that has ended: its item goes unless somebody goes on for it, who needs it. */
export async function leave(store: Store, edge: string): Promise<void> {
  const item = await store.read(edgesPartition, edge);
  if (item === undefined || dataOf(item).successor !== undefined) return;
  await store.remove(edgesPartition, edge, item.version);
}

/** The edges whose participations nobody has taken over yet. */
export async function edgesInNeed(store: Store): Promise<readonly string[]> {
  const known = await edgesKnown(store);
  return known.filter(({ isTakenOver }) => isTakenOver !== true).map(({ name }) => name);
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

/**
 * The event that tells a participation that its edge is lost. `version` names the write that made it the owner once more, after it was
 * told so before: that is another event, and the queue may not take it for a repeat.
 */
export function edgeLostEntry(
  name: ParticipationName,
  event: {
    readonly lost: string;
    readonly successor: string;
    readonly atMs: number;
    readonly version?: number;
  },
): QueueEntry {
  const { lost, successor, atMs, version } = event;
  const group = participationGroup(name);
  return {
    queue: queueNames.participation,
    group,
    deduplicationId: `${group}/lost/${lost}${version === undefined ? '' : `/${version}`}`,
    body: JSON.stringify({ name, event: { kind: 'edge-lost', edge: lost, successor, atMs } }),
  };
}

function dataOf(item: Item): EdgeData {
  return item.data as EdgeData;
}
