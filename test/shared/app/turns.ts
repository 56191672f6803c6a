/**
 * Runs concurrent work step by step in a given order: every call of a port waits for its turn. With `everyOrder` all orders are run,
 * each from the beginning.
 */

type Waiting = { readonly who: string; readonly go: () => void };

/** Chooses among the workers that wait; answers the index of one of them. */
export type Choose = (workers: readonly string[]) => number;

export class Turns {
  #waiting: Waiting[] = [];

  /** A port whose calls wait for their turn, as calls of `who`. */
  of<Port extends object>(who: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          await new Promise<void>((go) => this.#waiting.push({ who, go }));
          return (await method.apply(target, args)) as unknown;
        };
      },
    });
  }

  /** Lets the work go on, one call at a time, until all of it is done. */
  async run(work: readonly Promise<void>[], choose: Choose): Promise<void> {
    let isDone = false;
    const all = Promise.all(work).finally(() => {
      isDone = true;
    });
    await settled();
    while (!isDone) {
      const workers = [...new Set(this.#waiting.map(({ who }) => who))].sort();
      const who = workers[choose(workers)];
      const next = this.#waiting.find((waiting) => waiting.who === who);
      if (next === undefined) throw new Error('nobody waits, and the work is not done');
      this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
      next.go();
      await settled();
    }
    await all;
  }
}

/** Runs something once for each order in which its workers can take their turns; answers how many there are. */
export async function everyOrder(runOnce: (choose: Choose) => Promise<void>): Promise<number> {
  let prefix: number[] | undefined = [];
  let count = 0;
  while (prefix !== undefined) {
    const taken: { chosen: number; of: number }[] = [];
    const planned: readonly number[] = prefix;
    await runOnce((workers) => {
      const chosen = planned[taken.length] ?? 0;
      taken.push({ chosen, of: workers.length });
      return chosen;
    });
    count++;
    const last = taken.findLastIndex(({ chosen, of }) => chosen + 1 < of);
    prefix =
      last < 0
        ? undefined
        : [...taken.slice(0, last).map(({ chosen }) => chosen), (taken[last]?.chosen ?? 0) + 1];
  }
  return count;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
