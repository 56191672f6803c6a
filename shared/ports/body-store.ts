/**
 * Bodies too large to stand in a segment, as the rest of the program sees them: put once, never changed, got whole, removed by whoever
 * has done with them or by their lifetime. A bucket in the cloud, a folder on the embedded store. A failing store throws a fault.
 */
export type BodyStore = {
  /** Keeps a body under a name, 1 to 128 of `A-Z a-z 0-9 _ -`; one that is there already stays as it is. Resolves once it is durable. */
  put(name: string, bytes: Uint8Array): Promise<'stored' | 'present'>;
  /** Undefined for one that is not there, or not any more. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** What is absent counts as removed. */
  remove(name: string): Promise<void>;
  /** Removes what was put before a time; answers how many went. Zero where the place does so by itself. */
  expire(beforeMs: number): Promise<number>;
  close(): Promise<void>;
};
