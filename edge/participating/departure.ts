/**
 * How the client of a participation goes: lost, so that everything is kept from then on; of its own will, so that nothing is; or sent
 * away at the end of a delivery that had a session of its own, after which it is still there for what comes next.
 */
import type { Trigger } from '../../shared/core/participation/event.ts';
import { isGroup } from '../../shared/core/participation/kind.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import type { Participant } from './participant.ts';
import { completed, unavailable } from './reason.ts';

export class Departure {
  readonly #desk: Desk;
  readonly #participant: Participant;
  /** The client's session brings only what has waited (001 8.3.2.9.1.1). */
  #isApart = false;
  /** The client is registered and has taken all there was: what comes next need not wait for a registration. */
  #isClientWaiting = false;
  /** The client has a session, whose media are to come up anew here: should it be lost, that was our side's doing. */
  isAwaited = false;
  /** When the client has shown last, by its registration, that it is there. */
  #shownMs = 0;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** A session with the client begins; `isApart`: it brings only what has waited. */
  joined(isApart: boolean): void {
    this.#isApart = isApart;
    this.#isClientWaiting = false;
  }

  /** The client is there for what comes next. */
  clientWaits(): void {
    this.#isClientWaiting = true;
  }

  /** The client's registration goes on. */
  clientShows(nowMs: number): void {
    this.#shownMs = nowMs;
  }

  /**
   * 002 8.3.2.9: the function stays in the media path. A client that has gone without a word may have begun anew long before that shows: if it
   * has registered since `heardMs`, it is there.
   */
  lost(nowMs: number, trigger: Trigger, heardMs = nowMs): void {
    const participant = this.#participant;
    if (participant.ending.isClosing) return;
    if (participant.rejoin.isWaiting) {
      // Decision O-12: what is left goes over the session that the client asks for.
      participant.bridge.clientDown(nowMs);
      return;
    }
    participant.delivery.sessionOver?.();
    const isKept = !isGroup(participant) || this.#desk.options.isStoreAndForward;
    if (trigger !== 'bye' && !isKept) {
      this.#leave(nowMs, [unavailable]);
      return;
    }
    participant.bridge.clientDown(nowMs);
    // Of a registration that only went on the functions have not heard: the one that they know counts.
    const sinceMs = this.isAwaited || this.#shownMs > heardMs ? 0 : heardMs;
    this.isAwaited = false;
    const { last } = participant.bridge;
    participant.report(nowMs, { kind: 'client-lost', trigger, last, sinceMs });
    if (participant.focus.isActive) participant.away(nowMs);
    else this.endUnlessActive(nowMs);
  }

  /** Nobody is in the session any more: this edge's part ends when all is stored, unless the focus has come again by then. */
  endUnlessActive(nowMs: number): void {
    const participant = this.#participant;
    participant.whenStored(nowMs, (atMs) => {
      if (!participant.focus.isActive) participant.over(atMs);
    });
  }

  /** 001 8.3.2.9: leaving voluntarily ends it for the user; nothing is kept (promise 5). */
  left(nowMs: number, request: SipRequest): void {
    // 001 8.3.2.9.1.1 NOTE 1: what one user has said to another is kept for another time.
    if (this.#isApart || this.#participant.rejoin.isWaiting) {
      this.lost(nowMs, 'bye');
      return;
    }
    this.#leave(
      nowMs,
      request.headers.filter(({ name }) => name === 'Reason'),
    );
  }

  /** 001 8.3.2.9.1.1 8.a.iii: the delivery ends with its last message; the other user's session goes on. */
  endsHere(nowMs: number): boolean {
    const participant = this.#participant;
    if (!this.#isApart || !participant.focus.isActive) return false;
    participant.client.hangUp(nowMs, [completed], () => participant.delivery.sessionOver?.());
    participant.bridge.clientDown(nowMs);
    const { last } = participant.bridge;
    participant.report(nowMs, { kind: 'client-lost', trigger: 'bye', last });
    this.#isClientWaiting = true;
    return true;
  }

  /** Something was stored. */
  kept(nowMs: number): void {
    const participant = this.#participant;
    if (!this.#isClientWaiting || participant.client.isPresent) return;
    this.#isClientWaiting = false;
    participant.report(nowMs, { kind: 'pending', last: participant.bridge.last });
  }

  #leave(nowMs: number, reasons: readonly Header[]): void {
    const participant = this.#participant;
    participant.bridge.clientDown(nowMs);
    participant.watch.stop(nowMs);
    participant.focus.bye(nowMs, reasons);
    participant.report(nowMs, { kind: 'client-left' });
    participant.over(nowMs, true);
  }
}
