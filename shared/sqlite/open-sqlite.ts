/** Opens the embedded store: one file, one thread that owns it, and the two ports on top. */
import { resolve } from 'node:path';
import { receivesMaxDefault } from '../memory/limit.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteQueue } from './sqlite-queue.ts';
import { SqliteStore } from './sqlite-store.ts';
import { startWorker } from './start-worker.ts';

export type SqliteOptions = {
  readonly file: string;
  readonly nowMs?: () => number;
  /** Receipts after which a record moves to the dead letters. */
  readonly receivesMax?: number;
  /** Bound on the size of the file, without its log. */
  readonly bytesMax?: number;
};

export type Sqlite = {
  readonly store: Store;
  readonly queue: Queue;
  /** Ends waits, finishes what was asked for, closes the file. The store's own `close` is the same. */
  readonly close: () => Promise<void>;
};

/** Opens a file, which is made if there is none; rejects with what is wrong with it and what to do. */
export async function openSqlite(options: SqliteOptions): Promise<Sqlite> {
  const { nowMs = Date.now, receivesMax = receivesMaxDefault, bytesMax } = options;
  const file = resolve(options.file);
  const worker = await startWorker({ file, nowMs: nowMs(), receivesMax, bytesMax });
  return portsOf(new GroupCommit(worker, nowMs), nowMs);
}

/** The two ports over what a thread commits. */
export function portsOf(commits: GroupCommit, nowMs: () => number): Sqlite {
  const queue = new SqliteQueue(commits, nowMs);
  const close = async (): Promise<void> => {
    const closed = commits.close();
    queue.stopWaiting();
    await closed;
  };
  return { store: new SqliteStore(commits, close), queue, close };
}
