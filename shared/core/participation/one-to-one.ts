/**
 * Where a one-to-one session differs from a group: it is named by the two users, whatever sessions they set up one after the other, so
 * that what waits is grouped by its sender (001 8.3.2.9.1.1). Its legs are not taken over: both users' clients are near.
 */
import type { Participation, ParticipationName } from './state.ts';

const prefix = 'one-to-one:';

/** What a user has with one other user, both by their address of record. A number's `#` would split a segment's key. */
export function oneToOneName(user: string, peer: string): ParticipationName {
  return { user, contributionId: `${prefix}${peer.replaceAll('#', '%23')}` };
}

export function isOneToOne({ group }: Pick<Participation, 'group'>): boolean {
  return group.kind === 'one-to-one';
}
