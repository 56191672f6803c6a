/**
 * A participation goes to another edge, because this one ends (design 7): nothing new is taken, what is under way is answered or stored, and
 * then the legs are let go of without a word. The other edge takes them up by re-INVITEs; until then both peers keep the media they have.
 */
import type { Desk } from './desk.ts';
import { settleMs, storeCheckMs } from './limit.ts';
import type { Participant } from './participant.ts';

/** All that an edge holds, on its way to others. */
export class HandOvers {
  readonly #desk: Desk;
  readonly #under: readonly HandOver[];
  /** Those of which the functions have not heard yet. */
  #left: number;

  constructor(
    desk: Desk,
    participants: Iterable<Participant>,
    successorOf: (user: string) => string,
  ) {
    this.#desk = desk;
    this.#under = Array.from(
      participants,
      (participant) =>
        new HandOver(desk, participant, {
          successor: successorOf(participant.name.user),
          given: (nowMs) => this.#given(nowMs),
        }),
    );
    this.#left = this.#under.length;
  }

  start(nowMs: number): void {
    if (this.#left === 0) this.#leave(nowMs);
    for (const one of this.#under) one.start(nowMs);
  }

  get progress(): 'under-way' | 'done' {
    return this.#left === 0 ? 'done' : 'under-way';
  }

  #given(nowMs: number): void {
    this.#left--;
    if (this.#left === 0) this.#leave(nowMs);
  }

  /** RFC 6665 4.1.3: clients subscribe again at once, and by then find who goes on with their sessions. */
  #leave(nowMs: number): void {
    this.#desk.subscriptions.leave(nowMs, 'deactivated');
  }
}

type HandOverTerms = {
  readonly successor: string;
  /** The functions have heard of it, or can't. */
  readonly given: (nowMs: number) => void;
};

class HandOver {
  readonly #desk: Desk;
  readonly #participant: Participant;
  readonly #terms: HandOverTerms;

  constructor(desk: Desk, participant: Participant, terms: HandOverTerms) {
    this.#desk = desk;
    this.#participant = participant;
    this.#terms = terms;
  }

  start(nowMs: number): void {
    const { beginning, bridge, delivery, rejoin } = this.#participant;
    if (beginning?.leave(nowMs) === false) {
      this.#terms.given(nowMs);
      return;
    }
    rejoin.close(nowMs);
    delivery.cancel(nowMs);
    bridge.leave(nowMs);
    this.#settle(nowMs, nowMs + settleMs);
  }

  /** What a peer doesn't answer in time is sent again: to the client from the store, to the focus by the client. */
  #settle(nowMs: number, untilMs: number): void {
    const { bridge, client, focus, upstream } = this.#participant;
    if ((bridge.isSettled && upstream.isEmpty) || nowMs >= untilMs) {
      focus.leg?.pause();
      client.leg?.pause();
      bridge.clientDown(nowMs);
      this.#participant.whenStored(nowMs, (atMs) => this.#letGo(atMs));
      return;
    }
    this.#desk.setTimer(`settle/${this.#desk.nextNumber()}`, storeCheckMs, (atMs) =>
      this.#settle(atMs, untilMs),
    );
  }

  #letGo(nowMs: number): void {
    const participant = this.#participant;
    const client = participant.client.detach(nowMs);
    participant.watch.stop(nowMs);
    participant.focus.detach(nowMs);
    const dialog = client === undefined ? {} : { client };
    const { last } = participant.bridge;
    const { successor, given } = this.#terms;
    participant.report(nowMs, { kind: 'handed-over', successor, last, ...dialog }, given);
  }
}
