/**
 * What the focus asks of the runtime beyond SIP and MSRP: reports of what happens to groups, look-ups of groups that do not run
 * here, and timers. Each report and look-up is answered once, by its number.
 */
import type { GroupEvent, GroupState } from '../../shared/core/group.ts';

export type GroupKey =
  | { readonly groupId: string; readonly contributionId?: undefined }
  | { readonly contributionId: string; readonly groupId?: undefined };

/** `fault`: the store did not answer. */
export type FoundGroup = GroupState | 'fault' | undefined;

export type ControllingEffect =
  /** To be made durable, in order for each group; then `reported`. */
  | { readonly kind: 'report'; readonly report: number; readonly event: GroupEvent }
  /** By its Group Session Identity (`groupId`) or its Contribution-ID; then `groupFound`. */
  | ({ readonly kind: 'find-group'; readonly lookup: number } & GroupKey)
  | { readonly kind: 'set-timer'; readonly timer: string; readonly delayMs: number }
  | { readonly kind: 'clear-timer'; readonly timer: string };
