/** Every bound of the MSRP layer, with its reason. */

/** Header bytes of one frame. Two paths over several relays and a few MIME headers stay far below it. */
export const headBytesMax = 8_192;

/** RFC 4975 9 gives 4 to 32; longer ones are seen in the field and do no harm. */
export const transactionIdCharsMax = 64;

/** RFC 4975 9 gives 32; some clients put a UUID with a prefix here. */
export const messageIdCharsMax = 128;

/** Digits of a number in Byte-Range: all stay exact. */
export const rangeDigitsMax = 15;

/** A body that is under way is handed on in pieces of at least this size; a smaller one is waited for. */
export const pieceBytesMin = 16_384;

/** The smallest buffer for a frame that spans reads; most heads fit in it. */
export const carryBytesMin = 512;

/** RFC 4975 5.1: a chunk longer than this has to be interruptible. */
export const uninterruptibleBytesMax = 2_048;

/** Body bytes of one chunk that we send: others wait no longer than this takes. */
export const chunkBytesMax = 16_384;

/** What is printed goes into shared blocks of this size: some fifty usual messages each. */
export const slabBytes = 32_768;

/** The rest of a block that is worth keeping for the next output. */
export const slabRestBytesMin = 1_024;

/** Blocks kept for the next output; more connections than this rarely write in one step. */
export const slabsMax = 16;

/** Bodies up to this size are copied beside their heads: cheaper than a part of their own. */
export const copiedBytesMax = 4_096;

/** Unwritten bytes of a connection at which SENDs are held back: a second of a slow link, two reads of a fast one. */
export const backlogBytesMax = 262_144;

/** Messages and bytes that wait in a session before its owner is told to wait; it may go on at half of it. */
export const queueMessagesMax = 64;
export const queueBytesMax = 262_144;

/** SENDs of a session without a response; more than any owner's window. */
export const inFlightMax = 1_024;

/** Messages of a session that its owner has not answered: beyond it the connection is not read. */
export const unansweredMax = 8_192;

/** Messages of a session that have begun and not ended: a sender interleaves a few. */
export const unfinishedMessagesMax = 16;

/** Bytes of unfinished messages of a session, in multiples of the largest message. */
export const unfinishedMessageSizesMax = 2;

/** Pieces of a message with holes between them. TCP keeps the order, so that one is usual. */
export const runsMax = 32;

/** The first buffer for a message in chunks. */
export const runBytesMin = 256;

/** Requests for no session of ours, on a connection that has none: someone is guessing. */
export const strayRequestsMax = 32;
/** How long such a connection may go on without a session, which its peer may open by another request. */
export const strayMs = 30_000;

/**
 * How long the last chunk of a message, with a hole before it, waits at least for the rest before it is refused; at most twice as long.
 * Its sender would wait 30 s for the answer (RFC 4975 7.1.1).
 */
export const holeMs = 10_000;
