/**
 * The groups that run here, by identity and by Contribution-ID, and those that the store knows. What may open a group takes turns
 * for each Contribution-ID, so that members who re-start it at once meet in one session.
 */
import type { GroupState } from '../../shared/core/group.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { Desk } from './desk.ts';
import type { FoundGroup } from './effect.ts';
import { Group } from './group.ts';
import type { GroupStart } from './group-start.ts';
import { endedGroupsMax, groupsMax, openingCallsMax } from './limit.ts';

type Then = (nowMs: number) => void;

export class Groups {
  readonly #desk: Desk;
  readonly #byIdentity = new Map<string, Group>();
  readonly #byContribution = new Map<string, Group>();
  /** How groups were that ended here, by Contribution-ID, oldest first: the store may not have heard of it yet. */
  readonly #ended = new Map<string, GroupState>();
  /** Who waits for a turn, by Contribution-ID; there is an entry while somebody has it. */
  readonly #turns = new Map<string, Then[]>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** How many groups run, and how many members they have. */
  get entries(): { readonly groups: number; readonly members: number } {
    let members = 0;
    for (const group of this.#byIdentity.values()) members += group.members.length;
    return { groups: this.#byIdentity.size, members };
  }

  get isFull(): boolean {
    return this.#byIdentity.size + this.#turns.size > groupsMax;
  }

  running(contributionId: string): Group | undefined {
    return this.#byContribution.get(contributionId);
  }

  /** A new identity; it can't be guessed. */
  newIdentity(): string {
    return `sip:${this.#desk.options.newGroup()}@${this.#desk.options.domain}`;
  }

  /** A group that begins to run. */
  open(start: GroupStart): Group {
    const group = new Group(this.#desk, start, (last) => {
      this.#byIdentity.delete(last.identity);
      this.#byContribution.delete(last.contributionId);
      this.#remember(last);
    });
    this.#ended.delete(start.contributionId);
    this.#byIdentity.set(start.identity, group);
    this.#byContribution.set(start.contributionId, group);
    return group;
  }

  /** Lets all groups go on elsewhere. */
  leave(nowMs: number): void {
    const groups = [...this.#byIdentity.values()];
    this.#byIdentity.clear();
    this.#byContribution.clear();
    for (const group of groups) group.leave(nowMs);
  }

  /** Ends what all groups tell. */
  tellNoMore(nowMs: number): void {
    for (const group of this.#byIdentity.values()) group.tellNoMore(nowMs);
  }

  /** Takes a group up that the store says is running: whoever ran it has gone. */
  resume(nowMs: number, state: GroupState): Group {
    const running = this.#byContribution.get(state.contributionId);
    if (running !== undefined) return running;
    const { featureTag } = this.#desk.options;
    const { subject } = state;
    const group = this.open({ ...state, subject, featureTag, epoch: nextEpoch(nowMs, state) });
    group.resume(nowMs, state.changedAtMs);
    return group;
  }

  /** What is known of a group that doesn't run here. */
  lookUp(contributionId: string, then: (nowMs: number, found: FoundGroup) => void): void {
    this.#desk.findGroup({ contributionId }, (nowMs, found) =>
      then(nowMs, this.#latest(found, contributionId)),
    );
  }

  #latest(found: FoundGroup, contributionId: string): FoundGroup {
    const ended = this.#ended.get(contributionId);
    if (ended === undefined || found === 'fault') return found;
    return found !== undefined && found.epoch > ended.epoch ? found : ended;
  }

  #remember(last: GroupState): void {
    this.#ended.set(last.contributionId, last);
    if (this.#ended.size <= endedGroupsMax) return;
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest);
      return;
    }
  }

  /** The running group of an identity; undefined if there is none, `fault` if that can't be known. */
  find(
    uri: string,
    nowMs: number,
    then: (nowMs: number, group: Group | 'fault' | undefined) => void,
  ): void {
    const identity = addressOfRecord(uri) ?? uri;
    const running = this.#byIdentity.get(identity);
    if (running !== undefined) {
      then(nowMs, running);
      return;
    }
    this.#desk.findGroup({ groupId: identity }, (atMs, found) => {
      then(atMs, this.#byIdentity.get(identity) ?? this.#resumed(atMs, identity, found));
    });
  }

  #resumed(nowMs: number, identity: string, found: FoundGroup): Group | 'fault' | undefined {
    if (found === 'fault' || found === undefined) return found;
    const known = this.#latest(found, found.contributionId);
    if (known === 'fault' || known?.phase !== 'active' || known.identity !== identity)
      return undefined;
    const group = this.resume(nowMs, known);
    return group.terms.identity === identity ? group : undefined;
  }

  /** Calls `turn` when nobody else has the turn for this Contribution-ID; false if too many wait. */
  takeTurn(nowMs: number, contributionId: string, turn: Then): boolean {
    const waiting = this.#turns.get(contributionId);
    if (waiting === undefined) {
      this.#turns.set(contributionId, []);
      turn(nowMs);
      return true;
    }
    if (waiting.length >= openingCallsMax) return false;
    waiting.push(turn);
    return true;
  }

  /** Gives the turn on. */
  endTurn(nowMs: number, contributionId: string): void {
    const next = this.#turns.get(contributionId)?.shift();
    if (next === undefined) this.#turns.delete(contributionId);
    else next(nowMs);
  }
}

/**
 * The epoch of a new run. It rises above all earlier ones even where the store has not told of them: a run that was reported and
 * not applied yet must not make the next one look like a replay.
 */
export function nextEpoch(nowMs: number, known: GroupState | undefined): number {
  return Math.max(1, Math.floor(nowMs), (known?.epoch ?? 0) + 1);
}
