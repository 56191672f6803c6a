/** Bounds of the SQS queue, each with its reason. */

/** Attempts of one request: throttling and hiccups pass; beyond that the caller tries again. */
export const attemptsMax = 5;
/** Entries of one request: the service's limit. */
export const batchMax = 10;
/** Bytes of one request: the smallest limit of the servers that we run on, with room for what is beside the bodies. */
export const batchBytesMax = 240 * 1024;
/** The service's longest wait for a record. */
export const waitMaxS = 20;
/** Queue URLs remembered; queues of edges come and go. */
export const urlsMax = 1000;
/** Receipts in a row while records are looked for by their ids. */
export const searchesMax = 20;
/** How long records are held while they are only looked at. */
export const lookS = 5;
