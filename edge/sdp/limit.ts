/** Bounds on session descriptions, each with its reason. */

/** A description of one MSRP stream is about 600 bytes; audio and video offers beside it are a few KB. */
export const sdpBytesMax = 64 * 1024;
/** Lines of a description, so that many tiny ones cost no more than a few long ones. */
export const sdpLinesMax = 1000;
/** URIs in a=path: the endpoint's own and its relays; two relays are already rare. */
export const pathUrisMax = 8;
/** Media types in a=accept-types or a=accept-wrapped-types; clients list about ten. */
export const acceptedTypesMax = 64;
