/**
 * Participations that are of no group: what one user says to another in sessions, notifications, and standalone messages. They are
 * named by what they hold, whatever sessions bring it, so that what waits is grouped by its sender (001 8.3.2.9.1.1). Their legs are
 * not taken over when an edge is lost: both users' clients are near.
 */
import type { Participation, ParticipationName } from './state.ts';

const notificationsPrefix = 'notifications:';

/** What a user has with one other user, both by their address of record. */
export function oneToOneName(user: string, peer: string): ParticipationName {
  return { user, contributionId: `one-to-one:${escaped(peer)}` };
}

/** The notifications that one other user has returned, about messages that the user has sent from one device if it is known which. */
export function notificationsName(
  user: string,
  sender: string,
  instance?: string,
): ParticipationName {
  const device = instance === undefined ? '' : `;${escaped(instance)}`;
  return { user, contributionId: `${notificationsPrefix}${escaped(sender)}${device}` };
}

/** The standalone messages for a user. */
export function standaloneName(user: string): ParticipationName {
  return { user, contributionId: 'standalone' };
}

/** Notifications are kept for a time of their own. */
export function holdsNotifications({ contributionId }: ParticipationName): boolean {
  return contributionId.startsWith(notificationsPrefix);
}

export function isGroup({ group }: Pick<Participation, 'group'>): boolean {
  return group.kind === undefined;
}

/** A number's `#` would split the key of its segments. */
function escaped(address: string): string {
  return address.replaceAll('#', '%23');
}
