/**
 * When to look at which user next: one entry a user and no timers. Users are collected by the second in which the first of
 * their bindings expires; a user whose bindings were refreshed meanwhile is found too early, and is put in again.
 */
export class ExpiryWheel {
  readonly #seconds = new Map<number, Set<string>>();
  readonly #entries = new Map<string, number>();

  /** Wants a look at the user at that time, unless there is an earlier one. */
  add(user: string, atMs: number): void {
    const second = Math.ceil(atMs / 1000);
    const present = this.#entries.get(user);
    if (present !== undefined && present <= second) return;
    if (present !== undefined) this.#remove(user, present);
    this.#entries.set(user, second);
    const users = this.#seconds.get(second);
    if (users === undefined) this.#seconds.set(second, new Set([user]));
    else users.add(user);
  }

  /** Takes out the users whose time has come. */
  take(nowMs: number): readonly string[] {
    const taken: string[] = [];
    for (const [second, users] of this.#seconds) {
      if (second * 1000 > nowMs) continue;
      this.#seconds.delete(second);
      for (const user of users) {
        this.#entries.delete(user);
        taken.push(user);
      }
    }
    return taken;
  }

  #remove(user: string, second: number): void {
    const users = this.#seconds.get(second);
    users?.delete(user);
    if (users?.size === 0) this.#seconds.delete(second);
  }
}
