/** What operators see of participations: the entries of one user. How much waits in all is counted in `waiting-totals.ts`. */
import { participationPrefix, segmentKey, userPartition } from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { Item, Store } from '../../shared/ports/store.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { ParticipationEntry } from './api.ts';
import { userItemsMax } from './limit.ts';

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
