/**
 * A client's re-join of an ended session whose delivery is under way, by our INVITE (001 8.3.2.9.1.4, decisions D-15 and O-12): the
 * delivery goes on in its own session, the focus is asked at once to re-start the group, and the re-join is answered as the focus answers.
 * The re-joined session then waits beside the delivery until that is done, or takes over what is left if the client drops it.
 */
import type { Desk } from './desk.ts';
import { instanceOf } from './invitation-text.ts';
import { inviteLeftMs } from './limit.ts';
import { acceptClient, type ClientCall } from './origination.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';
import { restartGroup } from './restart.ts';
import { kindOf } from './session-kind.ts';

/**
 * unknown   the client has still to be told that the focus has refused
 * told      its re-join was answered, or given up; the delivery goes on
 * over      the same, and there is no delivery: what waits is kept
 */
export type Refusal = 'unknown' | 'told' | 'over';

export class ParallelRejoin {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #call: ClientCall | undefined;
  #isAsking = false;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** A re-join waits for the focus. */
  get isWaiting(): boolean {
    return this.#call !== undefined;
  }

  /** Whether a re-join goes beside what is under way; one of another device takes its place (decision O-06). */
  fits({ request }: ClientCall): boolean {
    const { focus, ending, group, instance } = this.#participant;
    if (focus.isActive || ending.isRestarting || !kindOf(group).hasRoster) return false;
    const device = instanceOf(request);
    const isSame = device === undefined || instance === undefined || device === instance;
    return isSame && this.#isDelivering;
  }

  /** Asks the focus; the client waits for its answer. */
  begin(nowMs: number, call: ClientCall): void {
    this.#call = call;
    this.#isAsking = true;
    // The client has given up.
    this.#desk.ownDialog(call.dialog, (atMs) => {
      this.#take();
      this.#participant.focus.giveUp(atMs);
    });
    restartGroup(this.#desk, this.#participant, nowMs);
    // The INVITE for the delivery may never have reached the client.
    this.#participant.delivery.again(nowMs);
  }

  /** The group runs again. */
  restarted(nowMs: number): void {
    this.#isAsking = false;
    const call = this.#take();
    if (call === undefined) return;
    const isBeside = this.#isDelivering;
    if (!isBeside) this.#participant.delivery.cancel(nowMs);
    acceptClient(nowMs, this.#desk, this.#participant, { call, isBeside });
    // The INVITE for the delivery may still lead to where the client is no more.
    this.#desk.setTimer(`beside/${this.#desk.nextNumber()}`, inviteLeftMs, (atMs) =>
      this.#goOnAlone(atMs),
    );
  }

  /** Decision O-12: without a delivery session what waits goes over the re-joined one. */
  #goOnAlone(nowMs: number): void {
    const { client, delivery } = this.#participant;
    if (!client.hasNext || delivery.isUnanswered !== true) return;
    delivery.cancel(nowMs);
    client.advance(nowMs, []);
  }

  /** The focus has refused. */
  refused(nowMs: number, status: number): Refusal {
    const call = this.#take();
    if (!this.#isAsking) return 'unknown';
    this.#isAsking = false;
    if (call !== undefined) this.#desk.agent.respond(nowMs, call.dialog, { status });
    const { client, delivery, departure } = this.#participant;
    if (client.isPresent || delivery.isOut) return 'told';
    departure.lost(nowMs, 'bye');
    return 'over';
  }

  /** The participation is over at this edge, or the edge ends. */
  close(nowMs: number): void {
    const call = this.#take();
    if (call !== undefined) this.#desk.agent.respond(nowMs, call.dialog, tryAgain);
  }

  /** What waits is on its way to the client in a session of its own, or the INVITE for it is; one whose turn has not come is not needed. */
  get #isDelivering(): boolean {
    const { client, delivery } = this.#participant;
    return client.isPresent || (delivery.isOut && delivery.isInLine !== true);
  }

  #take(): ClientCall | undefined {
    const call = this.#call;
    this.#call = undefined;
    if (call !== undefined) this.#desk.leaveDialog(call.dialog);
    return call;
  }
}
