/**
 * A participation goes to another edge, because this one ends (design 7): nothing new is taken, what is under way is answered or stored, and
 * then the legs are let go of without a word. The other edge takes them up by re-INVITEs; until then both peers keep the media they have.
 */
import type { Desk } from './desk.ts';
import { settleMs, storeCheckMs } from './limit.ts';
import type { Participant } from './participant.ts';

/** All that an edge holds, on its way to others. */
export class HandOvers {
  readonly #under: readonly HandOver[];

  constructor(
    desk: Desk,
    participants: Iterable<Participant>,
    successorOf: (user: string) => string,
  ) {
    this.#under = Array.from(
      participants,
      (participant) => new HandOver(desk, participant, successorOf(participant.name.user)),
    );
  }

  start(nowMs: number): void {
    for (const one of this.#under) one.start(nowMs);
  }

  get progress(): 'under-way' | 'done' {
    return this.#under.every(({ isDone }) => isDone) ? 'done' : 'under-way';
  }
}

class HandOver {
  readonly #desk: Desk;
  readonly #participant: Participant;
  readonly #successor: string;
  #isDone = false;

  constructor(desk: Desk, participant: Participant, successor: string) {
    this.#desk = desk;
    this.#participant = participant;
    this.#successor = successor;
  }

  /** The functions will hear of it. */
  get isDone(): boolean {
    return this.#isDone;
  }

  start(nowMs: number): void {
    const { bridge, delivery } = this.#participant;
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
    participant.report(
      nowMs,
      { kind: 'handed-over', successor: this.#successor, last, ...dialog },
      () => {
        this.#isDone = true;
      },
    );
  }
}
