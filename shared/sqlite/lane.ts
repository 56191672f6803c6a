/**
 * Operations on their way to the store's thread and back: while one batch is with the thread, others collect, and all of them are the
 * next batch. When a batch goes is decided in `group-commit.ts`.
 */
import { errorOf } from './fault.ts';
import { batchBytesMax, batchOperationsMax } from './limit.ts';
import type { Answer, Answers, Kind, Operation } from './operation.ts';

export type Pending = {
  readonly operation: Operation;
  readonly bytes: number;
  readonly transferred: readonly ArrayBuffer[];
  readonly resolve: (value: Answers[Kind]) => void;
  readonly reject: (error: Error) => void;
};

export class Lane {
  #collected: Pending[] = [];
  #collectedBytes = 0;
  #out: readonly Pending[] = [];
  #wasShared = false;

  get size(): number {
    return this.#collected.length;
  }

  get bytes(): number {
    return this.#collectedBytes;
  }

  /** Whether a batch is with the thread. */
  get isOut(): boolean {
    return this.#out.length > 0;
  }

  /** Whether the last batch was of more than one operation: then it's worth a turn of the loop to wait for others. */
  get wasShared(): boolean {
    return this.#wasShared;
  }

  add(pending: Pending): void {
    this.#collected.push(pending);
    this.#collectedBytes += pending.bytes;
  }

  /** Takes what was collected, up to the bounds of a batch, as the batch that is out. */
  take(): readonly Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#collected) {
      if (count === batchOperationsMax || (count > 0 && bytes + pending.bytes > batchBytesMax))
        break;
      bytes += pending.bytes;
      count++;
    }
    this.#collectedBytes -= bytes;
    this.#out = this.#collected;
    if (count < this.#collected.length) this.#out = this.#collected.splice(0, count);
    else this.#collected = [];
    this.#wasShared = count > 1;
    return this.#out;
  }

  /** Gives the batch that is out its answers; without any, all of it is done. */
  settle(answers?: readonly Answer[]): void {
    const settled = this.#out;
    this.#out = [];
    for (const [index, pending] of settled.entries()) {
      const answer = answers === undefined ? done : answers[index];
      if (answer?.isDone) pending.resolve(answer.value);
      else pending.reject(answer ? errorOf(answer.fault) : new Error('the store did not answer'));
    }
  }

  /** Rejects everything. */
  fail(error: Error): void {
    const lost = [...this.#out, ...this.#collected];
    this.#out = [];
    this.#collected = [];
    this.#collectedBytes = 0;
    for (const pending of lost) pending.reject(error);
  }
}

const done: Answer = { isDone: true, value: undefined };
