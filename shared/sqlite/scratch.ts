/**
 * The embedded store in memory and without a thread of its own, for what is thrown away afterwards: all that is on this side of the thread
 * is as in the real one, nothing is on a disk, and closing it leaves nothing.
 */
import { EventEmitter } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { receivesMaxDefault } from '../memory/limit.ts';
import { BatchRunner } from './batch-runner.ts';
import { batchOf, type FlatSends } from './flat-sends.ts';
import { GroupCommit } from './group-commit.ts';
import { portsOf, type Sqlite, type SqliteOptions } from './open-sqlite.ts';
import type { FromWorker, ToWorker } from './operation.ts';
import { steps } from './schema.ts';

/** Opens an empty store. */
export function openScratch(options: Pick<SqliteOptions, 'nowMs' | 'receivesMax'> = {}): Sqlite {
  const { nowMs = Date.now, receivesMax = receivesMaxDefault } = options;
  return portsOf(new GroupCommit(new NoThread(nowMs(), receivesMax), nowMs), nowMs);
}

/** Answers later in the same thread. */
class NoThread extends EventEmitter {
  readonly #db = new DatabaseSync(':memory:');
  readonly #runner: BatchRunner;

  constructor(nowMs: number, receivesMax: number) {
    super();
    for (const step of steps) this.#db.exec(step);
    this.#runner = new BatchRunner(this.#db, { file: 'scratch', nowMs, receivesMax });
  }

  postMessage(message: ToWorker): void {
    setImmediate(() => {
      if (!('kind' in message)) this.#send(message);
      else if (message.kind === 'close') this.#close();
      else {
        const answers = this.#runner.run(message.batch);
        this.emit('message', { kind: 'answers', of: 'others', answers } satisfies FromWorker);
      }
    });
  }

  #send(sends: FlatSends): void {
    const answers = this.#runner.run(batchOf(sends));
    if (answers.every(({ isDone }) => isDone)) this.emit('sent');
    else this.emit('message', { kind: 'answers', of: 'sends', answers } satisfies FromWorker);
  }

  #close(): void {
    this.#db.close();
    this.emit('exit', 0);
  }
}
