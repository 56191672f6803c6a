/**
 * What operators see of groups, page by page: first those of the own focus with all their members, then those of other focuses,
 * as the participations of the users here know them: one entry for each of these users.
 */
import type { GroupState } from '../../shared/core/group.ts';
import {
  groupKey,
  groupPrefix,
  groupSort,
  participationKey,
  participationPrefix,
  segmentKey,
  userPrefix,
} from '../../shared/core/key.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import type { Item, Store } from '../../shared/ports/store.ts';
import { pageMembersMax } from './limit.ts';

export type MemberSummary = {
  readonly user: string;
  /** Of the participation; null for a member of whom this server keeps none. */
  readonly state: string | null;
  readonly waiting: number;
};

export type GroupSummary = {
  /** The Group Session Identity. */
  readonly identity: string;
  readonly contributionId: string;
  readonly focus: 'own' | 'other';
  readonly subject: string | null;
  readonly state: 'active' | 'ended';
  readonly members: readonly MemberSummary[];
  readonly waiting: number;
  readonly changedAt: string;
};

export type GroupPage = {
  readonly groups: readonly GroupSummary[];
  /** Give it as `after` to get the next page; null on the last one. */
  readonly next: string | null;
};

type Stage = {
  readonly partition: string;
  readonly sort: string;
  readonly summaryOf: (store: Store, item: Item) => Promise<GroupSummary | undefined>;
};

const stages: readonly Stage[] = [
  { partition: groupPrefix, sort: groupSort, summaryOf: ownGroup },
  { partition: userPrefix, sort: participationPrefix, summaryOf: otherGroup },
];

/** A page of groups; groups that are over are left out, so that a page may be short. Undefined: `after` is not of a page. */
export async function groupPage(
  store: Store,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<GroupPage | undefined> {
  const place = after === undefined ? undefined : placeOf(after);
  const from = stages.findIndex(({ partition }) => place?.startsWith(partition));
  if (after !== undefined && from < 0) return undefined;
  const walk = new Walk(store, limit);
  for (const [index, stage] of stages.entries()) {
    if (index < from) continue;
    const next = await walk.through(stage, index === from ? place : undefined);
    if (next !== undefined) return { groups: walk.groups, next: textOf(next) };
  }
  return { groups: walk.groups, next: null };
}

class Walk {
  readonly groups: GroupSummary[] = [];
  readonly #store: Store;
  readonly #limit: number;
  #looked = 0;
  #members = 0;

  constructor(store: Store, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Collects a stage's groups; answers where the next page goes on, unless the stage is through. */
  async through(stage: Stage, after: string | undefined): Promise<string | undefined> {
    const limit = this.#limit - this.#looked;
    const items = await this.#store.scan(stage, after === undefined ? { limit } : { limit, after });
    for (const item of items) {
      const summary = await stage.summaryOf(this.#store, item);
      this.#looked++;
      if (summary === undefined) continue;
      this.groups.push(summary);
      this.#members += summary.members.length;
      if (this.#members >= pageMembersMax) return `${item.partition} ${item.sort}`;
    }
    const last = items.at(-1);
    return items.length < limit || last === undefined
      ? undefined
      : `${last.partition} ${last.sort}`;
  }
}

async function ownGroup(store: Store, item: Item): Promise<GroupSummary | undefined> {
  const group = item.data as GroupState;
  const { contributionId, identity, phase } = group;
  if (phase === 'gone') return undefined;
  const members = await Promise.all(
    group.members.map((user) => memberOf(store, { user, contributionId })),
  );
  return {
    identity,
    contributionId,
    focus: 'own',
    subject: group.subject ?? null,
    state: phase,
    members,
    waiting: members.reduce((sum, member) => sum + member.waiting, 0),
    changedAt: new Date(group.changedAtMs).toISOString(),
  };
}

async function memberOf(store: Store, name: ParticipationName): Promise<MemberSummary> {
  const { partition, sort } = participationKey(name);
  const item = await store.read(partition, sort);
  const state = (item?.data as ParticipationRecord | undefined)?.state;
  if (state === undefined) return { user: name.user, state: null, waiting: 0 };
  return { user: name.user, state: state.phase, waiting: await waitingFor(store, state) };
}

const endedPhases = new Set(['inactive', 'draining', 'restarting']);

async function otherGroup(store: Store, item: Item): Promise<GroupSummary | undefined> {
  const { state } = item.data as ParticipationRecord;
  const { user, contributionId, phase, group, roster } = state;
  if (phase === 'gone' || (await isOwn(store, state))) return undefined;
  const waiting = await waitingFor(store, state);
  const others = roster.filter((member) => member !== user);
  const subject = group.headers.find(({ name }) => name.toLowerCase() === 'subject');
  return {
    identity: group.identity,
    contributionId,
    focus: 'other',
    subject: subject?.value ?? null,
    state: endedPhases.has(phase) ? 'ended' : 'active',
    members: [
      { user, state: phase, waiting },
      ...others.map((member) => ({ user: member, state: null, waiting: 0 })),
    ],
    waiting,
    changedAt: new Date(state.changedAtMs).toISOString(),
  };
}

/** Whether the group is one of the own focus, and shows its members by itself. */
async function isOwn(store: Store, { contributionId, user }: Participation): Promise<boolean> {
  const { partition, sort } = groupKey(contributionId);
  const group = (await store.read(partition, sort))?.data as GroupState | undefined;
  return group !== undefined && group.phase !== 'gone' && group.members.includes(user);
}

async function waitingFor(store: Store, state: Participation): Promise<number> {
  if (state.phase === 'gone') return 0;
  const { count } = await store.waiting(segmentKey(state), state.cursor);
  return count;
}

/** A place in the store, so wrapped that nobody builds one. */
function textOf(place: string): string {
  return Buffer.from(place).toString('base64url');
}

function placeOf(text: string): string {
  return Buffer.from(text, 'base64url').toString();
}
