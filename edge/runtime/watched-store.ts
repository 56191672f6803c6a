/** A store that tells of every change that may alter how much waits. It changes nothing itself; reads go straight through. */
import { participationPrefix, segmentName } from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { Item, Store } from '../../shared/ports/store.ts';

export type StoreWatcher = {
  /** Messages came, went or were delivered. Heard after the change is durable. */
  readonly changed: (name: ParticipationName) => void;
  /** Anything may have gone. */
  readonly expired: () => void;
};

/** Wraps a store. */
export function watchStore(store: Store, { changed, expired }: StoreWatcher): Store {
  return {
    read: (partition, sort) => store.read(partition, sort),
    list: (partition, sortPrefix, page) => store.list(partition, sortPrefix, page),
    owned: (owner, page) => store.owned(owner, page),
    scan: (prefix, page) => store.scan(prefix, page),
    commit: async (item) => {
      const outcome = await store.commit(item);
      if (outcome.kind === 'committed') tellOf(item, changed);
      return outcome;
    },
    remove: (partition, sort, version) => store.remove(partition, sort, version),
    append: async (segments) => {
      const stored = await store.append(segments);
      const keys = stored === 0 ? [] : segments.map(({ key }) => key);
      for (const key of new Set(keys)) changed(segmentName(key));
      return stored;
    },
    segments: (key, range) => store.segments(key, range),
    tail: (key, messagesMax) => store.tail(key, messagesMax),
    waiting: (key, after) => store.waiting(key, after),
    discard: async (key, through) => {
      await store.discard(key, through);
      changed(segmentName(key));
    },
    expire: async (nowS) => {
      const count = await store.expire(nowS);
      if (count > 0) expired();
      return count;
    },
    close: () => store.close(),
  };
}

function tellOf(item: Item, changed: StoreWatcher['changed']): void {
  if (!item.sort.startsWith(participationPrefix)) return;
  const { user, contributionId } = (item.data as ParticipationRecord).state;
  changed({ user, contributionId });
}
