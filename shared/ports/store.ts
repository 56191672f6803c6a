/**
 * The store as the rest of the program sees it: items with versions, and segments of deferred messages. One table in the
 * cloud, one file on the embedded store. All reads are consistent, but for
 * what `owned` finds. A failing store throws a fault; a lost race is an outcome.
 */
export type Item = {
  readonly partition: string;
  readonly sort: string;
  /** Counts from 1; the first write of an item has version 1. */
  readonly version: number;
  /** A JSON object. */
  readonly data: unknown;
  /** The edge that acts for this item; `owned` finds items by it. */
  readonly owner?: string;
  readonly expiresAtS?: number;
};

export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'conflict'; readonly current: Item | undefined };

/** Messages deferred together; written once, never changed. Positions rise within a key, across epochs. */
export type Segment = {
  readonly key: string;
  /** Position of the first message, and of the last. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly oldestMs: number;
  readonly bytes: Uint8Array;
  readonly expiresAtS: number;
};

export type Waiting = { readonly count: number; readonly oldestMs: number | undefined };

export type Page = { readonly limit: number; readonly after?: string };

export type Store = {
  read(partition: string, sort: string): Promise<Item | undefined>;
  /** Items of a partition whose sort key starts with a prefix, by sort key, `page.after` exclusive. */
  list(partition: string, sortPrefix: string, page: Page): Promise<readonly Item[]>;
  /**
   * Items that an edge owns, by partition and sort key; `page.after` is `<partition> <sort>` of the last one. What they say is consistent,
   * but one that has just been given to the edge may be missing for some seconds.
   */
  owned(owner: string, page: Page): Promise<readonly Item[]>;
  /**
   * Items whose partition and sort key start with these; `page.after` as for `owned`. An overview for people: it may read far more
   * than it answers, so no rule rests on it.
   */
  scan(
    prefix: { readonly partition: string; readonly sort: string },
    page: Page,
  ): Promise<readonly Item[]>;
  /** Writes `item` if the stored version is one less than its own (absent counts as 0). */
  commit(item: Item): Promise<CommitOutcome>;
  /** Removes an item if it still has this version; what is absent counts as removed. */
  remove(partition: string, sort: string, version: number): Promise<CommitOutcome>;
  /**
   * Writes the segments that aren't there already; answers how many those were. Nobody sees one before those in front of it are
   * there: a reader passes over a gap for good.
   */
  append(segments: readonly Segment[]): Promise<number>;
  /** Segments with messages behind position `after`, in order, at least one if there is any, about `bytesMax` in all. */
  segments(
    key: string,
    range: { readonly after: number; readonly bytesMax: number },
  ): Promise<readonly Segment[]>;
  /** The last segments of a key, in order, with at most `messagesMax` messages (at least one segment if there is any). */
  tail(key: string, messagesMax: number): Promise<readonly Segment[]>;
  /** Counts the messages behind a position. Within the segment that holds the position, `last - after` are counted. */
  waiting(key: string, after: number): Promise<Waiting>;
  /** Removes the segments whose messages all stand at or before a position. */
  discard(key: string, through: number): Promise<void>;
  /** Removes what has expired; answers how many items and segments went. */
  expire(nowS: number): Promise<number>;
  close(): Promise<void>;
};
