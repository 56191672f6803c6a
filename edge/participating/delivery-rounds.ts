/**
 * Turns of the one-to-one deliveries of this edge: a user gets what waits one sender after another (001 8.3.2.9.1.1), in the order of
 * what waits longest or shortest of each. An answer that ends the procedure ends it for all senders that wait for their turn.
 */
import type { Desk } from './desk.ts';
import { roundGatherMs } from './limit.ts';

export type Turn = {
  readonly user: string;
  /** When the first message came that waits. */
  readonly oldestMs: number;
  /** It brings stored notifications, not messages. */
  readonly isOfNotifications: boolean;
  readonly begin: () => void;
  /** The round ended before its turn. */
  readonly giveUp: (nowMs: number, status: number) => void;
};

type Round = { current: Turn | undefined; waiting: Turn[] };

export class DeliveryRounds {
  readonly #desk: Desk;
  readonly #rounds = new Map<string, Round>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Takes its turn in the user's round; a round begins a moment later, so that the order is over all who come. */
  enter(turn: Turn): void {
    const round = this.#rounds.get(turn.user);
    if (round !== undefined) {
      round.waiting.push(turn);
      return;
    }
    this.#rounds.set(turn.user, { current: undefined, waiting: [turn] });
    this.#desk.setTimer(`round/${this.#desk.nextNumber()}`, roundGatherMs, () =>
      this.#next(turn.user),
    );
  }

  /** Its delivery is over, or not wanted any more: the next one's turn. */
  leave(turn: Turn): void {
    const round = this.#rounds.get(turn.user);
    if (round === undefined) return;
    round.waiting = round.waiting.filter((one) => one !== turn);
    if (round.current === turn) this.#next(turn.user);
  }

  /** 001 8.3.2.9.1.1 8.b: nothing further from any sender until the procedure is called anew. */
  stop(nowMs: number, turn: Turn, status: number): void {
    const round = this.#rounds.get(turn.user);
    this.#rounds.delete(turn.user);
    for (const waiting of round?.waiting ?? []) waiting.giveUp(nowMs, status);
  }

  /** 001 8.3.2.9.1.1: after an error no further notifications at this time; messages are still brought. */
  stopNotifications(nowMs: number, turn: Turn, status: number): void {
    const round = this.#rounds.get(turn.user);
    if (round === undefined) return;
    const stopped = round.waiting.filter(({ isOfNotifications }) => isOfNotifications);
    round.waiting = round.waiting.filter(({ isOfNotifications }) => !isOfNotifications);
    for (const waiting of stopped) waiting.giveUp(nowMs, status);
    this.leave(turn);
  }

  #next(user: string): void {
    const round = this.#rounds.get(user);
    if (round === undefined) return;
    const { isOldestFirst } = this.#desk.options;
    const next = round.waiting.reduce<Turn | undefined>((best, turn) => {
      if (best === undefined) return turn;
      return turn.oldestMs < best.oldestMs === isOldestFirst ? turn : best;
    }, undefined);
    round.current = next;
    if (next === undefined) {
      this.#rounds.delete(user);
      return;
    }
    round.waiting = round.waiting.filter((turn) => turn !== next);
    next.begin();
  }
}
