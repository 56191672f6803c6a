import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logStretchBytes, stretchFreeBytesMin } from '../../../shared/sqlite/limit.ts';
import { openFile } from '../../../shared/sqlite/open-file.ts';
import { openSqlite } from '../../../shared/sqlite/open-sqlite.ts';

let folder: string;
let file: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-open-'));
  file = join(folder, 'store.db');
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true });
});

async function fill(): Promise<void> {
  const { store, close } = await openSqlite({ file });
  const bytes = new Uint8Array(2_000).fill(7);
  for (let first = 1; first <= 50; first++) {
    const last = first;
    await store.append([{ key: 'k', first, last, count: 1, oldestMs: 1, expiresAtS: 9, bytes }]);
  }
  await close();
}

test('a store makes its folder and file', async () => {
  file = join(folder, 'not', 'there', 'store.db');
  await (await openSqlite({ file })).close();
  expect(statSync(file).size).toBeGreaterThan(0);
});

test('a log takes its length at once on a disk with room, and no more than it needs on a disk that is nearly full', () => {
  const log = `${file}-wal`;
  const lengthOn = (freeBytes: number): number => {
    const db = openFile(file, undefined, () => freeBytes);
    const { size } = statSync(log);
    db.close();
    rmSync(file);
    return size;
  };
  expect(lengthOn(stretchFreeBytesMin)).toBeGreaterThanOrEqual(logStretchBytes);
  expect(lengthOn(stretchFreeBytesMin - 1)).toBeLessThan(logStretchBytes / 10);
});

test('a file whose folder can not be made is refused', async () => {
  writeFileSync(file, '');
  const below = join(file, 'store.db');
  await expect(openSqlite({ file: below })).rejects.toThrow(
    `the store ${below}: its folder can not be made (EEXIST); check the path, and owner and mode of the folders`,
  );
});

test('a file that another process has open is refused', async () => {
  child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), file]);
  await once(child.stdout ?? child, 'data');
  await expect(openSqlite({ file })).rejects.toThrow(
    `the store ${file}: another rejoin runs on this file`,
  );
});

test('a file that this process has open is refused, and is not harmed by it', async () => {
  const first = await openSqlite({ file });
  await expect(openSqlite({ file })).rejects.toThrow('another rejoin runs on this file');
  expect(await first.store.append([{ ...segment, bytes: new Uint8Array(1) }])).toBe(1);
  await first.close();
  await (await openSqlite({ file })).close();
});

const segment = { key: 'k', first: 1, last: 1, count: 1, oldestMs: 1, expiresAtS: 9 };

test('a file that is no database is refused and left as it is', async () => {
  writeFileSync(file, 'no database, '.repeat(1_000));
  const { mtimeMs } = statSync(file);
  await expect(openSqlite({ file })).rejects.toThrow(`the store ${file}: it is not a store`);
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
});

test('a database of another program is refused and left as it is', async () => {
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE other (id INTEGER)');
  db.close();
  await expect(openSqlite({ file })).rejects.toThrow('database of another program');
  const again = new DatabaseSync(file);
  expect(again.prepare('SELECT name FROM sqlite_schema').all()).toHaveLength(1);
  again.close();
});

test('a store of a later version is refused', async () => {
  await (await openSqlite({ file })).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(openSqlite({ file })).rejects.toThrow('later version of rejoin (schema 99');
});

test('a damaged store is refused', async () => {
  await fill();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(20_000, 0xa5), 0, 20_000, 8_192);
  await expect(openSqlite({ file })).rejects.toThrow(/the store .*: it is damaged/);
});

test('a folder in place of the file is refused', async () => {
  mkdirSync(file);
  await expect(openSqlite({ file })).rejects.toThrow(`the store ${file}: it can not be opened`);
});

test('a folder that can not be made is refused', async () => {
  writeFileSync(file, '');
  const below = join(file, 'store.db');
  await expect(openSqlite({ file: below })).rejects.toThrow(`the store ${below}: `);
});

test('a full store refuses more, names the file, and takes it again when something was removed', async () => {
  const { store, close } = await openSqlite({ file, bytesMax: 300_000 });
  const bytes = new Uint8Array(20_000);
  const fillUp = async () => {
    for (let first = 1; first < 100; first++) {
      await store.append([{ ...segment, first, last: first, bytes }]);
    }
  };
  await expect(fillUp()).rejects.toThrow(`the store ${file}: there is no room left for it`);
  const { count } = await store.waiting('k', 0);
  expect(count).toBeGreaterThan(5);
  await store.discard('k', 5);
  expect(await store.append([{ ...segment, first: 200, last: 200, bytes }])).toBe(1);
  await close();
});
