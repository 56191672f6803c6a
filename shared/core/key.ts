/** The keys under which things are kept, and the groups in which their events keep their order. */
import type { ParticipationName } from './participation/state.ts';

export type ItemKey = { readonly partition: string; readonly sort: string };

export const userPrefix = 'user#';

/** All items of a user stand in one partition, so that one read finds registration and participations. */
export function userPartition(user: string): string {
  return `${userPrefix}${user}`;
}

export const registrationSort = 'registration';
export const participationPrefix = 'participation#';

export function participationKey(name: ParticipationName): ItemKey {
  return {
    partition: userPartition(name.user),
    sort: `${participationPrefix}${name.contributionId}`,
  };
}

/** The item that counts the epochs that edges have taken for a user; apart from the user's, which the functions alone write. */
export function epochKey(user: string): ItemKey {
  return { partition: `epoch#${user}`, sort: 'epoch' };
}

export function registrationKey(user: string): ItemKey {
  return { partition: userPartition(user), sort: registrationSort };
}

/** The key of a participation's segments. */
export function segmentKey(name: ParticipationName): string {
  return `${name.user}#${name.contributionId}`;
}

/** The participation of a segments' key. A tel URI may hold a `#`; a Contribution-ID, which is a UUID, holds none. */
export function segmentName(key: string): ParticipationName {
  const end = key.lastIndexOf('#');
  return { user: key.slice(0, end), contributionId: key.slice(end + 1) };
}

export const groupPrefix = 'group#';
export const groupSort = 'group';
/** A group of our own focus, by its Contribution-ID. */
export function groupKey(contributionId: string): ItemKey {
  return { partition: `${groupPrefix}${contributionId}`, sort: groupSort };
}

/** The item that leads from a Group Session Identity to its group. */
export function groupNameKey(identity: string): ItemKey {
  return { partition: `identity#${identity}`, sort: groupSort };
}
