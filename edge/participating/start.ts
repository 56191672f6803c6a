/** Where a participation begins at an edge, and how it comes about. */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { Participant } from './participant.ts';

/** How many reports a participation has made in one epoch: who held it before counts on in the same, with what it may still have to say. */
export type Count = { reports: number };

export type ParticipantStart = {
  readonly name: ParticipationName;
  readonly epoch: number;
  readonly count: Count;
  readonly cursor: number;
  /** The last position given before, in this epoch or an earlier one. */
  readonly last?: number;
  /** The last position that was stored here: what reads has to come so far, though the store may not show it yet. */
  readonly lastStored?: number;
  /** Another owner may have stored messages before. */
  readonly isEndUnknown: boolean;
  readonly group: GroupInfo;
  readonly roster: readonly string[];
  readonly instance?: string;
};

/** Something is kept for an absent user: for this device of theirs alone, if it is one's. */
export function deferredOf(
  { group, instance, bridge }: Pick<Participant, 'group' | 'instance' | 'bridge'>,
  nowMs: number,
) {
  const device = instance === undefined ? {} : { instance };
  return { kind: 'deferred', group, ...device, last: bridge.last, sinceMs: nowMs } as const;
}

/** How a participation comes about. */
export type Beginning = {
  /** Gives it up for a newer INVITE of the focus; false if that has to give way. */
  readonly giveWay: (nowMs: number) => boolean;
  /** The user's clients have registered: those that are being asked may not have heard of it. */
  readonly clientShows?: () => void;
  /** The edge ends: another one goes on with it, or, if false, whoever has asked was told to ask again. */
  readonly leave: (nowMs: number) => boolean;
};
