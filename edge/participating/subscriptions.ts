/** The subscriptions of clients to the rosters of their group sessions, by participation: what happens to one concerns them all. */
import { segmentKey } from '../../shared/core/key.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { ClientSubscription } from './client-subscription.ts';
import { subscriptionsMax } from './limit.ts';

export class Subscriptions {
  readonly #all = new Map<string, Set<ClientSubscription>>();

  /** Whether another one may be added. */
  hasRoom(name: ParticipationName): boolean {
    return (this.#all.get(segmentKey(name))?.size ?? 0) < subscriptionsMax;
  }

  add(name: ParticipationName, subscription: ClientSubscription): void {
    const key = segmentKey(name);
    this.#all.set(key, (this.#all.get(key) ?? new Set()).add(subscription));
  }

  remove(name: ParticipationName, subscription: ClientSubscription): void {
    const key = segmentKey(name);
    const ofName = this.#all.get(key);
    ofName?.delete(subscription);
    if (ofName?.size === 0) this.#all.delete(key);
  }

  /** The client has all that waited: the focus tells what comes next. */
  passOn(nowMs: number, name: ParticipationName, identity: string): void {
    for (const one of [...this.#of(name)]) one.passOn(nowMs, identity);
  }

  /** The session is over: the last notification; `then` follows when each was answered, or can't be. */
  finish(
    nowMs: number,
    name: ParticipationName,
    users: readonly string[],
    then: (nowMs: number) => void,
  ): void {
    const ofName = [...this.#of(name)];
    let left = ofName.length;
    if (left === 0) then(nowMs);
    for (const one of ofName) {
      one.finish(nowMs, users, (atMs) => {
        left--;
        if (left === 0) then(atMs);
      });
    }
  }

  /** This edge ends, and knows nothing more to tell. */
  leave(nowMs: number, reason: string): void {
    for (const ofName of [...this.#all.values()]) {
      for (const one of [...ofName]) one.leave(nowMs, reason);
    }
  }

  #of(name: ParticipationName): Iterable<ClientSubscription> {
    return this.#all.get(segmentKey(name)) ?? [];
  }
}
