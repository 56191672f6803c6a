/**
 * Deadlines of records that are out or delayed: a binary heap by time. A deadline isn't looked up when its record is removed:
 * it's recognised as outdated when it is due, or swept out when too many are outdated.
 */
import { outdatedDeadlinesMax } from './limit.ts';

export type Deadline = { readonly atMs: number; readonly sequence: number; readonly lease: number };

export class Deadlines {
  #heap: Deadline[] = [];

  add(deadline: Deadline): void {
    const heap = this.#heap;
    heap.push(deadline);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isSooner(heap, at, parent)) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  /** The next one that is due. */
  first(): Deadline | undefined {
    return this.#heap[0];
  }

  shift(): Deadline | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    sink(heap);
    return first;
  }

  /** Drops the deadlines that don't hold any more if they are many; `valid` is how many hold. */
  sweep(valid: number, isValid: (deadline: Deadline) => boolean): void {
    if (this.#heap.length <= valid * 2 + outdatedDeadlinesMax) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(isValid).sort((one, other) => one.atMs - other.atMs);
  }
}

function sink(heap: Deadline[]): void {
  let at = 0;
  for (;;) {
    const left = at * 2 + 1;
    const right = left + 1;
    let soonest = isSooner(heap, left, at) ? left : at;
    if (isSooner(heap, right, soonest)) soonest = right;
    if (soonest === at) return;
    swap(heap, at, soonest);
    at = soonest;
  }
}

function isSooner(heap: readonly Deadline[], index: number, than: number): boolean {
  const one = heap[index];
  const other = heap[than];
  return one !== undefined && other !== undefined && one.atMs < other.atMs;
}

function swap(heap: Deadline[], one: number, other: number): void {
  const first = heap[one];
  const second = heap[other];
  if (first === undefined || second === undefined) return;
  heap[one] = second;
  heap[other] = first;
}
