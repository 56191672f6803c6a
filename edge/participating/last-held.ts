/**
 * What this edge held last of each participation. Its reports may still be on their way to what is stored, so that where both speak of the
 * same epoch, this is the newer. Bounded; the oldest are forgotten first.
 */
import { segmentKey } from '../../shared/core/key.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { epochStart } from '../../shared/core/position.ts';
import type { UserFound } from './effect.ts';
import { lastHeldMax } from './limit.ts';
import type { Participant } from './participant.ts';
import type { ParticipantStart } from './start.ts';

type Held = {
  readonly start: ParticipantStart;
  /** How many reports it had made when it ended with nothing left; undefined: something is kept. */
  readonly endedAfter: number | undefined;
  /** The last epoch of which this edge knows that nothing is left; 0: of none. */
  readonly endedEpoch: number;
  /** It began as if nothing was kept. */
  readonly isFresh: boolean;
};

export class LastHeld {
  readonly #held = new Map<string, Held>();

  /** A participation is held from now on. */
  begun(start: ParticipantStart): void {
    this.#put({ start, endedAfter: undefined, isFresh: !start.isEndUnknown });
  }

  /** A participation is not held any more; `isEnded`: nothing is kept of it. */
  over(participant: Participant, isEnded: boolean): void {
    const { name, epoch, count, bridge, group, roster, instance, isRevived } = participant;
    const device = instance === undefined ? {} : { instance };
    const { cursor, last, lastStored } = bridge;
    const start = { name, epoch, count, cursor, last, lastStored, isEndUnknown: true };
    const endedAfter = isEnded ? count.reports : undefined;
    this.#put({ start: { ...start, group, roster, ...device }, endedAfter, isFresh: !isRevived });
  }

  /** The participation has begun anew here since this was decided, or has ended here, which was not known then. */
  isOutdated({
    epoch,
    counter,
    ...name
  }: ParticipationName & Pick<Participation, 'epoch' | 'counter'>): boolean {
    const held = this.#find(name);
    if (held === undefined || epoch !== held.start.epoch) return epoch < (held?.start.epoch ?? 0);
    return counter < (held.endedAfter ?? 0);
  }

  /** Where somebody who goes on with what is kept begins; undefined if nothing is. */
  kept(name: ParticipationName, found: UserFound): ParticipantStart | undefined {
    const stored = storedOf(name, found);
    const held = this.#find(name);
    const isGone = stored === undefined || stored.phase === 'gone';
    if (held === undefined || held.start.epoch < (stored?.epoch ?? 0)) {
      return isGone ? undefined : this.startOf(stored);
    }
    const hasEnded = held.endedAfter !== undefined;
    if (hasEnded || (stored?.epoch === held.start.epoch && isGone)) return undefined;
    return stored !== undefined && isIgnorant(held, stored) ? this.startOf(stored) : held.start;
  }

  /** A participation as it is stored, with what the client has acknowledged and what was reported here since. */
  startOf(participation: Participation): ParticipantStart {
    const { user, contributionId, epoch, instance } = participation;
    const held = this.#find(participation);
    const before = held?.start.epoch === epoch ? held.start : undefined;
    const count = before?.count ?? { reports: 0 };
    count.reports = Math.max(participation.counter, count.reports);
    const cursor = held === undefined || isIgnorant(held, participation) ? 0 : held.start.cursor;
    return {
      name: { user, contributionId },
      epoch,
      count,
      cursor: Math.max(participation.cursor, cursor),
      last: Math.max(participation.last, held?.start.last ?? 0),
      lastStored: held?.start.lastStored ?? 0,
      isEndUnknown: true,
      group: participation.group,
      roster: participation.roster,
      ...(instance === undefined ? {} : { instance }),
    };
  }

  #find(name: ParticipationName): Held | undefined {
    return this.#held.get(segmentKey(name));
  }

  #put(held: Omit<Held, 'endedEpoch'>): void {
    const key = segmentKey(held.start.name);
    const isEnded = held.endedAfter !== undefined;
    const endedEpoch = isEnded ? held.start.epoch : (this.#held.get(key)?.endedEpoch ?? 0);
    this.#held.delete(key);
    this.#held.set(key, { ...held, endedEpoch });
    const [oldest] = this.#held.keys();
    if (this.#held.size > lastHeldMax && oldest !== undefined) this.#held.delete(oldest);
  }
}

/** What waits is of before it began, and it knew nothing of that: where it stands says nothing of what the client has. */
function isIgnorant(held: Held, { cursor, epoch }: Participation): boolean {
  return held.isFresh && cursor < epochStart(held.start.epoch) && epoch > held.endedEpoch;
}

function storedOf(
  name: ParticipationName,
  { participations }: UserFound,
): Participation | undefined {
  return participations.find(({ contributionId }) => contributionId === name.contributionId);
}
