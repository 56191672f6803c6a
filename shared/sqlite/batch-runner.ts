/**
 * Runs a batch of operations as one transaction, with one flush where somebody relies on it, on the worker's side.
 *
 * Theory: a batch has two phases. First the reads and writes of rows, in order, in one transaction (none if nothing is written),
 * and its commit. Then what changes the queues' order in memory: what follows from the committed rows, then receipts and
 * releases, so that a receipt sees the records that the same batch sent. An operation that fails in the first phase rolls
 * the batch back; since memory wasn't touched, each operation is then run again alone, and only the bad one fails. If the file
 * as a whole fails (disk full, input/output error), or the commit does, every operation of the batch fails.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { faultOf, isOfWholeFile } from './fault.ts';
import type { Answer, Answers, Batch, Handlers, Kind, Operation } from './operation.ts';
import { QueueFile } from './queue-file.ts';
import { StoreFile } from './store-file.ts';

const writing: ReadonlySet<Kind> = new Set<Kind>([
  'commit',
  'removeItem',
  'append',
  'discard',
  'expire',
  'send',
  'removeRecords',
]);
/**
 * Operations whose caller goes by what is on disk. A function's writes don't need a flush of their own: the record that caused them
 * stays in its queue until its removal is on disk, and the log keeps the order of commits, so a crash that takes the removal or the
 * write brings the record back, and one that keeps the removal has kept the write before it. Whatever leaves the functions is a
 * `send`, which flushes everything before it.
 */
const flushing: ReadonlySet<Kind> = new Set<Kind>(['send']);
const afterCommit: ReadonlySet<Kind> = new Set<Kind>([
  'receive',
  'receiveThese',
  'release',
  'depth',
  'peek',
  'names',
]);

export type RunnerOptions = {
  readonly file: string;
  readonly nowMs: number;
  readonly receivesMax: number;
};

export class BatchRunner {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #queues: QueueFile;
  readonly #handlers: Handlers;
  /** What follows the commit of the present batch. */
  #committed: (() => void)[] = [];
  #nowMs: number;
  #isFlushing = true;

  constructor(db: DatabaseSync, { file, nowMs, receivesMax }: RunnerOptions) {
    this.#db = db;
    this.#file = file;
    this.#nowMs = nowMs;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    const write = (work: () => void): void => this.#write(work);
    this.#queues = new QueueFile(db, { receivesMax, nowMs, write });
    this.#handlers = this.#makeHandlers(new StoreFile(db));
  }

  /** Answers every operation, in order. Never throws. */
  run({ nowMs, operations }: Batch): readonly Answer[] {
    this.#nowMs = nowMs;
    try {
      return this.#attempt(operations);
    } catch (error) {
      const isAlone = operations.length === 1 || error instanceof CommitError;
      if (isAlone || isOfWholeFile(error)) return operations.map(() => this.#failed(error));
      return operations.flatMap((operation) => this.run({ nowMs, operations: [operation] }));
    }
  }

  #attempt(operations: readonly Operation[]): readonly Answer[] {
    const answers: Answer[] = [];
    if (operations.some((operation) => operation.kind === 'send')) {
      this.#queues.prepareSend(this.#nowMs);
    }
    this.#committed = [];
    const runRows = (): void => {
      for (const [index, operation] of operations.entries()) {
        if (afterCommit.has(operation.kind)) continue;
        answers[index] = { isDone: true, value: this.#runOne(operation) };
      }
    };
    if (operations.some((operation) => writing.has(operation.kind))) {
      this.#setFlushing(operations.some((operation) => flushing.has(operation.kind)));
      this.#write(runRows);
    } else runRows();
    for (const follow of this.#committed) follow();
    for (const [index, operation] of operations.entries()) {
      if (afterCommit.has(operation.kind)) answers[index] = this.#runAlone(operation);
    }
    return answers;
  }

  /** Whether the next commit waits for the disk; SQLite takes the change outside transactions only. */
  #setFlushing(isFlushing: boolean): void {
    if (isFlushing === this.#isFlushing) return;
    this.#db.exec(isFlushing ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
    this.#isFlushing = isFlushing;
  }

  /** Runs work in a transaction; what it throws, and what the commit throws, undoes it. */
  #write(work: () => void): void {
    this.#begin.run();
    try {
      work();
      this.#commitNow();
    } catch (error) {
      // Some errors end the transaction by themselves.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #commitNow(): void {
    try {
      this.#commit.run();
    } catch (error) {
      throw new CommitError('the commit failed', { cause: error });
    }
  }

  #runAlone(operation: Operation): Answer {
    try {
      return { isDone: true, value: this.#runOne(operation) };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #runOne<K extends Kind>(operation: Operation<K>): Answers[K] {
    return this.#handlers[operation.kind](operation.given);
  }

  #failed(error: unknown): Answer {
    const cause = error instanceof CommitError ? error.cause : error;
    return { isDone: false, fault: faultOf(this.#file, cause) };
  }

  #makeHandlers(store: StoreFile): Handlers {
    const queues = this.#queues;
    return {
      read: (given) => store.read(given),
      list: (given) => store.list(given),
      owned: (given) => store.owned(given),
      scan: (given) => store.scan(given),
      commit: (given) => store.commit(given),
      removeItem: (given) => store.removeItem(given),
      append: (given) => store.append(given),
      segments: (given) => store.segments(given),
      tail: (given) => store.tail(given),
      waiting: (given) => store.waiting(given),
      discard: (given) => store.discard(given),
      expire: (given) => store.expire(given),
      send: (given) => queues.send(given, this.#nowMs, this.#committed),
      receive: (given) => queues.receive(given, this.#nowMs),
      removeRecords: (given) => queues.remove(given, this.#committed),
      release: (given) => queues.release(given, this.#nowMs),
      depth: (given) => queues.depth(given, this.#nowMs),
      peek: (given) => queues.peek(given, this.#nowMs),
      receiveThese: (given) => queues.receiveThese(given, this.#nowMs),
      names: () => ({ names: queues.names }),
    };
  }
}

class CommitError extends Error {}
