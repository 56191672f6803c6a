/**
 * The main thread's side of the embedded store: while one batch is with the worker, operations collect, and all of them are the next
 * batch. So a lone writer waits for nobody, and many share one flush of the disk.
 */
import type { Worker } from 'node:worker_threads';
import { errorOf } from './fault.ts';
import {
  batchBytesMax,
  batchOperationsMax,
  collectedBytesMax,
  collectedOperationsMax,
} from './limit.ts';
import type { Answer, Answers, FromWorker, Given, Kind, Operation, ToWorker } from './operation.ts';

type Pending = {
  readonly operation: Operation;
  readonly bytes: number;
  readonly transferred: readonly ArrayBuffer[];
  readonly resolve: (value: Answers[Kind]) => void;
  readonly reject: (error: Error) => void;
};

export type Weight = {
  /** About how many bytes the operation carries. */
  readonly bytes?: number;
  /** Buffers of the operation that nobody else uses. */
  readonly transferred?: readonly ArrayBuffer[];
};

/** What is needed of a worker. */
export type StoreThread = Pick<Worker, 'postMessage' | 'on' | 'once'>;

export class GroupCommit {
  readonly #thread: StoreThread;
  readonly #nowMs: () => number;
  readonly #exited: Promise<void>;
  #collected: Pending[] = [];
  #collectedBytes = 0;
  #out: readonly Pending[] = [];
  #isScheduled = false;
  /** Why nothing more is taken. */
  #ended: Error | undefined;
  #drained: (() => void) | undefined;
  #beforeBatch: (operations: readonly Operation[]) => void = () => undefined;

  constructor(thread: StoreThread, nowMs: () => number) {
    this.#thread = thread;
    this.#nowMs = nowMs;
    thread.on('message', (message: FromWorker) => {
      if (message.kind === 'answers') this.#settle(message.answers);
    });
    thread.on('error', (error: Error) => this.#die(error));
    this.#exited = new Promise((resolve) => {
      thread.once('exit', () => {
        this.#die(new Error('the thread of the store ended'));
        resolve();
      });
    });
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Lets a listener add operations to a batch that is about to go. */
  onBatch(listener: (operations: readonly Operation[]) => void): void {
    this.#beforeBatch = listener;
  }

  /** Puts an operation into the next batch. */
  run<K extends Kind>(kind: K, given: Given[K], weight: Weight = {}): Promise<Answers[K]> {
    const { bytes = 0, transferred = [] } = weight;
    const operation = { kind, given } as unknown as Operation;
    const refusal = this.#ended ?? this.#overload(bytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#collected.push({
        operation,
        bytes,
        transferred,
        resolve: (value) => resolve(value as Answers[K]),
        reject,
      });
      this.#collectedBytes += bytes;
      this.#schedule();
    });
  }

  /** Runs what was collected, then closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = new Error('the store is closed');
      if (this.#out.length + this.#collected.length > 0) {
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
      }
      this.#post({ kind: 'close' }, []);
    }
    await this.#exited;
  }

  #overload(bytes: number): Error | undefined {
    const isOver =
      this.#collected.length >= collectedOperationsMax ||
      this.#collectedBytes + bytes > collectedBytesMax;
    return isOver ? new Error('the store is overloaded: its disk is too slow') : undefined;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#out.length > 0) return;
    this.#isScheduled = true;
    // Not at once: whoever goes on in this turn of the loop, and who was just answered, gets into the same batch.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    // A listener of the batch before may have asked for this turn while that batch was on its way out.
    if (this.#out.length > 0) return;
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    const left = this.#collected.length;
    this.#beforeBatch(batch.map((pending) => pending.operation));
    // Receipts that wait; they weigh nothing, and are no more than there are waits.
    batch.push(...this.#collected.splice(left));
    this.#out = batch;
    const operations = batch.map((pending) => pending.operation);
    const buffers = batch.flatMap((pending) => pending.transferred);
    try {
      this.#post({ kind: 'batch', batch: { nowMs: this.#nowMs(), operations } }, buffers);
    } catch (error) {
      // Something in it can't be cloned: a mistake of a caller, that must not end the process.
      const cause = error instanceof Error ? error.message : String(error);
      const fault = { message: 'the store can not take what it was given', cause };
      this.#settle(batch.map(() => ({ isDone: false, fault })));
    }
  }

  /** Takes out what was collected, up to the bounds of a batch. */
  #takeBatch(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#collected) {
      if (count === batchOperationsMax || (count > 0 && bytes + pending.bytes > batchBytesMax))
        break;
      bytes += pending.bytes;
      count++;
    }
    this.#collectedBytes -= bytes;
    if (count < this.#collected.length) return this.#collected.splice(0, count);
    const all = this.#collected;
    this.#collected = [];
    return all;
  }

  #settle(answers: readonly Answer[]): void {
    const settled = this.#out;
    this.#out = [];
    for (const [index, pending] of settled.entries()) {
      const answer = answers[index];
      if (answer?.isDone) pending.resolve(answer.value);
      else pending.reject(answer ? errorOf(answer.fault) : new Error('the store did not answer'));
    }
    if (this.#collected.length > 0) this.#schedule();
    else this.#drained?.();
  }

  #die(cause: Error): void {
    this.#ended ??= new Error('the store failed and takes nothing more; restart', { cause });
    const lost = [...this.#out, ...this.#collected];
    this.#out = [];
    this.#collected = [];
    for (const pending of lost) pending.reject(this.#ended);
    this.#drained?.();
  }

  #post(message: ToWorker, transferred: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transferred);
  }
}
