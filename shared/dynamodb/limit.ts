/** Bounds of the DynamoDB store, each with its reason. */

/** Deletions in one request: the service's limit. */
export const batchMax = 25;
/** A batch that is not taken whole is tried again so often, after pauses that double, some seconds in all. */
export const batchTriesMax = 6;
export const batchPauseMs = 50;
/** Segments that the first page of a reading asks for: often few are there, and each may be large. */
export const firstPageSegments = 8;
/** Segments that a page asks for when those before it were small. */
export const pageSegmentsMax = 500;
/** What a segment may become when it is inflated; the longest that is ever written has less than 200 KB. */
export const segmentBytesMax = 1024 * 1024;
/** Bytes of a segment that stand in the table. Of a third of this on, putting and getting an object costs less than writing and reading them; but it takes longer. */
export const tableBytesMax = 32 * 1024;
/** What an item's data may become when they are inflated; the service takes 400 KB as they are written. */
export const dataBytesMax = 8 * 1024 * 1024;
/** After this an index shows what was written; usually it takes a fraction of a second. Longer would only delay the end of a take-over. */
export const indexLagMs = 3_000;
