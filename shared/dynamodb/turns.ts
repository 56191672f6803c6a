/**
 * Writes of one key, one after another in the order in which they are asked for. Side by side a later segment could be there before an
 * earlier one, and a reader that passes its cursor over the gap would never come back for it.
 */
export class Turns {
  /** The last write of each key that has some under way. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `write` when those before it are done; once one has failed, those that wait behind it fail as well. */
  async run<Outcome>(key: string, write: () => Promise<Outcome>): Promise<Outcome> {
    const turn = this.#last.get(key)?.then(write) ?? write();
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
