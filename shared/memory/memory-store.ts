/**
 * The store in memory, for the simulator and for tests: the semantics of the port with nothing durable. Data is kept as JSON and
 * bytes are copied both ways, so that a caller can't change what is stored, as with any real store.
 */
import type { CommitOutcome, Item, Page, Segment, Store, Waiting } from '../ports/store.ts';
import { bytesMaxDefault } from './limit.ts';

export type MemoryStoreOptions = {
  /** Data and bytes of everything together, about. */
  readonly bytesMax?: number;
};

type KeptItem = Omit<Item, 'data'> & { readonly json: string };

/** Makes an empty store. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #bytesMax: number;
  readonly #partitions = new Map<string, Map<string, KeptItem>>();
  /** The segments of each key, in order. */
  readonly #segments = new Map<string, Segment[]>();
  #bytes = 0;

  constructor({ bytesMax = bytesMaxDefault }: MemoryStoreOptions) {
    this.#bytesMax = bytesMax;
  }

  async read(partition: string, sort: string): Promise<Item | undefined> {
    return itemOf(this.#find(partition, sort));
  }

  async list(partition: string, sortPrefix: string, page: Page): Promise<readonly Item[]> {
    return [...(this.#partitions.get(partition)?.values() ?? [])]
      .filter((item) => item.sort.startsWith(sortPrefix))
      .filter((item) => page.after === undefined || item.sort > page.after)
      .sort((one, other) => compare(one.sort, other.sort))
      .slice(0, page.limit)
      .flatMap((item) => itemOf(item) ?? []);
  }

  async owned(owner: string, { limit, after }: Page): Promise<readonly Item[]> {
    return this.#items()
      .filter((item) => item.owner === owner)
      .filter((item) => after === undefined || pageKey(item) > after)
      .sort((one, other) => compare(pageKey(one), pageKey(other)))
      .slice(0, limit)
      .flatMap((item) => itemOf(item) ?? []);
  }

  async scan(
    prefix: { readonly partition: string; readonly sort: string },
    { limit, after }: Page,
  ): Promise<readonly Item[]> {
    return this.#items()
      .filter((item) => item.partition.startsWith(prefix.partition))
      .filter((item) => item.sort.startsWith(prefix.sort))
      .filter((item) => after === undefined || pageKey(item) > after)
      .sort((one, other) => compare(pageKey(one), pageKey(other)))
      .slice(0, limit)
      .flatMap((item) => itemOf(item) ?? []);
  }

  async commit(item: Item): Promise<CommitOutcome> {
    const current = this.#find(item.partition, item.sort);
    if ((current?.version ?? 0) !== item.version - 1) return conflict(current);
    this.#put(item);
    return { kind: 'committed' };
  }

  async remove(partition: string, sort: string, version: number): Promise<CommitOutcome> {
    const current = this.#find(partition, sort);
    if (current === undefined) return { kind: 'committed' };
    if (current.version !== version) return conflict(current);
    this.#drop(current);
    return { kind: 'committed' };
  }

  async append(segments: readonly Segment[]): Promise<number> {
    return segments.filter((segment) => this.#append(segment)).length;
  }

  async segments(
    key: string,
    range: { readonly after: number; readonly bytesMax: number },
  ): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let size = 0;
    for (const segment of this.#behind(key, range.after)) {
      size += segment.bytes.length;
      if (taken.length > 0 && size > range.bytesMax) break;
      taken.push(copyOf(segment));
    }
    return taken;
  }

  async tail(key: string, messagesMax: number): Promise<readonly Segment[]> {
    const taken: Segment[] = [];
    let messages = 0;
    for (const segment of (this.#segments.get(key) ?? []).toReversed()) {
      messages += segment.count;
      if (taken.length > 0 && messages > messagesMax) break;
      taken.unshift(copyOf(segment));
    }
    return taken;
  }

  async waiting(key: string, after: number): Promise<Waiting> {
    let count = 0;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const segment of this.#behind(key, after)) {
      count += segment.first > after ? segment.count : segment.last - after;
      oldestMs = Math.min(oldestMs, segment.oldestMs);
    }
    return { count, oldestMs: count === 0 ? undefined : oldestMs };
  }

  async discard(key: string, through: number): Promise<void> {
    this.#dropSegments(key, (segment) => segment.last <= through);
  }

  async expire(nowS: number): Promise<number> {
    const isOver = (one: { readonly expiresAtS?: number }) =>
      one.expiresAtS !== undefined && one.expiresAtS <= nowS;
    let count = 0;
    for (const item of this.#items().filter(isOver)) {
      this.#drop(item);
      count++;
    }
    for (const key of [...this.#segments.keys()]) count += this.#dropSegments(key, isOver);
    return count;
  }

  async close(): Promise<void> {}

  #items(): readonly KeptItem[] {
    return [...this.#partitions.values()].flatMap((partition) => [...partition.values()]);
  }

  #behind(key: string, after: number): readonly Segment[] {
    return (this.#segments.get(key) ?? []).filter((segment) => segment.last > after);
  }

  #grow(more: number): void {
    if (this.#bytes + more > this.#bytesMax) {
      throw new Error(`the store in memory is full (${this.#bytesMax} bytes)`);
    }
    this.#bytes += more;
  }

  /** Whether it wasn't there yet. */
  #append(segment: Segment): boolean {
    const list = this.#segments.get(segment.key) ?? [];
    const at = placeOf(list, segment.first);
    if (list[at]?.first === segment.first) return false;
    this.#grow(segment.bytes.length);
    list.splice(at, 0, copyOf(segment));
    this.#segments.set(segment.key, list);
    return true;
  }

  #find(partition: string, sort: string): KeptItem | undefined {
    return this.#partitions.get(partition)?.get(sort);
  }

  #put(item: Item): void {
    const { data, ...rest } = item;
    const kept = { ...rest, json: JSON.stringify(data ?? null) };
    this.#grow(kept.json.length - (this.#find(item.partition, item.sort)?.json.length ?? 0));
    const partition = this.#partitions.get(item.partition) ?? new Map<string, KeptItem>();
    this.#partitions.set(item.partition, partition);
    partition.set(item.sort, kept);
  }

  #drop(item: KeptItem): void {
    const partition = this.#partitions.get(item.partition);
    this.#bytes -= item.json.length;
    partition?.delete(item.sort);
    if (partition?.size === 0) this.#partitions.delete(item.partition);
  }

  /** Drops segments of a key; answers how many went. */
  #dropSegments(key: string, isGone: (segment: Segment) => boolean): number {
    const before = this.#segments.get(key) ?? [];
    const kept = before.filter((segment) => !isGone(segment));
    for (const segment of before) if (isGone(segment)) this.#bytes -= segment.bytes.length;
    if (kept.length > 0) this.#segments.set(key, kept);
    else this.#segments.delete(key);
    return before.length - kept.length;
  }
}

function itemOf(kept: KeptItem | undefined): Item | undefined {
  if (kept === undefined) return undefined;
  const { json, ...rest } = kept;
  return { ...rest, data: JSON.parse(json) as unknown };
}

function conflict(current: KeptItem | undefined): CommitOutcome {
  return { kind: 'conflict', current: itemOf(current) };
}

function copyOf(segment: Segment): Segment {
  return { ...segment, bytes: new Uint8Array(segment.bytes) };
}

/** The index of the first segment that starts at a position or behind it. New ones come at the end. */
function placeOf(list: readonly Segment[], first: number): number {
  let at = list.length;
  while (at > 0 && (list[at - 1]?.first ?? first) >= first) at--;
  return at;
}

function pageKey(item: KeptItem): string {
  return `${item.partition} ${item.sort}`;
}

/** Keys are ASCII, so code units order them as the bytes of the other adapters do. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
