/**
 * Session-ids of an edge that is not alone: behind the secret stands the edge that has the session, so that whichever edge a connection
 * comes to finds it. An edge that is alone gives out the secret only.
 */

/** A character that session-ids may have (RFC 4975 9), and that no client takes for anything else. */
const edgeMark = '.';

/** A session-id of a token, which is all that is secret of it (RFC 4975 14.1), and an edge. */
export function sessionIdOf(token: string, edge: string | undefined): string {
  return edge === undefined ? token : `${token}${edgeMark}${edge}`;
}

/** The edge that a session-id names; undefined if it names none. */
export function edgeOfSession(sessionId: string): string | undefined {
  const mark = sessionId.indexOf(edgeMark);
  return mark < 0 ? undefined : sessionId.slice(mark + 1);
}
