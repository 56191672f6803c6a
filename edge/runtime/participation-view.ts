/** What operators see of participations: the entries of one user, and how much waits in all. */
import { participationPrefix, segmentKey, userPartition } from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { Item, Store } from '../../shared/ports/store.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { ParticipationEntry } from './http.ts';
import { userItemsMax, viewedItemsMax } from './limit.ts';

/** The participations of a user that are not over. */
export async function participationEntries(
  store: Store,
  user: string,
): Promise<readonly ParticipationEntry[]> {
  const aor = addressOfRecord(user) ?? user;
  const items = await store.list(userPartition(aor), participationPrefix, { limit: userItemsMax });
  const entries = await Promise.all(items.map((item) => entryOf(store, item)));
  return entries.filter((entry) => entry.state !== 'gone');
}

/** How many messages wait for the participations of an edge, and how old the oldest is. */
export async function waitingTotals(
  store: Store,
  edge: string,
): Promise<{ readonly waiting: number; readonly oldestWaitingMs: number | undefined }> {
  const items = await store.owned(edge, { limit: viewedItemsMax });
  const entries = await Promise.all(items.map((item) => waitingOf(store, item)));
  const oldest = entries.flatMap((entry) => entry.oldestMs ?? []);
  return {
    waiting: entries.reduce((sum, entry) => sum + entry.count, 0),
    oldestWaitingMs: oldest.length === 0 ? undefined : Date.now() - Math.min(...oldest),
  };
}

async function entryOf(store: Store, item: Item): Promise<ParticipationEntry> {
  const { state } = item.data as ParticipationRecord;
  const waiting = await waitingOf(store, item);
  return {
    user: state.user,
    group: state.group.identity,
    contributionId: state.contributionId,
    state: state.phase,
    waiting: waiting.count,
    oldest: waiting.oldestMs === undefined ? null : new Date(waiting.oldestMs).toISOString(),
    version: item.version,
  };
}

function waitingOf(store: Store, item: Item) {
  const { state } = item.data as ParticipationRecord;
  return store.waiting(segmentKey(state), state.cursor);
}
