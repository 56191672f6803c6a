/**
 * What stands in the store twice: where nobody has heard whether the store took a message, the focus sends it again, and the client is to get one
 * of the two. Bounded: the oldest are forgotten first.
 */
import { ownText } from '../bytes/text.ts';
import { repeatIdsMax } from './limit.ts';

export class Repeats {
  /** Where each message stands first. */
  readonly #firsts = new Map<string, number>();

  /** Whether a message that is about to be delivered stands before its position too. */
  isRepeat(messageId: string, position: number): boolean {
    const first = this.#firsts.get(messageId);
    if (first !== undefined && first < position) return true;
    this.#firsts.set(ownText(messageId), position);
    const [oldest] = this.#firsts.keys();
    if (this.#firsts.size > repeatIdsMax && oldest !== undefined) this.#firsts.delete(oldest);
    return false;
  }
}
