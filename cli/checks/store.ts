/** Whether the store's file can be had, is one of ours, and has room to grow. Nothing in it is changed. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf } from '../../edge/runtime/listen-error.ts';
import { faultOf, isBusy } from '../../shared/sqlite/fault.ts';
import { applicationId } from '../../shared/sqlite/schema.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** With less the disk is soon full; with much less it is as good as full. */
const freeBytesMin = 1_073_741_824;
const freeBytesLeast = 104_857_600;
const megabyte = 1_048_576;

/** Checks what REJOIN_STORE (store) names. */
export function checkStore(store: string, isRunning: boolean): readonly Check[] {
  if (store === 'memory:') {
    const remedy = 'for anything but a trial set REJOIN_STORE (store) to sqlite:<file>';
    return [warn('store', 'in memory: what waits is lost when the process ends', remedy)];
  }
  if (!store.startsWith('sqlite:')) return [ok('store', `${store} is not looked into from here`)];
  const file = resolve(store.slice('sqlite:'.length));
  return [checkFile(file, isRunning), checkRoom(file)];
}

function checkFile(file: string, isRunning: boolean): Check {
  const denied = deniedAt(file);
  if (denied !== undefined) {
    const remedy = 'check owner and mode, or set another file in REJOIN_STORE (store)';
    return fail('store', `${denied.path} can't be written (${denied.code})`, remedy);
  }
  if (!existsSync(file)) return ok('store', `${file} will be made`);
  const found = look(file);
  if (found === 'ours') return ok('store', `${file} is whole and free`);
  if (found === 'locked') {
    return isRunning
      ? ok('store', `${file} is held by the process that runs`)
      : fail(
          'store',
          `${file} is held by another process`,
          `stop that one; to find it: lsof ${file}`,
        );
  }
  return fail('store', found, 'set another file in REJOIN_STORE (store)');
}

/** The file, or the nearest folder above that is there, if it can't be written. */
function deniedAt(file: string): { readonly path: string; readonly code: string } | undefined {
  let path = file;
  while (!existsSync(path) && path !== dirname(path)) path = dirname(path);
  try {
    const isFolder = statSync(path).isDirectory();
    accessSync(path, constants.R_OK | constants.W_OK | (isFolder ? constants.X_OK : 0));
    // The log of a file stands beside it.
    if (!isFolder) accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return path !== file && !isFolder ? { path, code: 'ENOTDIR' } : undefined;
  } catch (error) {
    return { path, code: codeOf(error) };
  }
}

/** Opens a file for reading only, for a moment; answers what it is, or what is wrong. */
function look(file: string): 'ours' | 'locked' | string {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    const owner = Number(db.prepare('PRAGMA application_id').get()?.application_id ?? 0);
    // A file that was made and never written is taken as new.
    const isNew = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (owner === applicationId || isNew) return 'ours';
    return `${file} is a database of another program`;
  } catch (error) {
    return isBusy(error) ? 'locked' : faultOf(file, error).message;
  } finally {
    db?.close();
  }
}

function checkRoom(file: string): Check {
  let folder = dirname(file);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const detail = `${Math.floor(freeBytes / megabyte)} MB free at ${folder}`;
  const remedy = 'free some space, or move the store to another disk';
  if (freeBytes < freeBytesLeast) return fail('disk', detail, remedy);
  return freeBytes < freeBytesMin ? warn('disk', detail, remedy) : ok('disk', detail);
}
