/** What SQLite can do on this disk: 100 rows of 600 bytes a transaction, WAL, synchronous FULL, for two seconds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Rows a second. */
export function storeCeiling(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-bench-'));
  const db = new DatabaseSync(join(folder, 'ceiling.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE deferred (position INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO deferred (body) VALUES (?)');
  const body = new Uint8Array(600).fill(120);
  const started = performance.now();
  let rows = 0;
  while (performance.now() - started < 2_000) {
    db.exec('BEGIN');
    for (let row = 0; row < 100; row++) insert.run(body);
    db.exec('COMMIT');
    rows += 100;
  }
  const rate = rows / ((performance.now() - started) / 1000);
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}
