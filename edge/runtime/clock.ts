/** The time that machines are given: it starts at the wall clock and from then on never jumps, whatever is done to that clock. */

/** Milliseconds since 1970 by the monotonic clock. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
