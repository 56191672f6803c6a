/** A store that tells of each race that a write has lost. It changes nothing; everything goes straight through. */
import type { CommitOutcome, Store } from '../../shared/ports/store.ts';

/** Wraps a store. */
export function countedStore(store: Store, lost: () => void): Store {
  const told = async (written: Promise<CommitOutcome>): Promise<CommitOutcome> => {
    const outcome = await written;
    if (outcome.kind === 'conflict') lost();
    return outcome;
  };
  return {
    read: (partition, sort) => store.read(partition, sort),
    list: (partition, sortPrefix, page) => store.list(partition, sortPrefix, page),
    owned: (owner, page) => store.owned(owner, page),
    scan: (prefix, page) => store.scan(prefix, page),
    commit: (item) => told(store.commit(item)),
    remove: (partition, sort, version) => told(store.remove(partition, sort, version)),
    append: (segments) => store.append(segments),
    segments: (key, range) => store.segments(key, range),
    tail: (key, messagesMax) => store.tail(key, messagesMax),
    waiting: (key, after) => store.waiting(key, after),
    discard: (key, through) => store.discard(key, through),
    expire: (nowS) => store.expire(nowS),
    close: () => store.close(),
  };
}
