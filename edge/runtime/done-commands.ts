/** Commands that were carried out: a command may come twice, and is done once (design 4). Bounded; the oldest are forgotten. */
export class DoneCommands {
  readonly #done = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** True the first time that a command is seen. */
  isNew(id: string): boolean {
    if (this.#done.has(id)) return false;
    if (this.#done.size >= this.#max) {
      const [oldest] = this.#done;
      if (oldest !== undefined) this.#done.delete(oldest);
    }
    this.#done.add(id);
    return true;
  }
}
