/** How a group begins to run, and what is kept of it when it does not run any more. */
import type { GroupState } from '../../shared/core/group.ts';
import type { GroupTerms } from './invitation.ts';

export type GroupStart = GroupTerms &
  Pick<GroupState, 'isClosed' | 'creator' | 'members' | 'epoch'> & { readonly startedAtMs: number };

/** The group as the store will have it. */
export function keptState(
  { featureTag: _featureTag, subject, ...kept }: GroupStart,
  last: Pick<GroupState, 'members' | 'phase' | 'changedAtMs' | 'counter'>,
): GroupState {
  return { ...kept, ...(subject === undefined ? {} : { subject }), ...last };
}
