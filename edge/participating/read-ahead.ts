/**
 * Stored messages that were read and not yet sent, in order. When to read more is decided by how many there are; what was taken
 * is let go of soon, so that the bytes of a long reading don't stay as long as its last message waits.
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import { readAheadBytesMax, readAheadMessagesMax } from './limit.ts';

export type Ready = { readonly position: number; readonly message: StoredMessage };

export class ReadAhead {
  #all: Ready[] = [];
  /** Where the first one that was not taken stands. */
  #at = 0;
  #bytes = 0;
  #takenBytes = 0;

  get isEmpty(): boolean {
    return this.#at === this.#all.length;
  }

  /** So much waits that no more is to be read. */
  get isFull(): boolean {
    const waiting = this.#all.length - this.#at;
    return waiting >= readAheadMessagesMax || this.#bytes >= readAheadBytesMax;
  }

  /** The one that is sent next. */
  get next(): Ready | undefined {
    return this.#all[this.#at];
  }

  add(ready: Ready): void {
    this.#all.push(ready);
    this.#bytes += ready.message.body.length;
  }

  /** Takes the next one out. */
  take(ready: Ready): void {
    const bytes = ready.message.body.length;
    this.#at++;
    this.#bytes -= bytes;
    this.#takenBytes += bytes;
    const isMuchTaken = this.#at > readAheadMessagesMax || this.#takenBytes > readAheadBytesMax;
    if (this.isEmpty || isMuchTaken) {
      this.#all = this.#all.slice(this.#at);
      this.#at = 0;
      this.#takenBytes = 0;
    }
  }

  clear(): void {
    this.#all = [];
    this.#at = 0;
    this.#bytes = 0;
    this.#takenBytes = 0;
  }
}
