/** Answers the look-ups of the Participating Function from the store and the registrar, and takes epochs for what begins. */
import { claimEpoch } from '../../shared/app/claim-epoch.ts';
import {
  participationKey,
  participationPrefix,
  segmentKey,
  userPartition,
} from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import { unpackSegment } from '../../shared/core/segment.ts';
import type { Item, Store } from '../../shared/ports/store.ts';
import type { StoredRun } from '../participating/delivery.ts';
import type { LookupResult, ParticipatingEffect } from '../participating/effect.ts';
import { userItemsMax } from './limit.ts';
import type { Registrations } from './registrations.ts';

export type Lookup = Extract<
  ParticipatingEffect,
  { kind: 'find-clients' | 'find-user' | 'read-segments' | 'read-tail' }
>;

/** Carries out a look-up; a store that fails throws. */
export function lookUp(
  store: Store,
  registrations: Registrations,
  lookup: Lookup,
): Promise<LookupResult> {
  switch (lookup.kind) {
    case 'find-clients':
      return findClients(registrations, lookup.user);
    case 'find-user':
      return findUser(store, registrations, lookup);
    case 'read-segments':
      return readSegments(store, lookup);
    case 'read-tail':
      return readTail(store, lookup);
  }
}

async function findClients(registrations: Registrations, user: string): Promise<LookupResult> {
  const isKnown = registrations.isKnown(user);
  const bindings = isKnown ? await registrations.bindings(user) : [];
  return { kind: 'clients', clients: { isKnown, bindings } };
}

async function findUser(
  store: Store,
  registrations: Registrations,
  wanted: Extract<Lookup, { kind: 'find-user' }>,
): Promise<LookupResult> {
  const { user, isBeginning } = wanted;
  if (!registrations.isKnown(user)) {
    return { kind: 'user', user: { isKnown: false, bindings: [], participations: [], epoch: 0 } };
  }
  const [bindings, items] = await Promise.all([
    registrations.bindings(user),
    readParticipations(store, wanted),
  ]);
  const participations = items.map((item) => (item.data as ParticipationRecord).state);
  const known = Math.max(0, ...participations.map((state) => state.epoch));
  const epoch = isBeginning ? await claimEpoch(store, user, known) : 0;
  return { kind: 'user', user: { isKnown: true, bindings, participations, epoch } };
}

/** One that is named is read by its key: a user may have any number of others. */
async function readParticipations(
  store: Store,
  { user, contributionIds }: Extract<Lookup, { kind: 'find-user' }>,
): Promise<readonly Item[]> {
  if (contributionIds === undefined) {
    return await store.list(userPartition(user), participationPrefix, { limit: userItemsMax });
  }
  const items = await Promise.all(
    contributionIds.map((contributionId) => {
      const key = participationKey({ user, contributionId });
      return store.read(key.partition, key.sort);
    }),
  );
  return items.filter((item) => item !== undefined);
}

async function readSegments(
  store: Store,
  lookup: Extract<Lookup, { kind: 'read-segments' }>,
): Promise<LookupResult> {
  const { after, bytesMax } = lookup;
  const segments = await store.segments(segmentKey(lookup.name), { after, bytesMax });
  const runs: StoredRun[] = segments.map((segment) => ({
    first: segment.first,
    messages: unpackSegment(segment.bytes),
  }));
  return { kind: 'segments', runs };
}

async function readTail(
  store: Store,
  lookup: Extract<Lookup, { kind: 'read-tail' }>,
): Promise<LookupResult> {
  const segments = await store.tail(segmentKey(lookup.name), lookup.messagesMax);
  // A message whose last part is missing was never answered: its repeat is not one.
  const messageIds = segments
    .flatMap((segment) => unpackSegment(segment.bytes))
    .filter(({ part }) => part === 'whole' || part === 'last')
    .map(({ messageId }) => messageId);
  return { kind: 'tail', messageIds };
}
