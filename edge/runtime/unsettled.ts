/**
 * What this edge has reported of participations and the store may not show yet: the functions are as late as they are. Whether a client is
 * away can't be told from an item that is older than the last report of it; a registration is reported then, and nobody waits in vain.
 */
import type { Source } from '../../shared/core/participation/event.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { unsettledUsersMax, userItemsMax } from './limit.ts';

type Reported = Pick<Source, 'epoch' | 'counter'>;

export class Unsettled {
  /** By user, then by Contribution-ID; who was reported last stands last. */
  readonly #users = new Map<string, Map<string, Reported>>();

  /** Users of whom something is remembered. */
  get size(): number {
    return this.#users.size;
  }

  /** An event of a participation was reported. */
  reported(name: ParticipationName, { epoch, counter }: Reported): void {
    const names = this.#users.get(name.user) ?? new Map<string, Reported>();
    putLast(names, name.contributionId, { epoch, counter }, userItemsMax);
    putLast(this.#users, name.user, names, unsettledUsersMax);
  }

  /** Whether the store shows all that was reported of a user; what it shows is forgotten. */
  isSettled(user: string, stored: readonly Participation[]): boolean {
    const names = this.#users.get(user);
    if (names === undefined) return true;
    for (const state of stored) {
      const last = names.get(state.contributionId);
      if (last !== undefined && isApplied(last, state)) names.delete(state.contributionId);
    }
    if (names.size === 0) this.#users.delete(user);
    return names.size === 0;
  }
}

/** Puts a value behind all others; the first one goes if there are too many. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  const [first] = map.keys();
  if (map.size > sizeMax && first !== undefined) map.delete(first);
}

function isApplied(last: Reported, { epoch, counter }: Reported): boolean {
  return epoch > last.epoch || (epoch === last.epoch && counter >= last.counter);
}
