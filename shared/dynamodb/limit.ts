/** Bounds of the DynamoDB store, each with its reason. */

/** Attempts of one request, with growing pauses: throttling and hiccups pass; beyond that the caller's record comes back later. */
export const attemptsMax = 5;
/** Deletions in one request: the service's limit. */
export const batchMax = 25;
/** A batch that is not taken whole is tried again so often. */
export const batchTriesMax = 8;
export const batchPauseMs = 50;
