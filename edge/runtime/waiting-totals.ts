/**
 * How much waits in all, for the status page: also for those whose session has ended and whom no edge acts for.
 *
 * Theory: what waits for one participation is cheap to count, but there may be very many. So each is counted once, and again only
 * after the store has changed something about it: a change marks it, and whoever asks for the totals has the marked ones counted.
 * Nothing is added up over time, so nothing can drift away from the store. It holds in the process that the functions run in;
 * changes by other processes are not seen.
 */
import {
  participationKey,
  participationPrefix,
  segmentKey,
  userPrefix,
} from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { Store, Waiting } from '../../shared/ports/store.ts';
import { countedAtOnce, countedPageItems, markedMax, totalsAgeMs } from './limit.ts';
import { watchStore } from './watched-store.ts';

export type Totals = {
  /** Undefined where it isn't counted here. */
  readonly waiting: number | undefined;
  /** When the oldest of them came. */
  readonly oldestMs: number | undefined;
};

export class WaitingTotals {
  /** The store to write through. */
  readonly store: Store;
  readonly #markedMax: number;
  readonly #marked = new Map<string, ParticipationName>();
  /** What waits, by participation; those for whom nothing waits are not in it. */
  readonly #counted = new Map<string, { readonly name: ParticipationName } & Waiting>();
  /** Whether all that the store has is counted or marked. */
  #isComplete = false;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;

  constructor(store: Store, max = markedMax) {
    this.#markedMax = max;
    this.store = watchStore(store, {
      changed: (name) => this.#mark(name),
      expired: () => {
        for (const { name } of this.#counted.values()) this.#mark(name);
      },
    });
  }

  /** The totals as of less than a second ago. */
  async totals(): Promise<Totals> {
    if (performance.now() - this.#countedAtMs >= totalsAgeMs) {
      this.#counting ??= this.#count().finally(() => {
        this.#counting = undefined;
      });
      await this.#counting;
    }
    let waiting = 0;
    let oldestMs: number | undefined;
    for (const one of this.#counted.values()) {
      waiting += one.count;
      if (one.oldestMs !== undefined) oldestMs = Math.min(oldestMs ?? one.oldestMs, one.oldestMs);
    }
    return { waiting, oldestMs };
  }

  #mark(name: ParticipationName): void {
    if (this.#marked.size >= this.#markedMax) {
      this.#marked.clear();
      this.#isComplete = false;
    }
    this.#marked.set(segmentKey(name), name);
  }

  async #count(): Promise<void> {
    const atMs = performance.now();
    if (!this.#isComplete) await this.#countAll();
    await this.#countThese([...this.#marked.values()]);
    this.#countedAtMs = atMs;
  }

  /** Counts all that the store has; what changes meanwhile is marked. */
  async #countAll(): Promise<void> {
    const prefix = { partition: userPrefix, sort: participationPrefix };
    this.#isComplete = true;
    this.#counted.clear();
    let after: string | undefined;
    try {
      do {
        const page = { limit: countedPageItems, ...(after === undefined ? {} : { after }) };
        const items = await this.store.scan(prefix, page);
        await this.#countThese(items.map(({ data }) => (data as ParticipationRecord).state));
        const last = items.at(-1);
        after = last === undefined ? undefined : `${last.partition} ${last.sort}`;
      } while (after !== undefined);
    } catch (error) {
      this.#isComplete = false;
      throw error;
    }
  }

  async #countThese(names: readonly ParticipationName[]): Promise<void> {
    for (let at = 0; at < names.length; at += countedAtOnce) {
      const some = names.slice(at, at + countedAtOnce);
      await Promise.all(
        some.map(({ user, contributionId }) => this.#countOne({ user, contributionId })),
      );
    }
  }

  async #countOne(name: ParticipationName): Promise<void> {
    const key = segmentKey(name);
    // Before the look-ups: a change that comes while they are under way marks it again.
    this.#marked.delete(key);
    try {
      const waiting = await this.#waitingFor(name);
      if (waiting.count > 0) this.#counted.set(key, { name, ...waiting });
      else this.#counted.delete(key);
    } catch (error) {
      this.#mark(name);
      throw error;
    }
  }

  async #waitingFor(name: ParticipationName): Promise<Waiting> {
    const { partition, sort } = participationKey(name);
    const item = await this.store.read(partition, sort);
    const state = (item?.data as ParticipationRecord | undefined)?.state;
    // What may be left of a participation that is over waits for nobody.
    if (state === undefined || state.phase === 'gone') return { count: 0, oldestMs: undefined };
    return await this.store.waiting(segmentKey(name), state.cursor);
  }
}
