/**
 * A group of our own focus as it is kept: who belongs to it, under which identity it runs or ran last. `decideGroup` folds what the
 * focus reports over it; legs, dialogs and messages live in the focus alone. The group's name is its Contribution-ID, which stays
 * the same through every re-start, while the identity is new each time.
 *
 *   active   runs under `identity`
 *   ended    stands still; a member may re-start it
 *   gone     too few members are left: neither joined nor re-started again
 *
 * Each run, and each take-over of a run by another process, is an epoch; within one the focus counts its events. An event of an
 * older epoch, or with a counter that was applied, changes nothing, so that events may come twice or late.
 */
import { groupMembersMax, groupMembersMin } from './limit.ts';

export type GroupPhase = 'active' | 'ended' | 'gone';

/** `idle`: no traffic. `abandoned`: whoever asked for it gave up before it began. `too-few`: members have left. */
export type GroupEnd = 'idle' | 'abandoned' | 'too-few';

export type GroupState = {
  readonly contributionId: string;
  readonly conversationId: string;
  /** The Group Session Identity of the present run, or of the last one. */
  readonly identity: string;
  readonly subject?: string;
  readonly isClosed: boolean;
  /** The address of who created it. */
  readonly creator: string;
  /** Addresses of record. */
  readonly members: readonly string[];
  readonly phase: GroupPhase;
  readonly startedAtMs: number;
  readonly changedAtMs: number;
  /** Of the last event that was applied. */
  readonly epoch: number;
  readonly counter: number;
};

type GroupEventBase = {
  readonly contributionId: string;
  readonly epoch: number;
  readonly counter: number;
  readonly atMs: number;
};

export type GroupEvent = GroupEventBase &
  (
    | {
        readonly kind: 'group-started';
        readonly identity: string;
        readonly conversationId: string;
        readonly subject?: string;
        readonly isClosed: boolean;
        readonly creator: string;
        readonly members: readonly string[];
      }
    | {
        readonly kind: 'group-restarted';
        readonly identity: string;
        readonly members: readonly string[];
      }
    | { readonly kind: 'members-added'; readonly members: readonly string[] }
    | { readonly kind: 'member-departed'; readonly member: string }
    | { readonly kind: 'group-ended'; readonly reason: GroupEnd }
  );

/** Look-ups by this identity find the group of this Contribution-ID. */
export type GroupEffect = {
  readonly kind: 'name-group';
  readonly identity: string;
  readonly contributionId: string;
};

export type GroupDecision = {
  readonly state: GroupState | undefined;
  readonly effects: readonly GroupEffect[];
};

/**
 * The group after an event of its focus. A replayed start or re-start changes nothing, and asks for the name again: the process may have
 * died between the write and what follows it.
 */
export function decideGroup(state: GroupState | undefined, event: GroupEvent): GroupDecision {
  const next = state === undefined || isNews(state, event) ? apply(state, event) : undefined;
  if (next === undefined) return { state, effects: naming(state, event) };
  const { epoch, counter, atMs } = event;
  const decided = { ...next, epoch, counter, changedAtMs: atMs };
  assertGroup(decided);
  return { state: decided, effects: naming(decided, event) };
}

function naming(state: GroupState | undefined, event: GroupEvent): readonly GroupEffect[] {
  const isStart = event.kind === 'group-started' || event.kind === 'group-restarted';
  if (!isStart || event.identity !== state?.identity) return [];
  return [{ kind: 'name-group', identity: event.identity, contributionId: event.contributionId }];
}

/** Throws with the sentence that is broken. */
export function assertGroup(state: GroupState): void {
  const broken = brokenSentence(state);
  if (broken !== undefined) throw new Error(`group: ${broken}`);
}

function isNews(state: GroupState, event: GroupEvent): boolean {
  if (event.epoch !== state.epoch) return event.epoch > state.epoch;
  return event.counter > state.counter;
}

function apply(state: GroupState | undefined, event: GroupEvent): GroupState | undefined {
  if (event.kind === 'group-started') {
    const { kind: _kind, atMs, ...group } = event;
    return { ...group, phase: 'active', startedAtMs: atMs, changedAtMs: atMs };
  }
  if (state === undefined) return undefined;
  switch (event.kind) {
    case 'group-restarted': {
      const { identity, members, atMs } = event;
      return { ...state, identity, members, phase: 'active', startedAtMs: atMs };
    }
    case 'members-added':
      return { ...state, members: joined(state.members, event.members) };
    case 'member-departed':
      return without(state, event.member);
    case 'group-ended':
      return end(state, event.reason);
  }
}

function joined(known: readonly string[], added: readonly string[]): readonly string[] {
  return [...new Set([...known, ...added])];
}

function without(state: GroupState, member: string): GroupState {
  const members = state.members.filter((known) => known !== member);
  const isGone = members.length < groupMembersMin;
  return { ...state, members, phase: isGone ? 'gone' : state.phase };
}

function end(state: GroupState, reason: GroupEnd): GroupState {
  if (state.phase === 'gone') return state;
  return { ...state, phase: reason === 'too-few' ? 'gone' : 'ended' };
}

function brokenSentence(state: GroupState): string | undefined {
  const { members, phase, contributionId, identity } = state;
  if (contributionId === '' || identity === '') return 'a group has a name and an identity';
  if (members.length > groupMembersMax) return `a group has at most ${groupMembersMax} members`;
  if (new Set(members).size < members.length) return 'a member is in a group once';
  if (phase !== 'gone' && members.length < groupMembersMin)
    return 'a group that may run has members';
  if (state.epoch < 1 || state.counter < 1) return 'epochs and events count from 1';
  return undefined;
}
