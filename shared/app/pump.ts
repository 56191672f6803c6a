/**
 * Stands in for Lambda's poller where a queue isn't SQS: takes batches from a queue, calls the handler, removes what is done and
 * lets come back what failed. It knows nothing of what is in the records.
 *
 * Theory: one loop receives, up to `parallel` batches are handled at once; the queue keeps the records of a group together, so
 * order needs no care here except within a batch. Nothing is ever lost by an error: what isn't removed comes back.
 * When records come one by one but fast, those that can wait gather between batches, so that the handler's reads and writes hold the
 * senders up less often.
 */
import type { Queue, QueueRecord } from '../ports/queue.ts';
import type { SqsBatchResponse } from './batch.ts';
import {
  batchBytesFull,
  batchRecordsMax,
  gatherMs,
  handlerTimeoutMs,
  parallelDefault,
  pollMs,
  releaseMsMax,
  releaseMsMin,
  retriesWhenStopping,
  retryMsMax,
  retryMsMin,
  steadyBatches,
  steadyGapMs,
  visibilityMarginMs,
} from './pump-limit.ts';
import { callOf, type FullSqsRecord, type FunctionCall, sqsEventOf } from './sqs-event.ts';

export type PumpHandler = (
  event: { readonly Records: readonly FullSqsRecord[] },
  call: FunctionCall,
) => Promise<SqsBatchResponse | undefined>;

/** A part of pino's logger. */
export type PumpLog = { readonly error: (details: object, message: string) => void };

export type PumpOptions = {
  readonly queue: Queue;
  readonly queueName: string;
  readonly handler: PumpHandler;
  readonly log: PumpLog;
  /** Batches at once. */
  readonly parallel?: number;
  readonly timeoutMs?: number;
};

export type Pump = {
  /** Takes no more records and resolves when those that were taken are handled. */
  readonly stop: () => Promise<void>;
};

/** Starts feeding a handler. */
export function startPump(options: PumpOptions): Pump {
  const loop = new PumpLoop(options);
  return { stop: () => loop.stop() };
}

class PumpLoop {
  readonly #options: PumpOptions;
  readonly #timeoutMs: number;
  readonly #running = new Set<Promise<void>>();
  readonly #naps = new Set<() => void>();
  #isStopping = false;
  #lastBatchMs = 0;
  #closeBatches = 0;
  /** How long records gather before the next batch. */
  #gatherMs = 0;
  #batches = 0;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? handlerTimeoutMs;
    void this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const wake of [...this.#naps]) wake();
    // A call that waits for records isn't waited for: what it still brings is given back.
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { parallel = parallelDefault } = this.#options;
    let failures = 0;
    while (!this.#isStopping) {
      if (this.#running.size >= parallel) await Promise.race(this.#running);
      const records = await this.#receive();
      if (records === undefined) {
        failures++;
        await this.#nap(backOff(failures, retryMsMin, retryMsMax));
        continue;
      }
      failures = 0;
      if (records.length > 0) this.#take(records);
    }
  }

  #take(records: readonly QueueRecord[]): void {
    const batch = this.#isStopping ? this.#giveBack(records) : this.#handle(records);
    this.#running.add(batch);
    void batch.then(() => this.#running.delete(batch));
    this.#gatherMs = this.#isSteady() && !isFull(records) ? gatherMs : 0;
  }

  /** Whether the last batches came close upon one another, apart from the time in which they gathered. */
  #isSteady(): boolean {
    const nowMs = performance.now();
    const isClose = nowMs - this.#lastBatchMs - this.#gatherMs < steadyGapMs;
    this.#lastBatchMs = nowMs;
    this.#closeBatches = isClose ? this.#closeBatches + 1 : 0;
    return this.#closeBatches >= steadyBatches;
  }

