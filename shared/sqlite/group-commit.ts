/**
 * The main thread's side of the embedded store: while one batch is with the worker, operations collect, and all of them are the next
 * batch. So a lone writer waits for nobody, and many share one flush of the disk.
 *
 * Sends are batches of their own: somebody on the wire waits for each, and what the functions read and write, which nobody waits for,
 * would be in the same transaction before them.
 */
import { flatSends } from './flat-sends.ts';
import { Lane } from './lane.ts';
import { collectedBytesMax, collectedOperationsMax } from './limit.ts';
import type { Answers, FromWorker, Given, Kind, Operation, ToWorker } from './operation.ts';

export type Weight = {
  /** About how many bytes the operation carries. */
  readonly bytes?: number;
  /** Buffers of the operation that nobody else uses. */
  readonly transferred?: readonly ArrayBuffer[];
};

/** What is needed of a thread; it tells of a batch of sends that is done by `sent`, which is quicker than a message. */
export type StoreThread = {
  postMessage(message: ToWorker, transferred: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'sent', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
};

export class GroupCommit {
  readonly #thread: StoreThread;
  readonly #nowMs: () => number;
  readonly #exited: Promise<void>;
  readonly #sends = new Lane();
  readonly #others = new Lane();
  readonly #scheduled = new Set<Lane>();
  /** Why nothing more is taken. */
  #ended: Error | undefined;
  #drained: (() => void) | undefined;
  #afterBatch: (operations: readonly Operation[]) => void = () => undefined;

  constructor(thread: StoreThread, nowMs: () => number) {
    this.#thread = thread;
    this.#nowMs = nowMs;
    thread.on('message', (message: FromWorker) => this.#answered(message));
    thread.on('sent', () => this.#sent());
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

  /** Tells of each batch that has just gone; what is asked for then comes behind it. */
  onBatch(listener: (operations: readonly Operation[]) => void): void {
    this.#afterBatch = listener;
  }

  /** Puts an operation into the next batch. */
  run<K extends Kind>(kind: K, given: Given[K], weight: Weight = {}): Promise<Answers[K]> {
    const { bytes = 0, transferred = [] } = weight;
    const operation = { kind, given } as unknown as Operation;
    const refusal = this.#ended ?? this.#overload(bytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    const lane = kind === 'send' ? this.#sends : this.#others;
    return new Promise((resolve, reject) => {
      lane.add({
        operation,
        bytes,
        transferred,
        resolve: (value) => resolve(value as Answers[K]),
        reject,
      });
      this.#schedule(lane);
    });
  }

  /** Runs what was collected, then closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = new Error('the store is closed');
      if (this.#isBusy) {
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
      }
      this.#post({ kind: 'close' }, []);
    }
    await this.#exited;
  }

  get #isBusy(): boolean {
    return [this.#sends, this.#others].some((lane) => lane.isOut || lane.size > 0);
  }

  #overload(bytes: number): Error | undefined {
    const isOver =
      this.#sends.size + this.#others.size >= collectedOperationsMax ||
      this.#sends.bytes + this.#others.bytes + bytes > collectedBytesMax;
    return isOver ? new Error('the store is overloaded: its disk is too slow') : undefined;
  }

  #schedule(lane: Lane): void {
    if (lane.size === 0 || lane.isOut || this.#scheduled.has(lane)) return;
    this.#scheduled.add(lane);
    const send = (): void => {
      this.#scheduled.delete(lane);
      this.#send(lane);
    };
    // Whoever goes on in this turn of the loop gets into the same batch, where there are others at all.
    if (lane.wasShared) setImmediate(send);
    else queueMicrotask(send);
  }

  #send(lane: Lane): void {
    // Nothing is left where the thread has ended meanwhile.
    if (lane.size === 0) return;
    const batch = lane.take();
    const operations = batch.map((pending) => pending.operation);
    try {
      const nowMs = this.#nowMs();
      if (lane === this.#sends) this.#post(flatSends(nowMs, operations), []);
      else {
        const buffers = batch.flatMap((pending) => pending.transferred);
        this.#post({ kind: 'batch', batch: { nowMs, operations } }, buffers);
      }
    } catch (error) {
      // Something in it can't be cloned: a mistake of a caller, that must not end the process.
      const cause = error instanceof Error ? error.message : String(error);
      const fault = { message: 'the store can not take what it was given', cause };
      lane.settle(batch.map(() => ({ isDone: false, fault })));
      this.#goOn(lane);
      return;
    }
    this.#afterBatch(operations);
  }

  #answered(message: FromWorker): void {
    if (message.kind !== 'answers') return;
    const lane = message.of === 'sends' ? this.#sends : this.#others;
    lane.settle(message.answers);
    this.#goOn(lane);
  }

  #sent(): void {
    this.#sends.settle();
    this.#goOn(this.#sends);
  }

  #goOn(lane: Lane): void {
    this.#schedule(lane);
    if (!this.#isBusy) this.#drained?.();
  }

  #die(cause: Error): void {
    this.#ended ??= new Error('the store failed and takes nothing more; restart', { cause });
    this.#sends.fail(this.#ended);
    this.#others.fail(this.#ended);
    this.#drained?.();
  }

  #post(message: ToWorker, transferred: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transferred);
  }
}
