/**
 * The store's operations as statements, on the worker's side. Each operation is one statement that changes rows, so that SQLite
 * itself undoes one that fails. Nothing here begins or ends a transaction.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Segment, Waiting } from '../ports/store.ts';
import { pageMax, removedRowsMax } from './limit.ts';
import type { Answers, Given, ItemOutcome, ItemRow } from './operation.ts';

type Row = Record<string, SQLOutputValue>;

const itemColumns = 'partition, sort, version, owner, expires_at_s, json';
const segmentColumns = 'key, first, last, count, oldest_ms, expires_at_s, bytes';
/** Behind every string that starts with a prefix: the prefix and the last character there is. */
const lastCharacter = '\u{10ffff}';
/** Segments don't overlap, so those behind a position start at most one before it: no need to look at the earlier ones. */
const behindPosition = `key = $key AND last > $after AND first >= ifnull(
  (SELECT first FROM segment WHERE key = $key AND first <= $after ORDER BY first DESC LIMIT 1), 0)`;

export class StoreFile {
  readonly #db: DatabaseSync;
  readonly #read: StatementSync;
  readonly #list: StatementSync;
  readonly #owned: StatementSync;
  readonly #scan: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #append: StatementSync;
  readonly #isPresent: StatementSync;
  readonly #segments: StatementSync;
  readonly #tail: StatementSync;
  readonly #waiting: StatementSync;
  readonly #discard: StatementSync;
  readonly #expireItems: StatementSync;
  readonly #expireSegments: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#read = db.prepare(`SELECT ${itemColumns} FROM item WHERE partition = ? AND sort = ?`);
    this.#list = db.prepare(`SELECT ${itemColumns} FROM item
      WHERE partition = ? AND sort >= ? AND sort < ? ORDER BY sort LIMIT ?`);
    this.#owned = db.prepare(`SELECT ${itemColumns} FROM item
      WHERE owner = ? AND (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?`);
    this.#scan = db.prepare(`SELECT ${itemColumns} FROM item
      WHERE partition >= ? AND partition < ? AND sort >= ? AND sort < ?
      AND (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?`);
    this.#insert = db.prepare(`INSERT INTO item (${itemColumns}) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`);
    this.#update = db.prepare(`UPDATE item SET version = ?, owner = ?, expires_at_s = ?, json = ?
      WHERE partition = ? AND sort = ? AND version = ?`);
    this.#delete = db.prepare('DELETE FROM item WHERE partition = ? AND sort = ? AND version = ?');
    this.#append = db.prepare(`INSERT INTO segment (${segmentColumns})
      VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#isPresent = db.prepare('SELECT 1 FROM segment WHERE key = ? AND first = ?');
    this.#segments = db.prepare(`SELECT ${segmentColumns} FROM segment
      WHERE ${behindPosition} ORDER BY first`);
    this.#tail = db.prepare(`SELECT ${segmentColumns} FROM segment
      WHERE key = ? ORDER BY first DESC`);
    this.#waiting = db.prepare(`SELECT
      ifnull(sum(CASE WHEN first > $after THEN count ELSE last - $after END), 0) AS count,
      min(oldest_ms) AS oldest_ms FROM segment WHERE ${behindPosition}`);
    this.#discard = db.prepare(`DELETE FROM segment WHERE rowid IN (SELECT rowid FROM segment
      WHERE key = $key AND first <= $through AND last <= $through ORDER BY first LIMIT $limit)`);
    this.#expireItems = db.prepare(expiring('item'));
    this.#expireSegments = db.prepare(expiring('segment'));
  }

  read({ partition, sort }: Given['read']): Answers['read'] {
    return itemOf(this.#read.get(partition, sort));
  }

  list({ partition, prefix, after, limit }: Given['list']): Answers['list'] {
    // The next string behind another is that one and the lowest character.
    const next = after === undefined ? '' : `${after}\0`;
    return this.#list
      .all(
        partition,
        next > prefix ? next : prefix,
        prefix + lastCharacter,
        Math.min(limit, pageMax),
      )
      .flatMap((row) => itemOf(row) ?? []);
  }

  owned({ owner, after = ['', ''], limit }: Given['owned']): Answers['owned'] {
    return this.#owned
      .all(owner, after[0], after[1], Math.min(limit, pageMax))
      .flatMap((row) => itemOf(row) ?? []);
  }

  scan({ partition, sort, after = ['', ''], limit }: Given['scan']): Answers['scan'] {
    const [lastPartition, lastSort] = after;
    return this.#scan
      .all(
        lastPartition > partition ? lastPartition : partition,
        partition + lastCharacter,
        sort,
        sort + lastCharacter,
        lastPartition,
        lastSort,
        Math.min(limit, pageMax),
      )
      .flatMap((row) => itemOf(row) ?? []);
  }

  commit(item: Given['commit']): ItemOutcome {
    const { partition, sort, version, owner, expiresAtS, json } = item;
    const { changes } =
      version === 1
        ? this.#insert.run(partition, sort, version, owner, expiresAtS, json)
        : this.#update.run(version, owner, expiresAtS, json, partition, sort, version - 1);
    if (changes === 1) return { kind: 'committed' };
    return { kind: 'conflict', current: this.read({ partition, sort }) };
  }

  removeItem({ partition, sort, version }: Given['removeItem']): ItemOutcome {
    if (this.#delete.run(partition, sort, version).changes === 1) return { kind: 'committed' };
    const current = this.read({ partition, sort });
    return current === undefined ? { kind: 'committed' } : { kind: 'conflict', current };
  }

  append({ segments }: Given['append']): number {
    let stored = 0;
    for (const { key, first, last, count, oldestMs, expiresAtS, bytes } of segments) {
      // One thread writes, so what is looked up stays true until the row is written.
      if (this.#isPresent.get(key, first) !== undefined) continue;
      this.#append.run(key, first, last, count, oldestMs, expiresAtS, bytes);
      stored++;
    }
    return stored;
  }

  segments({ key, after, bytesMax }: Given['segments']): readonly Segment[] {
    const taken: Segment[] = [];
    let size = 0;
    for (const row of this.#segments.iterate({ $key: key, $after: after })) {
      const segment = segmentOf(row);
      size += segment.bytes.length;
      if (taken.length > 0 && size > bytesMax) break;
      taken.push(segment);
    }
    return taken;
  }

  tail({ key, messagesMax }: Given['tail']): readonly Segment[] {
    const taken: Segment[] = [];
    let messages = 0;
    for (const row of this.#tail.iterate(key)) {
      const segment = segmentOf(row);
      messages += segment.count;
      if (taken.length > 0 && messages > messagesMax) break;
      taken.push(segment);
    }
    return taken.reverse();
  }

  waiting({ key, after }: Given['waiting']): Waiting {
    const row = this.#waiting.get({ $key: key, $after: after });
    const oldestMs = row?.oldest_ms;
    return {
      count: Number(row?.count ?? 0),
      oldestMs: typeof oldestMs === 'number' ? oldestMs : undefined,
    };
  }

  discard({ key, through }: Given['discard']): number {
    const given = { $key: key, $through: through, $limit: removedRowsMax };
    return Number(this.#discard.run(given).changes);
  }

  /** Segments first; items once no segment is left to go. */
  expire({ nowS }: Given['expire']): number {
    const segments = Number(this.#expireSegments.run(nowS, removedRowsMax).changes);
    if (segments > 0) return segments;
    return Number(this.#expireItems.run(nowS, removedRowsMax).changes);
  }

  close(): void {
    this.#db.close();
  }
}

function expiring(table: string): string {
  return `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table}
    WHERE expires_at_s <= ? ORDER BY expires_at_s LIMIT ?)`;
}

function itemOf(row: Row | undefined): ItemRow | undefined {
  if (row === undefined) return undefined;
  const { partition, sort, version, owner, expires_at_s: expiresAtS, json } = row;
  return {
    partition: String(partition),
    sort: String(sort),
    version: Number(version),
    owner: typeof owner === 'string' ? owner : null,
    expiresAtS: typeof expiresAtS === 'number' ? expiresAtS : null,
    json: String(json),
  };
}

function segmentOf(row: Row): Segment {
  const { key, first, last, count, oldest_ms: oldestMs, expires_at_s: expiresAtS, bytes } = row;
  return {
    key: String(key),
    first: Number(first),
    last: Number(last),
    count: Number(count),
    oldestMs: Number(oldestMs),
    expiresAtS: Number(expiresAtS),
    bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(),
  };
}
