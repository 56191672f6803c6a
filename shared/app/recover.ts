/**
 * Take-over: an edge registers itself with a heartbeat item; the participations of an edge that is gone are told that they have
 * a new owner, one event each, in the order of everything else that concerns them (design 7).
 */
import type { ParticipationRecord } from '../core/participation/fold.ts';
import type { QueueEntry } from '../ports/queue.ts';
import type { Ports } from './handle-participation.ts';
import { participationGroup, queueNames } from './queue-names.ts';

const edgesPartition = 'edges';
const pageItemsMax = 100;

/** Writes the edge's item; answers the names of all others. */
export async function announceEdge(ports: Ports, edge: string): Promise<readonly string[]> {
  const others: string[] = [];
  let after: string | undefined;
  for (;;) {
    const items = await ports.store.list(edgesPartition, '', {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    others.push(...items.map((item) => item.sort).filter((name) => name !== edge));
    after = items.at(-1)?.sort;
    if (items.length < pageItemsMax) break;
  }
  const item = { partition: edgesPartition, sort: edge, version: 1, data: { atMs: ports.nowMs() } };
  await ports.store.commit(item);
  return others;
}

/** Gives the participations of a lost edge to a successor, then forgets the lost one. */
export async function takeOver(ports: Ports, lost: string, successor: string): Promise<number> {
  let after: string | undefined;
  let count = 0;
  for (;;) {
    const items = await ports.store.owned(lost, {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    const entries = items.flatMap((item) => entryOf(ports, item.data, { lost, successor }));
    if (entries.length > 0) await ports.queue.send(entries);
    count += entries.length;
    const last = items.at(-1);
    after = last && `${last.partition} ${last.sort}`;
    if (items.length < pageItemsMax) break;
  }
  await forgetEdge(ports, lost);
  return count;
}

/** Removes an edge's item. */
export async function forgetEdge(ports: Ports, edge: string): Promise<void> {
  const item = await ports.store.read(edgesPartition, edge);
  if (item !== undefined) await ports.store.remove(edgesPartition, edge, item.version);
}

function entryOf(
  ports: Ports,
  data: unknown,
  edges: { readonly lost: string; readonly successor: string },
): QueueEntry[] {
  const state = (data as Partial<ParticipationRecord>).state;
  if (state?.user === undefined) return [];
  const name = { user: state.user, contributionId: state.contributionId };
  const event = {
    kind: 'edge-lost',
    edge: edges.lost,
    successor: edges.successor,
    atMs: ports.nowMs(),
  };
  return [
    {
      queue: queueNames.participation,
      group: participationGroup(name),
      deduplicationId: `${participationGroup(name)}/lost/${edges.lost}`,
      body: JSON.stringify({ name, event }),
    },
  ];
}