  async #receive(): Promise<readonly QueueRecord[] | undefined> {
    const { queue, queueName } = this.#options;
    const visibilityMs = this.#timeoutMs + visibilityMarginMs;
    try {
      return await queue.receive(queueName, {
        max: batchRecordsMax,
        waitMs: pollMs,
        visibilityMs,
        gatherMs: this.#gatherMs,
      });
    } catch (error) {
      this.#log(error, 'receiving failed');
      return undefined;
    }
  }

  /** Never rejects. */
  async #handle(records: readonly QueueRecord[]): Promise<void> {
    const { queue, queueName } = this.#options;
    const untilMs = performance.now() + this.#timeoutMs + visibilityMarginMs;
    const failed = await this.#call(records);
    const done = records.filter((record) => !failed.has(record.id)).map(({ receipt }) => receipt);
    const tellings = [...releasesOf(records, failed)].map(([delayMs, receipts]) =>
      this.#insist(() => queue.release(queueName, receipts, delayMs), untilMs),
    );
    tellings.push(this.#insist(() => queue.remove(queueName, done), untilMs));
    await Promise.all(tellings);
  }

  async #giveBack(records: readonly QueueRecord[]): Promise<void> {
    const { queue, queueName } = this.#options;
    const receipts = records.map(({ receipt }) => receipt);
    try {
      await queue.release(queueName, receipts, 0);
    } catch {
      // The queue is closed by now, or fails: its receipts end by themselves.
    }
  }

  /** Calls the handler; answers the ids of the records that failed. */
  async #call(records: readonly QueueRecord[]): Promise<ReadonlySet<string>> {
    const { queueName, handler } = this.#options;
    const untilMs = performance.now() + this.#timeoutMs;
    this.#batches++;
    const call = callOf(queueName, `${queueName}-${this.#batches}`, () =>
      Math.max(0, untilMs - performance.now()),
    );
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const error = new Error(`the handler took longer than ${this.#timeoutMs} ms`);
      timer = setTimeout(() => reject(error), this.#timeoutMs);
    });
    try {
      const response = await Promise.race([handler(sqsEventOf(queueName, records), call), tooLong]);
      return failedOf(records, response);
    } catch (error) {
      this.#log(error, 'a batch failed');
      return new Set(records.map((record) => record.id));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells the queue what became of a batch, again and again as long as the receipts hold. Never rejects. */
  async #insist(tell: () => Promise<void>, untilMs: number): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        return await tell();
      } catch (error) {
        const isLast = this.#isStopping
          ? failures > retriesWhenStopping
          : performance.now() >= untilMs;
        this.#log(error, isLast ? 'records come back, though done' : 'telling the queue failed');
        if (isLast) return;
        await this.#nap(backOff(failures, retryMsMin, retryMsMax));
      }
    }
  }

  /** Sleeps, or until a stop is asked for. */
  #nap(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#naps.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#naps.add(wake);
    });
  }

  #log(error: unknown, message: string): void {
    this.#options.log.error({ err: error, queue: this.#options.queueName }, message);
  }
}

/** More may wait: the queue gives no more at a time, by number or by size. */
function isFull(records: readonly QueueRecord[]): boolean {
  const bytes = records.reduce((sum, { body }) => sum + body.length, 0);
  return records.length >= batchRecordsMax || bytes >= batchBytesFull;
}

function backOff(times: number, min: number, max: number): number {
  return Math.min(max, min * 2 ** (times - 1));
}

/** The records that come back. As Lambda does, an answer that names an unknown record fails the whole batch. */
function failedOf(
  records: readonly QueueRecord[],
  response: SqsBatchResponse | undefined,
): ReadonlySet<string> {
  const named = new Set(response?.batchItemFailures.map((failure) => failure.itemIdentifier));
  const known = new Set(records.map((record) => record.id));
  if ([...named].some((id) => !known.has(id))) return known;
  const failed = new Set<string>();
  const groups = new Set<string>();
  for (const { id, group } of records) {
    // What comes behind a failed record of its group would overtake it.
    const isBehind = group !== undefined && groups.has(group);
    if (!named.has(id) && !isBehind) continue;
    failed.add(id);
    if (group !== undefined) groups.add(group);
  }
  return failed;
}

/** The receipts that are released after each delay. The records of a group come back together, by the count of the first. */
function releasesOf(
  records: readonly QueueRecord[],
  failed: ReadonlySet<string>,
): ReadonlyMap<number, readonly string[]> {
  const delays = new Map<string, number>();
  const releases = new Map<number, string[]>();
  for (const { id, group, receipt, receives } of records) {
    if (!failed.has(id)) continue;
    const own = backOff(receives, releaseMsMin, releaseMsMax);
    const delayMs = group === undefined ? own : (delays.get(group) ?? own);
    if (group !== undefined) delays.set(group, delayMs);
    const receipts = releases.get(delayMs) ?? [];
    releases.set(delayMs, [...receipts, receipt]);
  }
  return releases;
}
