/**
 * The closing of a session that had ended for the focus: the group state object behind the last message (001 8.3.2.9.1.2 2),
 * then BYE, then the report that nothing is left. While a re-start is asked of the focus, the end waits for its outcome; a re-start that
 * begins later stops a closing at whatever point it is.
 */
import type { Header } from '../sip/message.ts';
import { formatDateTime } from '../xml/date-time.ts';
import { groupStateType, writeGroupState } from '../xml/group-state.ts';
import { clientContact } from './contact.ts';
import type { Desk } from './desk.ts';
import { reportLeadMs } from './limit.ts';
import type { Participant } from './participant.ts';
import { completed } from './reason.ts';
import { kindOf } from './session-kind.ts';

/** The reference of the group state object among the messages sent to a client. */
export const groupStateReference = -1;

type Outcome = { readonly reason: Header; readonly status: number };

export class Ending {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #isStateDue = false;
  #isStateOut = false;
  #isRestarting = false;
  #isDelivered = false;
  #isClosing = false;
  /** Our BYE is out. */
  #isHungUp = false;
  /** Counts closings, so that what a stopped one has waited for comes to nothing. */
  #closings = 0;
  #failed: Outcome | undefined;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** Everything is delivered and the client is being told so; that it goes now changes nothing. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** The focus is being asked to re-start the group. */
  get isRestarting(): boolean {
    return this.#isRestarting;
  }

  /** The focus has ended the session: whoever is delivered to now gets the group state too. */
  sessionEnded(): void {
    this.#isStateDue = kindOf(this.#participant.group).hasRoster;
  }

  /** A re-start is asked of the focus. */
  restartBegun(): void {
    this.#isRestarting = true;
    this.#stopClosing();
  }

  /** The group runs again: nothing ends. */
  restarted(nowMs: number): void {
    this.#isRestarting = false;
    // The group state may still be under way: its acknowledgement must not end what goes on.
    this.#isDelivered = false;
    this.#stopClosing();
    this.#participant.bridge.resume(nowMs);
  }

  /** All that is waited for is the answer to our BYE. */
  get isHungUp(): boolean {
    return this.#isHungUp;
  }

  /** The client is told, or need not be any more: nothing is left. */
  conclude(nowMs: number): void {
    const participant = this.#participant;
    const failed = this.#failed;
    const { cursor } = participant.bridge;
    this.#stopClosing();
    if (failed === undefined) participant.report(nowMs, { kind: 'drained', cursor });
    else participant.report(nowMs, { kind: 'restart-failed', status: failed.status, cursor });
    participant.over(nowMs, true);
  }

  /** The focus has refused; decision D-17: the pending data is finished first. `isTold`: the client knows, by the answer to its re-join. */
  restartFailed(nowMs: number, status: number, isTold: boolean): void {
    this.#isRestarting = false;
    const reason = isTold ? completed : { name: 'Reason', value: `SIP;cause=${status}` };
    this.#failed = { status, reason };
    if (this.#isDelivered) this.#close(nowMs);
  }

  /** Everything stored is with the client: on to live messages (true), or to the end of an ended session. */
  caughtUp(nowMs: number): boolean {
    const participant = this.#participant;
    const { client, delivery, departure, focus, group, name, watch } = participant;
    if (delivery.caughtUp?.(nowMs) === true) return true;
    if (departure.endsHere(nowMs)) return false;
    this.#sendGroupState(nowMs);
    if (client.hasNext) {
      if (!this.#isStateOut) client.advance(nowMs, [completed]);
      return false;
    }
    if (!focus.isActive) {
      this.#isDelivered = true;
      this.#close(nowMs);
      return false;
    }
    if (this.#desk.options.isUnsubscribedAfterDelivery) watch.stop(nowMs);
    client.renew(nowMs, clientContact(this.#desk, participant));
    this.#desk.subscriptions.passOn(nowMs, name, group.identity);
    return true;
  }

  groupStateAnswered(nowMs: number): void {
    this.#isStateOut = false;
    if (this.#isDelivered) this.#close(nowMs);
    else this.#participant.bridge.resume(nowMs);
  }

  /** The last stored message is acknowledged: the group state object goes behind it. */
  #sendGroupState(nowMs: number): void {
    const { client, group, roster } = this.#participant;
    const { leg } = client;
    if (!this.#isStateDue || leg === undefined) return;
    this.#isStateDue = false;
    // Decision C-09: only to a client that takes the type.
    if (!leg.takes(groupStateType)) return;
    this.#isStateOut = true;
    leg.send(nowMs, {
      reference: groupStateReference,
      messageId: this.#desk.options.newToken(),
      contentType: groupStateType,
      body: writeGroupState({
        identity: group.identity,
        timestamp: formatDateTime(nowMs),
        isClosed: true,
        participants: roster.map((uri) => ({ uri })),
      }),
      isSuccessReportWanted: false,
      failureReport: 'yes',
    });
  }

  #close(nowMs: number): void {
    if (this.#isClosing || this.#isStateOut || this.#isRestarting) return;
    this.#isClosing = true;
    const { name, roster } = this.#participant;
    const hangUp = this.#unlessStopped((atMs) => this.#hangUp(atMs));
    // 003 steps 6 and 7: the participants as they were, then BYE.
    this.#desk.subscriptions.finish(nowMs, name, roster, hangUp);
  }

  #stopClosing(): void {
    this.#closings++;
    this.#isClosing = false;
    this.#isHungUp = false;
    this.#failed = undefined;
  }

  #unlessStopped(then: (nowMs: number) => void): (nowMs: number) => void {
    const closing = this.#closings;
    return (nowMs) => {
      if (closing === this.#closings) then(nowMs);
    };
  }

  #hangUp(nowMs: number): void {
    const { upstream, client } = this.#participant;
    const failed = this.#failed;
    if (failed === undefined || upstream.isEmpty) {
      this.#bye(nowMs);
      return;
    }
    // 001 8.3.2.9.1.3: the failure reports come before the BYE.
    upstream.fail(nowMs, client.leg, reportStatus(failed.status));
    const timer = `bye/${this.#desk.nextNumber()}`;
    const bye = this.#unlessStopped((atMs) => this.#bye(atMs));
    this.#desk.setTimer(timer, reportLeadMs, bye);
  }

  #bye(nowMs: number): void {
    const { client } = this.#participant;
    this.#isHungUp = true;
    const done = this.#unlessStopped((atMs) => this.conclude(atMs));
    client.hangUp(nowMs, [this.#failed?.reason ?? completed], done);
  }
}

/** Decisions C-10 and O-17: the code in the failure reports after a re-start that failed. */
function reportStatus(status: number): number {
  if (status === 408 || status === 503) return 408;
  return status === 403 ? 403 : 481;
}
