/**
 * What sessions that are over here had answered last. An answer may be lost with its session, and the focus then sends the message again
 * in the next session of the same user and group, which is a new participation and knows nothing of it (design 5.9). Bounded over all
 * participations; the oldest are forgotten first. What was stored is known from the store, wherever it was answered.
 */
import { segmentKey } from '../../shared/core/key.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import { answeredBeforeMax } from './limit.ts';

export class AnsweredBefore {
  readonly #ids = new Map<string, readonly string[]>();
  #count = 0;

  /** A session is over that had answered these. */
  keep(name: ParticipationName, messageIds: readonly string[]): void {
    const key = segmentKey(name);
    this.#forget(key);
    if (messageIds.length === 0) return;
    this.#ids.set(key, messageIds);
    this.#count += messageIds.length;
    for (const oldest of this.#ids.keys()) {
      if (this.#count <= answeredBeforeMax) return;
      this.#forget(oldest);
    }
  }

  /** A session begins: what the one before had answered. */
  take(name: ParticipationName): readonly string[] {
    const key = segmentKey(name);
    const messageIds = this.#ids.get(key) ?? [];
    this.#forget(key);
    return messageIds;
  }

  #forget(key: string): void {
    this.#count -= this.#ids.get(key)?.length ?? 0;
    this.#ids.delete(key);
  }
}
