/**
 * What always holds does not: a fault of ours, found before it is written. It is told apart from a failing store, since what
 * caused it will never work and must not hold up what stands behind it (design 4).
 */
export class BrokenInvariant extends Error {}
