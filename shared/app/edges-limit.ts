/** Bounds of how edges know of one another. */

/** How often an edge says that it lives. */
export const heartbeatMs = 2_000;
/** An edge that has said nothing for so long is lost: several heartbeats, and less than a person waits. */
export const lostAfterMs = 8_000;
