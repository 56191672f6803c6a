/** The focus's reports as entries of the group queue, and its look-ups in the store. */
import { queueNames } from '../../shared/app/queue-names.ts';
import type { GroupState } from '../../shared/core/group.ts';
import { groupKey, groupNameKey } from '../../shared/core/key.ts';
import type { QueueEntry } from '../../shared/ports/queue.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { ControllingEffect, GroupKey } from '../controlling/effect.ts';

type Report = Extract<ControllingEffect, { readonly kind: 'report' }>;

/** The entry of a group's event. */
export function groupEntry({ event }: Report): QueueEntry {
  const { contributionId, epoch, counter } = event;
  return {
    queue: queueNames.group,
    group: contributionId,
    deduplicationId: `${contributionId}/${epoch}/${counter}`,
    body: JSON.stringify({ event }),
  };
}

/** A group by its identity or its Contribution-ID. */
export async function findGroup(store: Store, key: GroupKey): Promise<GroupState | undefined> {
  const contributionId = key.contributionId ?? (await contributionIdOf(store, key.groupId));
  if (contributionId === undefined) return undefined;
  const { partition, sort } = groupKey(contributionId);
  const item = await store.read(partition, sort);
  return item?.data as GroupState | undefined;
}

async function contributionIdOf(store: Store, identity: string): Promise<string | undefined> {
  const { partition, sort } = groupNameKey(identity);
  const item = await store.read(partition, sort);
  const data = item?.data as { readonly contributionId: string } | undefined;
  return data?.contributionId;
}
