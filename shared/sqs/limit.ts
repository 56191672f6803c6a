/** Bounds of the SQS queue, each with its reason. */

/** Entries of one request: the service's limit. */
export const batchMax = 10;
/** Bytes of one request: the smallest limit of the servers that we run on, with room for what is beside the bodies. */
export const batchBytesMax = 240 * 1024;
/** The service's longest wait for a record. */
export const waitMaxS = 20;
/** How long who receives from a queue that isn't there waits before the answer, so that asking again and again costs little. */
export const absentWaitMsMax = 5_000;
/** A queue that was just made is known everywhere after a second, says the service. */
export const settleMsDefault = 1_000;
/** Queue URLs remembered; queues of edges come and go. */
export const urlsMax = 1000;
/** Receipts in a row while records are looked for by their ids. */
export const searchesMax = 20;
/** How long records are held while they are only looked at. */
export const lookS = 5;
