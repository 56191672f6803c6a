/**
 * Gives epochs to edges. Two edges may begin something for the same user at the same time, neither knowing of the other: positions that both gave
 * would be taken for the same messages. So an epoch is taken from a counter in the store, by one conditional write.
 */
import { epochKey } from '../core/key.ts';
import { epochMax, epochOfEdge } from '../core/position.ts';
import type { Store } from '../ports/store.ts';

type EpochData = { readonly epoch: number };

/** A race that is lost this often in a row is a fault. */
const conflictsMax = 20;

/** An epoch that no edge has for this user, behind `known`. A store that fails throws. */
export async function claimEpoch(store: Store, user: string, known: number): Promise<number> {
  const key = epochKey(user);
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    const item = await store.read(key.partition, key.sort);
    const last = (item?.data as EpochData | undefined)?.epoch ?? 0;
    const epoch = epochOfEdge(Math.max(last, known));
    if (epoch > epochMax) throw new Error('there are no more epochs for a user');
    const data: EpochData = { epoch };
    const outcome = await store.commit({ ...key, version: (item?.version ?? 0) + 1, data });
    if (outcome.kind === 'committed') return epoch;
  }
  throw new Error(`the epochs of a user were changed by others ${conflictsMax} times in a row`);
}
