/** Bounds of the pump that feeds the handlers from a queue. */

/** Records of one batch, where the queue gives so many: SQS gives ten, and Lambda's poller is another one anyway. */
export const batchRecordsMax = 250;
/** Bytes of a batch behind which records don't gather: below what a queue gives at a time. */
export const batchBytesFull = 65_536;
/** Batches at once, unless the caller says otherwise. */
export const parallelDefault = 4;
/** A handler that takes longer counts as failed; above what a hung look-up may take, below a person's patience. */
export const handlerTimeoutMs = 30_000;
/** How much longer than the handler a record stays invisible, so that its end can still be told to the queue. */
export const visibilityMarginMs = 10_000;
/** How long one call waits for records. It bounds what a stop leaves behind. */
export const pollMs = 1_000;
/** Failed records come back after this time, doubled with each receipt, up to the second. */
export const releaseMsMin = 200;
export const releaseMsMax = 30_000;
/** The same for calls that the queue itself failed. */
export const retryMsMin = 100;
export const retryMsMax = 5_000;
/** After a stop was asked for, the end of a batch is told to a failing queue so often. */
export const retriesWhenStopping = 2;
/** Batches that come closer together than this, so many in a row, are a steady load. */
export const steadyGapMs = 20;
export const steadyBatches = 3;
/** Under steady load records that can wait gather so long; one that can't ends it, and a lone one never waits. */
export const gatherMs = 200;
