/**
 * Positions order the messages of a participation. A position joins the epoch of the edge that gave it and a count within
 * that epoch, so that a new owner can go on without knowing how far the old one came.
 */
const countMax = 2 ** 32;
/** The last epoch whose positions are exact numbers: a million beginnings for a user. */
export const epochMax = 2 ** 21 - 2;

/** The position of the `count`-th message (from 1) of an epoch. */
export function positionOf(epoch: number, count: number): number {
  return epoch * countMax + count;
}

/** The position before the first message of an epoch. */
export function epochStart(epoch: number): number {
  return epoch * countMax;
}

/**
 * The next epoch of what an edge begins, behind those that are known. Epochs of edges are odd and those of the functions are even, because
 * neither knows at once of what the other has given.
 */
export function epochOfEdge(known: number): number {
  return known + 1 + (known % 2);
}

/** The next epoch of what the functions give to an edge. */
export function epochOfFunctions(known: number): number {
  return known + 2 - (known % 2);
}
