/** Participations, groups and segments as the functions leave them in a store, for tests of what operators see. */
import type { GroupState } from '../../../shared/core/group.ts';
import { groupKey, participationKey, segmentKey } from '../../../shared/core/key.ts';
import type { Participation, ParticipationName } from '../../../shared/core/participation/state.ts';
import type { Segment, Store } from '../../../shared/ports/store.ts';

/** Far from now. */
const farS = 4_000_000_000;

export function bob(contributionId = 'c1'): ParticipationName {
  return { user: 'sip:bob@rejoin.test', contributionId };
}

export function participation(
  name: ParticipationName,
  more: Partial<Participation> = {},
): Participation {
  return {
    ...name,
    phase: 'inactive',
    epoch: 1,
    counter: 1,
    group: {
      identity: `sip:${name.contributionId}@focus.test`,
      headers: [{ name: 'Subject', value: 'Lunch' }],
      from: '<sip:zoe@focus.test>',
      acceptTypes: [],
      acceptWrappedTypes: [],
    },
    roster: [name.user, 'sip:zoe@focus.test'],
    cursor: 0,
    last: 0,
    awaySinceMs: 1,
    isAvailableAgain: false,
    changedAtMs: 1_000,
    ...more,
  };
}

/** Writes a participation, or its next version. */
export async function keepParticipation(store: Store, state: Participation): Promise<void> {
  const key = participationKey(state);
  const before = await store.read(key.partition, key.sort);
  const version = (before?.version ?? 0) + 1;
  await store.commit({ ...key, version, data: { state, effects: [] }, expiresAtS: farS });
}

export type Kept = { readonly first: number; readonly count: number } & Partial<Segment>;

/** Writes messages of a participation. */
export async function keepMessages(
  store: Store,
  name: ParticipationName,
  { first, count, ...more }: Kept,
): Promise<void> {
  await store.append([
    {
      key: segmentKey(name),
      first,
      last: first + count - 1,
      count,
      oldestMs: first,
      bytes: new Uint8Array(8),
      expiresAtS: farS,
      ...more,
    },
  ]);
}

export function groupState(
  contributionId: string,
  members: readonly string[],
  more: Partial<GroupState> = {},
): GroupState {
  return {
    contributionId,
    conversationId: 'v1',
    identity: `sip:${contributionId}@rejoin.test`,
    isClosed: false,
    creator: 'sip:alice@rejoin.test',
    members,
    phase: 'active',
    startedAtMs: 1_000,
    changedAtMs: 2_000,
    epoch: 1,
    counter: 1,
    ...more,
  };
}

export async function keepGroup(store: Store, data: GroupState): Promise<void> {
  await store.commit({ ...groupKey(data.contributionId), version: 1, data, expiresAtS: farS });
}
