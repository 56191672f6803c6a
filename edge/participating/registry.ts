/** The participations that this edge holds, by key and by user. */
import { segmentKey } from '../../shared/core/key.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { epochStart } from '../../shared/core/position.ts';
import { AnsweredBefore } from './answered-before.ts';
import type { Desk, UserListener } from './desk.ts';
import type { UserFound } from './effect.ts';
import { LastHeld } from './last-held.ts';
import { Participant } from './participant.ts';
import { SpareEpochs } from './spare-epochs.ts';
import type { ParticipantStart } from './start.ts';

export class Registry {
  readonly #desk: Desk;
  readonly #held = new Map<string, Participant>();
  readonly #byUser = new Map<string, Set<Participant>>();
  readonly #touched = new Set<Participant>();
  readonly #last = new LastHeld();
  readonly #answered = new AnsweredBefore();
  readonly #spare = new SpareEpochs();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get size(): number {
    return this.#held.size;
  }

  get all(): Iterable<Participant> {
    return this.#held.values();
  }

  find(name: ParticipationName): Participant | undefined {
    return this.#held.get(segmentKey(name));
  }

  ofUser(user: string): Iterable<Participant> {
    return this.#byUser.get(user) ?? [];
  }

  /** Looks a user up for whom one of these may begin: with an epoch for that. */
  findToBegin(user: string, contributionIds: readonly string[], then: UserListener): void {
    const spare = this.#spare.take(user);
    if (spare === undefined) {
      this.#desk.findUser({ user, contributionIds, isBeginning: true }, then);
      return;
    }
    this.#desk.findUser({ user, contributionIds }, (nowMs, found) => {
      // What has begun here may not be stored yet.
      const isBehind = contributionIds.some((contributionId) =>
        this.#last.isOutdated({ user, contributionId, epoch: spare, counter: 0 }),
      );
      const isOutdated = found?.participations.some(({ epoch }) => epoch >= spare) ?? false;
      if (isBehind || isOutdated) this.findToBegin(user, contributionIds, then);
      else then(nowMs, found && { ...found, epoch: spare });
    });
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

  /** The participation has begun anew since this was decided. */
  isOutdated(participation: Participation): boolean {
    return this.#last.isOutdated(participation);
  }

  /** Does something with the participation of a command, which is taken in from its stored state if it isn't held in this epoch. */
  owned(
    nowMs: number,
    participation: Participation,
    then: (nowMs: number, participant: Participant) => void,
  ): void {
    if (this.isOutdated(participation)) return;
    const held = this.find(participation);
    if (held === undefined || held.epoch === participation.epoch) {
      then(nowMs, held ?? this.hold(this.#last.startOf(participation)));
      return;
    }
    // What it still has to store comes before what the new epoch numbers.
    held.whenStored(nowMs, (atMs) => {
      held.over(atMs);
      this.owned(atMs, participation, then);
    });
  }

  hold(start: ParticipantStart): Participant {
    const participant = new Participant(this.#desk, start, {
      touched: (touched) => this.#touched.add(touched),
      over: (over, isEnded) => this.#drop(over, isEnded),
    });
    participant.bridge.remember(this.#answered.take(start.name).toReversed());
    this.#held.set(segmentKey(start.name), participant);
    this.#last.begun(start);
    const ofUser = this.#byUser.get(start.name.user) ?? new Set();
    this.#byUser.set(start.name.user, ofUser.add(participant));
    return participant;
  }

  /** Something is kept of a participation that isn't held here. */
  isKept(name: ParticipationName, found: UserFound): boolean {
    return this.find(name) === undefined && this.#last.kept(name, found) !== undefined;
  }

  /** What is kept of a session that had ended goes on under this edge, in an epoch of its own. */
  revive(name: ParticipationName, found: UserFound): Participant | undefined {
    const kept = this.#last.kept(name, found);
    if (kept === undefined) return undefined;
    return this.hold({ ...kept, epoch: found.epoch, count: { reports: 0 } });
  }

  /** The beginning of a participation of which nothing is kept. */
  fresh(
    name: ParticipationName,
    { epoch }: UserFound,
  ): Pick<ParticipantStart, 'name' | 'epoch' | 'count' | 'cursor' | 'isEndUnknown'> {
    return { name, epoch, count: { reports: 0 }, cursor: epochStart(epoch), isEndUnknown: false };
  }

  #drop(participant: Participant, isEnded: boolean): void {
    const { user } = participant.name;
    const key = segmentKey(participant.name);
    if (this.#held.get(key) === participant) {
      this.#held.delete(key);
      this.#last.over(participant, isEnded);
      this.#answered.keep(participant.name, participant.bridge.answered);
      if (!participant.isKnownOutside) this.#spare.keep(user, participant.epoch);
    }
    const ofUser = this.#byUser.get(user);
    ofUser?.delete(participant);
    if (ofUser?.size === 0) this.#byUser.delete(user);
    this.#touched.delete(participant);
  }
}
