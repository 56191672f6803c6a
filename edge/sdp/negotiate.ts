/**
 * How an MSRP stream is answered (RFC 3264, RFC 6135) and which media types two sides have in common (RFC 4975 8.6). Pure
 * rules over values that `msrp-media.ts` has read.
 */
import type { Direction, Setup } from './msrp-media.ts';

/** Our a=setup for an offer; `preferred` is what we choose when the offerer leaves it to us. */
export function answerSetup(
  offered: Setup | undefined,
  preferred: 'active' | 'passive',
): 'active' | 'passive' {
  if (offered === 'actpass') return preferred;
  // RFC 4975 5.4: an offerer that says nothing is the active side.
  return offered === 'passive' ? 'active' : 'passive';
}

/** Whether we, the offerer, open the connection, as the answer's a=setup tells. */
export function isOffererActive(answered: Setup | undefined): boolean {
  // RFC 6135 4.2.2: an answer is active or passive; one that says nothing leaves the offerer active.
  return answered !== 'active';
}

/** Our direction for an offered one (RFC 3264 6.1): the same stream from the other side. */
export function answerDirection(offered: Direction): Direction {
  if (offered === 'sendonly') return 'recvonly';
  return offered === 'recvonly' ? 'sendonly' : offered;
}

/** Whether a list of accepted types has `type`, which may carry parameters (RFC 4975 8.6). */
export function accepts(acceptTypes: readonly string[], type: string): boolean {
  const semicolon = type.indexOf(';');
  const bare = (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase();
  return acceptTypes.includes('*') || acceptTypes.includes(bare);
}

/** Those of our types that may be sent to a side that accepts `offerTypes`; none means 488. */
export function acceptable(
  offerTypes: readonly string[],
  ours: readonly string[],
): readonly string[] {
  if (ours.includes('*')) return offerTypes;
  return ours.filter((type) => accepts(offerTypes, type));
}
