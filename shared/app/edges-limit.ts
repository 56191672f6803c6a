/** Bounds of how edges know of one another. */

/** How often an edge says that it lives. */
export const heartbeatMs = 2_000;
/** An edge that has said nothing for so long is lost: several heartbeats, and less than a person waits. */
export const lostAfterMs = 8_000;
/** Clocks of edges may differ by less than this; an edge whose last word is older than both is lost at the first look. */
export const clockSkewMaxMs = 10_000;
/** An edge that could not say that it lives for so long promises nothing more: well before any other may think it lost. */
export const fenceAfterMs = 6_000;
/** An edge whose word is late by a heartbeat is asked whether its port is still open; one that refuses has ended. */
export const doubtAfterMs = 3_000;
