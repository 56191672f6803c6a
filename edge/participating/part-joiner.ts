/** Puts messages together again that were stored in parts. Parts whose last one was never stored are dropped: nobody had a 200 for them. */
import type { StoredMessage } from '../../shared/core/segment.ts';
import { concatBytes } from '../bytes/search.ts';

export class PartJoiner {
  #parts: StoredMessage[] = [];

  /** The next stored message; answers a whole one, or undefined while parts are missing. */
  take(stored: StoredMessage): StoredMessage | undefined {
    if (stored.part === undefined || stored.part === 'whole') {
      this.clear();
      return stored;
    }
    if (stored.part === 'first') this.#parts = [stored];
    else if (this.#parts[0]?.messageId === stored.messageId) this.#parts.push(stored);
    else this.clear();
    if (stored.part !== 'last' || this.#parts.length === 0) return undefined;
    const body = concatBytes(this.#parts.map((part) => part.body));
    this.clear();
    return { ...stored, body, part: 'whole' };
  }

  clear(): void {
    this.#parts = [];
  }
}
