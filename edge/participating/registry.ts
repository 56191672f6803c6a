/** The participations that this edge holds, by key and by user. */
import { segmentKey } from '../../shared/core/key.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { epochStart } from '../../shared/core/position.ts';
import type { Desk } from './desk.ts';
import type { UserFound } from './effect.ts';
import { Participant, type ParticipantStart } from './participant.ts';

export class Registry {
  readonly #desk: Desk;
  readonly #held = new Map<string, Participant>();
  readonly #byUser = new Map<string, Set<Participant>>();
  readonly #touched = new Set<Participant>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get size(): number {
    return this.#held.size;
  }

  find(name: ParticipationName): Participant | undefined {
    return this.#held.get(segmentKey(name));
  }

  ofUser(user: string): Iterable<Participant> {
    return this.#byUser.get(user) ?? [];
  }

  /** The user's participation in a group session. */
  ofIdentity(user: string, identity: string): Participant | undefined {
    for (const participant of this.ofUser(user)) {
      if (participant.answersTo(identity)) return participant;
    }
    return undefined;
  }

  /** Hands over what the participations have collected in this step. */
  endStep(nowMs: number): void {
    if (this.#touched.size === 0) return;
    for (const participant of this.#touched) participant.bridge.endStep(nowMs);
    this.#touched.clear();
  }

  /** The participation of a command, taken in from its stored state if it isn't held. */
  owned(participation: Participation): Participant {
    return this.find(participation) ?? this.hold(startOf(participation));
  }

  hold(start: ParticipantStart): Participant {
    const participant = new Participant(this.#desk, start, {
      touched: (touched) => this.#touched.add(touched),
      over: (over) => this.#drop(over),
    });
    this.#held.set(segmentKey(start.name), participant);
    const ofUser = this.#byUser.get(start.name.user) ?? new Set();
    this.#byUser.set(start.name.user, ofUser.add(participant));
    return participant;
  }

  /** What is kept of a session that had ended goes on under this edge, in an epoch of its own. */
  revive(name: ParticipationName, found: UserFound): Participant | undefined {
    const kept = found.participations.find((one) => one.contributionId === name.contributionId);
    if (kept === undefined || kept.phase === 'gone') return undefined;
    return this.hold({ ...startOf(kept), epoch: kept.epoch + 1, counter: 0 });
  }

  /** The beginning of a participation of which nothing is kept but, perhaps, its last epoch. */
  fresh(
    name: ParticipationName,
    found: UserFound,
  ): Pick<ParticipantStart, 'name' | 'epoch' | 'counter' | 'cursor' | 'isEndUnknown'> {
    const kept = found.participations.find((one) => one.contributionId === name.contributionId);
    const epoch = (kept?.epoch ?? 0) + 1;
    return { name, epoch, counter: 0, cursor: epochStart(epoch), isEndUnknown: false };
  }

  #drop(participant: Participant): void {
    const { user } = participant.name;
    const key = segmentKey(participant.name);
    if (this.#held.get(key) === participant) this.#held.delete(key);
    const ofUser = this.#byUser.get(user);
    ofUser?.delete(participant);
    if (ofUser?.size === 0) this.#byUser.delete(user);
    this.#touched.delete(participant);
  }
}

function startOf(participation: Participation): ParticipantStart {
  const { user, contributionId, instance } = participation;
  return {
    name: { user, contributionId },
    epoch: participation.epoch,
    counter: participation.counter,
    cursor: participation.cursor,
    isEndUnknown: true,
    group: participation.group,
    roster: participation.roster,
    ...(instance === undefined ? {} : { instance }),
  };
}
