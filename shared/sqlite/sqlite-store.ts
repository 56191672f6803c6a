/** The store's port on the embedded store: rows to and from items; removals in slices, so that others get their turn between. */
import type { CommitOutcome, Item, Page, Segment, Store, Waiting } from '../ports/store.ts';
import type { GroupCommit } from './group-commit.ts';
import { removedRowsMax } from './limit.ts';
import type { ItemOutcome, ItemRow } from './operation.ts';

export class SqliteStore implements Store {
  readonly #commits: GroupCommit;
  readonly #close: () => Promise<void>;

  constructor(commits: GroupCommit, close: () => Promise<void>) {
    this.#commits = commits;
    this.#close = close;
  }

  async read(partition: string, sort: string): Promise<Item | undefined> {
    const row = await this.#commits.run('read', { partition, sort });
    return row === undefined ? undefined : itemOf(row);
  }

  async list(partition: string, prefix: string, page: Page): Promise<readonly Item[]> {
    const { limit, after } = page;
    const rows = await this.#commits.run('list', { partition, prefix, limit, after });
    return rows.map(itemOf);
  }

  async owned(owner: string, { limit, after }: Page): Promise<readonly Item[]> {
    const rows = await this.#commits.run('owned', { owner, limit, after: placeOf(after) });
    return rows.map(itemOf);
  }

  async scan(
    { partition, sort }: { readonly partition: string; readonly sort: string },
    { limit, after }: Page,
  ): Promise<readonly Item[]> {
    const given = { partition, sort, limit, after: placeOf(after) };
    const rows = await this.#commits.run('scan', given);
    return rows.map(itemOf);
  }

  async commit(item: Item): Promise<CommitOutcome> {
    const row = rowOf(item);
    return outcomeOf(await this.#commits.run('commit', row, { bytes: row.json.length }));
  }

  async remove(partition: string, sort: string, version: number): Promise<CommitOutcome> {
    return outcomeOf(await this.#commits.run('removeItem', { partition, sort, version }));
  }

  append(segments: readonly Segment[]): Promise<number> {
    // The one copy: the caller may go on using its bytes, and a view must not drag along the buffer that it looks at.
    const copies = segments.map((segment) => ({
      ...segment,
      bytes: new Uint8Array(segment.bytes),
    }));
    const transferred = copies.map(({ bytes }) => bytes.buffer);
    const bytes = transferred.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return this.#commits.run('append', { segments: copies }, { bytes, transferred });
  }

  segments(
    key: string,
    { after, bytesMax }: { readonly after: number; readonly bytesMax: number },
  ): Promise<readonly Segment[]> {
    return this.#commits.run('segments', { key, after, bytesMax });
  }

  tail(key: string, messagesMax: number): Promise<readonly Segment[]> {
    return this.#commits.run('tail', { key, messagesMax });
  }

  waiting(key: string, after: number): Promise<Waiting> {
    return this.#commits.run('waiting', { key, after });
  }

  async discard(key: string, through: number): Promise<void> {
    let removed: number;
    do removed = await this.#commits.run('discard', { key, through });
    while (removed === removedRowsMax);
  }

  async expire(nowS: number): Promise<number> {
    let all = 0;
    let removed: number;
    do {
      removed = await this.#commits.run('expire', { nowS });
      all += removed;
    } while (removed > 0);
    return all;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** Partitions have no spaces. */
function placeOf(after: string | undefined): readonly [string, string] | undefined {
  if (after === undefined) return undefined;
  const space = after.indexOf(' ');
  return [after.slice(0, space), after.slice(space + 1)];
}

function rowOf({ partition, sort, version, owner, expiresAtS, data }: Item): ItemRow {
  return {
    partition,
    sort,
    version,
    owner: owner ?? null,
    expiresAtS: expiresAtS ?? null,
    json: JSON.stringify(data ?? null),
  };
}

function itemOf({ partition, sort, version, owner, expiresAtS, json }: ItemRow): Item {
  return {
    partition,
    sort,
    version,
    data: JSON.parse(json) as unknown,
    ...(owner === null ? {} : { owner }),
    ...(expiresAtS === null ? {} : { expiresAtS }),
  };
}

function outcomeOf(outcome: ItemOutcome): CommitOutcome {
  if (outcome.kind === 'committed') return outcome;
  const { current } = outcome;
  return { kind: 'conflict', current: current === undefined ? undefined : itemOf(current) };
}
