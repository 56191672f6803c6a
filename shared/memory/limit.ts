/** Bounds of the memory adapters, and of the queue rules that the embedded store shares with them. */

/** Records of one receipt, more than SQS gives: here a receipt costs the senders that wait behind it more than its records do. */
export const receiveMax = 250;
/** Bytes of one receipt, but for its last record: they are in memory until they are handled. */
export const receiveBytesMax = 131_072;
/** Records that are looked at, or received by their ids, at once. */
export const theseMax = 100;
/** What is shown of a body to who looks at its record: what it is about stands at its start. */
export const bodyStartLength = 4_096;
/** As in SQS: a body that is longer would be refused in the cloud. */
export const bodyLengthMax = 1_048_576;
/** As in SQS: the longest delay of a standard queue's entry. */
export const delayMsMax = 900_000;
/** As in SQS: how long a deduplication id is remembered, counted from the entry that was taken. */
export const deduplicationMs = 300_000;
/**
 * Receipts after which a record moves to the dead letters. High, because a failing store is no reason to park a record: with
 * the pump's back-off this is most of an hour.
 */
export const receivesMaxDefault = 100;
/** Memory is not a disk: at this size of bodies and data the memory adapters refuse to grow. */
export const bytesMaxDefault = 268_435_456;
/** A wait for records looks again at least so often, so that a visibility that ended meanwhile isn't slept over. */
export const recheckMs = 1_000;
/** A dead head of a list of numbers is cut off when it is longer than this and than the living rest. */
export const deadHeadMax = 1_024;
/** Outdated deadlines are swept out when they outnumber the valid ones by this many. */
export const outdatedDeadlinesMax = 1_024;
/** A body in a store of bodies: it's held whole in memory on its way, and several are on their way at a time. */
export const largeBodyBytesMax = 64 * 1024 * 1024;
