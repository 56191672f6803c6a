/**
 * Virtual time: tasks run in the order of their times, those of one time in the order in which they were set, and nothing waits for real
 * time. A task belongs to a life; what a life that is over had still to do is never done. What a task starts asynchronously, such as a
 * function, is finished before the next task, so a world takes the same course each time.
 */

/** Something that may end: a process, or the world itself. */
export type Life = { isOver: boolean };

type Task = {
  readonly atMs: number;
  readonly order: number;
  readonly life: Life;
  readonly run: () => void;
};

export class Clock {
  nowMs = Date.UTC(2026, 0, 5, 9);
  #tasks: Task[] = [];
  #order = 0;

  /** Does something after a while; answers how to call it off. */
  after(life: Life, delayMs: number, run: () => void): () => void {
    const task = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, life, run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((one) => one !== task);
    };
  }

  /** Lets a time pass. */
  async run(forMs: number): Promise<void> {
    const endMs = this.nowMs + forMs;
    await settled();
    for (let task = this.#take(endMs); task !== undefined; task = this.#take(endMs)) {
      this.nowMs = task.atMs;
      task.run();
      await settled();
    }
    this.nowMs = endMs;
  }

  #take(endMs: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      const isDue = task.atMs <= endMs && !task.life.isOver;
      if (isDue && (next === undefined || isBefore(task, next))) next = task;
    }
    this.#tasks = this.#tasks.filter((task) => task !== next && !task.life.isOver);
    return next;
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** Everything that promises have to do is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
