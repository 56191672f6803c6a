/**
 * Waits for the members of a group that was taken up from another process. Their functions come back by themselves; who was still being
 * invited has none that would, and is invited when all others have had their time.
 */
import type { Desk } from './desk.ts';
import { comeBackLatelyMs, comeBackMs, invitingMs } from './limit.ts';
import type { Member } from './member.ts';

export class ReturnWatch {
  readonly #desk: Desk;
  readonly #timer: string;
  readonly #missing: (nowMs: number, member: Member) => void;

  constructor(desk: Desk, missing: (nowMs: number, member: Member) => void) {
    this.#desk = desk;
    this.#timer = `return/${desk.nextNumber()}`;
    this.#missing = missing;
  }

  /** All members are away since a moment ago; `changedAtMs`: when the group began, or was changed last. */
  start(nowMs: number, members: ReadonlyMap<string, Member>, changedAtMs: number): void {
    // Nothing is stored of who has answered: nobody rings for longer than an INVITE lasts.
    const mayRing = nowMs - changedAtMs < invitingMs;
    this.#desk.setTimer(this.#timer, mayRing ? comeBackLatelyMs : comeBackMs, (atMs) => {
      const missing = [...members.values()].filter(isMissing);
      for (const member of missing) this.#missing(atMs, member);
    });
  }

  stop(): void {
    this.#desk.clearTimer(this.#timer);
  }
}

/** Who has come and gone since is known to be out of reach. */
function isMissing({ leg, outlet }: Member): boolean {
  return leg === undefined && outlet.reach === 'away';
}
