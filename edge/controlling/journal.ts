/**
 * What a group reports, one event after the other: the next is handed over once the one before is durable, for a later counter
 * would make an earlier event that is sent again look like a replay. An event that somebody waits for is tried once; one that has
 * happened already is tried again for a while.
 */
import type { GroupEvent } from '../../shared/core/group.ts';
import type { Desk } from './desk.ts';
import { reportRetriesMax, reportRetryMs, reportsMax } from './limit.ts';

type Without<Event, Names extends keyof GroupEvent> = Event extends unknown
  ? Omit<Event, Names>
  : never;
/** What has happened; the journal adds whom it happened to, and when. */
export type Happening = Without<GroupEvent, 'contributionId' | 'epoch' | 'counter' | 'atMs'>;

type Entry = {
  readonly event: GroupEvent;
  readonly then: ((nowMs: number, isStored: boolean) => void) | undefined;
};

export class Journal {
  readonly #desk: Desk;
  readonly #contributionId: string;
  readonly #epoch: number;
  readonly #timer: string;
  readonly #waiting: Entry[] = [];
  #counter = 0;
  #tries = 0;

  constructor(desk: Desk, contributionId: string, epoch: number) {
    this.#desk = desk;
    this.#contributionId = contributionId;
    this.#epoch = epoch;
    this.#timer = `report/${desk.nextNumber()}`;
  }

  /** Of the last event. */
  get counter(): number {
    return this.#counter;
  }

  /** Reports; `then` is called with the outcome. At the bound the event counts as not stored. */
  write(
    nowMs: number,
    happening: Happening,
    then?: (nowMs: number, isStored: boolean) => void,
  ): void {
    if (this.#waiting.length >= reportsMax) {
      then?.(nowMs, false);
      return;
    }
    const contributionId = this.#contributionId;
    const counter = ++this.#counter;
    const event = { ...happening, contributionId, epoch: this.#epoch, counter, atMs: nowMs };
    this.#waiting.push({ event, then });
    if (this.#waiting.length === 1) this.#hand();
  }

  #hand(): void {
    const entry = this.#waiting[0];
    if (entry === undefined) return;
    this.#desk.report(entry.event, (nowMs, isStored) => this.#outcome(nowMs, entry, isStored));
  }

  #outcome(nowMs: number, entry: Entry, isStored: boolean): void {
    this.#tries++;
    if (!isStored && entry.then === undefined && this.#tries <= reportRetriesMax) {
      this.#desk.setTimer(this.#timer, reportRetryMs, () => this.#hand());
      return;
    }
    this.#tries = 0;
    this.#waiting.shift();
    this.#hand();
    entry.then?.(nowMs, isStored);
  }
}
