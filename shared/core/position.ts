/**
 * Positions order the messages of a participation. A position joins the epoch of the edge that gave it and a count within
 * that epoch, so that a new owner can go on without knowing how far the old one came.
 */
const countMax = 2 ** 32;

/** The position of the `count`-th message (from 1) of an epoch. */
export function positionOf(epoch: number, count: number): number {
  return epoch * countMax + count;
}

/** The position before the first message of an epoch. */
export function epochStart(epoch: number): number {
  return epoch * countMax;
}
