/** Names of calls: INVITEs of clients that wait at an edge for a decision. */

/** A call's name starts with the edge that holds it. */
export function edgeOfCall(call: string): string | undefined {
  const end = call.indexOf('/');
  return end < 0 ? undefined : call.slice(0, end);
}
