/** Quantiles of measured times. */

export type Times = { readonly p50: number; readonly p99: number; readonly count: number };

/** The p50 and p99 of some milliseconds, by nearest rank. */
export function timesOf(samplesMs: readonly number[]): Times {
  const sorted = samplesMs.toSorted((one, other) => one - other);
  const rank = (share: number): number =>
    rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { p50: rank(0.5), p99: rank(0.99), count: sorted.length };
}

/** To a tenth of a millisecond. */
export function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
