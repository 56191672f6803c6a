/**
 * Virtual time: tasks in the order of their times, those of one time in the order in which they were set. A task belongs to a
 * process; what a dead process still had before it is never run.
 */
export type Process = { readonly name: string; isDead: boolean };

export type Task = {
  readonly atMs: number;
  readonly order: number;
  readonly process: Process;
  readonly run: () => void;
  isCancelled: boolean;
};

export class Clock {
  nowMs = 1_700_000_000_000;
  readonly #heap: Task[] = [];
  #order = 0;

  after(process: Process, delayMs: number, run: () => void): Task {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const task: Task = { atMs, order: this.#order++, process, run, isCancelled: false };
    this.#heap.push(task);
    this.#rise(this.#heap.length - 1);
    return task;
  }

  /** The next task that still has to run, taken out; the time is set to its time. Undefined if none is due by then. */
  next(untilMs = Number.POSITIVE_INFINITY): Task | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const isOver = first.isCancelled || first.process.isDead;
      if (!isOver && first.atMs > untilMs) return undefined;
      this.#takeFirst();
      if (isOver) continue;
      this.nowMs = Math.max(this.nowMs, first.atMs);
      return first;
    }
    return undefined;
  }

  get size(): number {
    return this.#heap.length;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  #sink(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (left >= this.#heap.length) return;
      const first = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(first, at)) return;
      at = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const left = this.#heap[one] as Task;
    const right = this.#heap[other] as Task;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  #swapIfBefore(one: number, other: number): boolean {
    if (!this.#isBefore(one, other)) return false;
    const task = this.#heap[one] as Task;
    this.#heap[one] = this.#heap[other] as Task;
    this.#heap[other] = task;
    return true;
  }
}
