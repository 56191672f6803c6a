/** Bounds of SIP messages, each with its reason. */

/** Start line and headers of one message: many times what any client sends, and little to hold for a slow one. */
export const headBytesMax = 64 * 1024;
/** The body: session descriptions, lists of recipients and CPIM messages of the pager mode. */
export const bodyBytesMax = 1024 * 1024;
/** Header fields of one message. */
export const headersMax = 512;
/** Numbers of CSeq, Max-Forwards and the like stay below 2^31 (RFC 3261 8.1.1.5). */
export const sequenceMax = 2 ** 31 - 1;
