/** Names of calls: INVITEs of clients that wait at an edge for a decision. */

/** Whether an edge had a call no later than another one of its calls: it counts them. */
export function isNoLaterCall(call: string, other: string): boolean {
  const countOf = (one: string): number => Number(one.slice(one.lastIndexOf('/') + 1));
  return edgeOfCall(call) === edgeOfCall(other) && countOf(call) <= countOf(other);
}

/** A call's name starts with the edge that holds it. */
export function edgeOfCall(call: string): string | undefined {
  const end = call.indexOf('/');
  return end < 0 ? undefined : call.slice(0, end);
}
