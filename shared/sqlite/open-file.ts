/**
 * Opens the file of the embedded store: makes folder and tables, takes the lock that keeps other processes out, and checks that the
 * file is ours and whole. The lock is the operating system's, so it ends with the process, however that ends.
 */
import { mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  cacheKib,
  checkedBytesMax,
  checkpointPages,
  lockWaitMs,
  logBytesMax,
  logStretchBytes,
  stretchFreeBytesMin,
} from './limit.ts';
import { applicationId, steps } from './schema.ts';

/**
 * Opens a file, or throws an error that says what is wrong with it. `bytesMax` bounds its size, `freeBytes` tells how much room there is in
 * a folder.
 */
export function openFile(
  file: string,
  bytesMax: number | undefined,
  freeBytes = freeBytesOf,
): DatabaseSync {
  makeFolder(dirname(file));
  const db = new DatabaseSync(file, { timeout: lockWaitMs });
  try {
    // Exclusive before the first access: the log's index is then in memory and no other process gets in.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkOwner(db);
    setUp(db, bytesMax);
    migrate(db);
    checkWhole(db, file);
    if (bytesMax === undefined && freeBytes(dirname(file)) >= stretchFreeBytesMin) stretchLog(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Error(
      `its folder can not be made (${code}); check the path, and owner and mode of the folders`,
      { cause: error },
    );
  }
}

function setUp(db: DatabaseSync, bytesMax: number | undefined): void {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = ${checkpointPages};
    PRAGMA journal_size_limit = ${logBytesMax};
    PRAGMA cache_size = -${cacheKib};
    PRAGMA temp_store = MEMORY;
  `);
  if (bytesMax === undefined) return;
  const pages = Math.floor(bytesMax / readNumber(db, 'page_size'));
  db.exec(`PRAGMA max_page_count = ${pages}`);
}

/**
 * Makes the log as long as it will be, once. A commit that lets the log grow has the disk write its new length too, which takes about
 * half as long again; a log that has its length is written over from its start after each checkpoint.
 */
function stretchLog(db: DatabaseSync): void {
  try {
    db.exec(`
      BEGIN;
      CREATE TABLE stretch (bytes BLOB);
      INSERT INTO stretch VALUES (zeroblob(${logStretchBytes}));
      DROP TABLE stretch;
      COMMIT;
      PRAGMA wal_checkpoint(RESTART);
    `);
  } catch {
    // The disk may have filled up meanwhile: what waits can still be delivered.
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

/** Refuses a database of another program, and one of a later version of this program. */
function checkOwner(db: DatabaseSync): void {
  const version = readNumber(db, 'user_version');
  const owner = readNumber(db, 'application_id');
  const isEmpty = readNumber(db, 'schema_version') === 0;
  if (isEmpty && version === 0 && owner === 0) return;
  if (owner !== applicationId) {
    throw new Error('it is a database of another program; choose another file');
  }
  if (version > steps.length) {
    throw new Error(
      `it was written by a later version of rejoin (schema ${version}, known up to ${steps.length}); use that one or choose another file`,
    );
  }
}

/** Brings the tables to the present version, in one transaction. It writes in any case, which takes the lock. */
function migrate(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  for (const step of steps.slice(readNumber(db, 'user_version'))) db.exec(step);
  db.exec(`PRAGMA application_id = ${applicationId}`);
  db.exec(`PRAGMA user_version = ${steps.length}`);
  db.exec('COMMIT');
}

function checkWhole(db: DatabaseSync, file: string): void {
  if (statSync(file).size > checkedBytesMax) return;
  const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found === 'ok') return;
  throw new Error(
    `it is damaged (${String(found)}); put a copy in its place, or move it away to start empty`,
  );
}

function readNumber(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
}
