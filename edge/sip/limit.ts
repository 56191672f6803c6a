/** Bounds of SIP messages, each with its reason. */

/** Start line and headers of one message: many times what any client sends, and little to hold for a slow one. */
export const headBytesMax = 64 * 1024;
/** The body: session descriptions, lists of recipients and CPIM messages of the pager mode. */
export const bodyBytesMax = 1024 * 1024;
/** Header fields of one message. */
export const headersMax = 512;
/** RFC 3261 8.1.1.5: sequence numbers stay below 2^31. */
export const sequenceMax = 2 ** 31 - 1;
/** RFC 3261 20.22: Max-Forwards is 255 at most. */
export const maxForwardsMax = 255;
/** Other numbers; larger ones (RFC 3261 20.19: up to 2^32 - 1 seconds) mean nothing to anyone. */
export const numberMax = 2 ** 32 - 1;
/** Requests that an IMS core has brought back, whose CANCEL or ACK may follow: many more than are under way within 32 s. */
export const returnedRequestsMax = 20_000;
