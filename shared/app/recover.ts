/**
 * Take-over: an edge registers itself with a heartbeat item; the participations of an edge that is gone are told that they have
 * a new owner, one event each, in the order of everything else that concerns them (design 7).
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ParticipationRecord } from '../core/participation/fold.ts';
import type { QueueEntry } from '../ports/queue.ts';
import { edgeLostEntry, edgesInNeed, enrol, nameSuccessor, removeEdge } from './edges.ts';
import type { Ports } from './handle-participation.ts';
import { queueNames } from './queue-names.ts';

const pageItemsMax = 100;

/** Writes the edge's item; answers the names of all others that are to be taken over. */
export async function announceEdge(ports: Ports, edge: string): Promise<readonly string[]> {
  const others = (await edgesInNeed(ports.store)).filter((name) => name !== edge);
  await enrol(ports.store, edge, ports.nowMs());
  return others;
}

/**
 * Gives the participations of a lost edge to a successor, or each to the home that its user has now. What is handled only now and would
 * still make the lost edge an owner is found by the handler: it writes the owner and then reads the edge, here the edge is written and
 * then what it owns is read; once more after a while where the store's index lags behind its items.
 */
export async function takeOver(
  ports: Ports,
  lost: string,
  successor: string,
  homeOf: (user: string) => string = () => successor,
): Promise<number> {
  const nowMs = ports.nowMs();
  await nameSuccessor(ports.store, lost, { successor, isTakenOver: false, nowMs });
  const told = new Set<string>();
  await tellOwned(ports, { lost, homeOf, told });
  if (ports.ownedLagMs !== undefined) {
    await pause(ports.ownedLagMs);
    await tellOwned(ports, { lost, homeOf, told });
  }
  await nameSuccessor(ports.store, lost, { successor, isTakenOver: true, nowMs });
  return told.size;
}

type Telling = {
  readonly lost: string;
  readonly homeOf: (user: string) => string;
  /** The groups of those that were told. */
  readonly told: Set<string>;
};

async function tellOwned(ports: Ports, { lost, homeOf, told }: Telling): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const items = await ports.store.owned(lost, {
      limit: pageItemsMax,
      ...(after === undefined ? {} : { after }),
    });
    const entries = items
      .flatMap((item) => entryOf(ports, item.data, { lost, homeOf }))
      .filter(({ group = '' }) => !told.has(group));
    if (entries.length > 0) await ports.queue.send(entries);
    for (const { group = '' } of entries) told.add(group);
    const last = items.at(-1);
    after = last && `${last.partition} ${last.sort}`;
    if (items.length < pageItemsMax) return;
  }
}

/** Whether everything that was reported of participations until a time is handled. */
export async function isHandled({ queue }: Ports, untilMs: number): Promise<boolean> {
  const { oldestMs } = await queue.depth(queueNames.participation);
  return oldestMs === undefined || oldestMs > untilMs;
}

/** Removes an edge's item: nothing of it is left to take over. */
export async function forgetEdge(ports: Ports, edge: string): Promise<void> {
  await removeEdge(ports.store, edge);
}

function entryOf(
  ports: Ports,
  data: unknown,
  edges: { readonly lost: string; readonly homeOf: (user: string) => string },
): QueueEntry[] {
  const state = (data as Partial<ParticipationRecord>).state;
  if (state?.user === undefined) return [];
  const name = { user: state.user, contributionId: state.contributionId };
  const successor = edges.homeOf(state.user);
  return [edgeLostEntry(name, { lost: edges.lost, successor, atMs: ports.nowMs() })];
}
