/**
 * A sorted list of sequence numbers that is read from its head: new numbers come at the end, and those that were taken come back
 * near the head. An array and the index of its head, because a backlog holds one number for each record that waits, and a
 * number in an array costs eight bytes.
 */
import { deadHeadMax } from './limit.ts';

export class SequenceList {
  #numbers: number[] = [];
  #head = 0;

  get length(): number {
    return this.#numbers.length - this.#head;
  }

  get first(): number | undefined {
    return this.#numbers[this.#head];
  }

  /** Takes the lowest number out. */
  shift(): number | undefined {
    const first = this.first;
    if (first === undefined) return undefined;
    this.#head++;
    if (this.#head > deadHeadMax && this.#head * 2 > this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** Takes a number out, wherever it stands; answers whether it was there. */
  remove(sequence: number): boolean {
    const at = this.#indexAfter(sequence) - 1;
    if (at < this.#head || this.#numbers[at] !== sequence) return false;
    this.#numbers.splice(at, 1);
    return true;
  }

  /** All numbers, in order. */
  *values(): IterableIterator<number> {
    for (let at = this.#head; at < this.#numbers.length; at++) yield this.#numbers[at] ?? 0;
  }

  insert(sequence: number): void {
    const at = this.#indexAfter(sequence);
    if (at === this.#head && this.#head > 0) {
      // The place that it was taken from is still free.
      this.#head--;
      this.#numbers[this.#head] = sequence;
    } else if (at === this.#numbers.length) {
      this.#numbers.push(sequence);
    } else {
      this.#numbers.splice(at, 0, sequence);
    }
  }

  /** The index of the first number that is higher. */
  #indexAfter(sequence: number): number {
    let low = this.#head;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
