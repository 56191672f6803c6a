/** Bounds of the embedded store. */

/** Operations of one transaction. More would make those that came first wait for those that came last. */
export const batchOperationsMax = 1_000;
/** Bytes of one transaction: what a disk writes in some tens of milliseconds. */
export const batchBytesMax = 8_388_608;
/**
 * Operations, and their bytes, that may wait for their transaction. Callers bound what they have under way, and a promise that stays
 * open is their back-pressure; so this is met only if one of them doesn't, or if the disk hangs, and then a fault is
 * better than memory that grows: a list of callers that wait for a place would be the same list again.
 */
export const collectedOperationsMax = 50_000;
export const collectedBytesMax = 134_217_728;
/** Rows that one operation removes; the caller asks again. Others get their turn between. */
export const removedRowsMax = 500;
/** Rows of one page of a list, whatever the caller asks for. */
export const pageMax = 1_000;
/** A store up to this size is read and checked whole when it's opened; a larger one would hold the start up. */
export const checkedBytesMax = 67_108_864;
/**
 * Pages of the write-ahead log after which they are copied to their places. More saves copies of pages that change often, but a batch
 * has to wait for the copying: with 8,000, one in a hundred waited for a tenth of a second.
 */
export const checkpointPages = 4_000;
/** What the log file is cut to after that. */
export const logBytesMax = 67_108_864;
/** Pages that the store keeps in memory, in KiB. */
export const cacheKib = 2_048;
/** A predecessor that is just ending gets so long to let go of the file. */
export const lockWaitMs = 1_500;
/** How far the log is stretched at the start: a checkpoint's worth of pages. */
export const logStretchBytes = 16_384_000;
/** With less on the disk it is not: the stretch takes twice its length, once in the log and once in the file, and what waits needs room too. */
export const stretchFreeBytesMin = 4 * logStretchBytes;
