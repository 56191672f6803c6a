/**
 * The side of a participation that faces the focus: its leg, what comes over it, its recovery after a loss and its end. The session
 * may end here while the client's goes on (decision O-07).
 */
import type { Participation } from '../../shared/core/participation/state.ts';
import { isComposing } from '../cpim/header.ts';
import { peekCpim } from '../cpim/peek.ts';
import type { InboundMessage } from '../msrp/effect.ts';
import type { DialogState } from '../sip/effect.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { FocusLink } from './focus-link.ts';
import { recentIdsMax, rereadMaxMs } from './limit.ts';
import type { MediaLeg, MediaOwner } from './media-leg.ts';
import type { Participant } from './participant.ts';

/** Headers of an invitation that speak of its inviter, and not of the group. */
const ofTheInviter = new Set(['P-Asserted-Identity', 'Referred-By', 'P-Charging-Vector']);

export class FocusSide {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #link: FocusLink | undefined;
  #isOver = false;
  #admittedMs = 0;
  /** The leg is about to be taken up. */
  #isRestoring = false;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** The focus's session goes on. */
  get isActive(): boolean {
    return (this.#isRestoring || this.#link?.isStanding === true) && !this.#isOver;
  }

  get leg(): MediaLeg | undefined {
    return this.#link?.leg;
  }

  /** The focus has accepted an INVITE of ours. */
  admitted(nowMs: number): void {
    this.#admittedMs = nowMs;
  }

  /** The focus has accepted an INVITE of ours since then, and the session stands. */
  isAdmittedSince(sinceMs: number): boolean {
    return this.isActive && this.#admittedMs >= sinceMs;
  }

  /** A new leg in the place of an older one; the caller sets it up. */
  newLink(nowMs: number, identity: string): FocusLink {
    const { name, group } = this.#participant;
    const kept = group.headers.filter((header) => !ofTheInviter.has(header.name));
    const headers = [...kept, { name: 'P-Asserted-Identity', value: `<${name.user}>` }];
    this.#link?.giveWay(nowMs);
    this.#isOver = false;
    this.#isRestoring = false;
    const link: FocusLink = new FocusLink(
      this.#desk,
      identity,
      { ...name, types: group, headers },
      {
        ...this.#media(() => link),
        ended: (atMs, request) => {
          // What becomes of a leg that has given way is of no matter.
          if (this.#link === link) this.#ended(atMs, request);
        },
        recovered: (atMs, focus) => {
          const { identity: recovered } = link;
          this.#participant.report(atMs, { kind: 'focus-joined', identity: recovered, focus });
        },
      },
    );
    this.#link = link;
    return link;
  }

  /** Takes the leg up again after a restart: first what was stored last, so that repeats are recognised (design 5.9). */
  restore(nowMs: number, participation: Participation): void {
    const { name, bridge, client, watch } = this.#participant;
    const link = this.newLink(nowMs, participation.group.identity);
    this.#isRestoring = true;
    const takeUp = (): void =>
      this.#desk.readTail(name, recentIdsMax, (atMs, messageIds) => {
        // The focus may have come by itself meanwhile.
        if (this.#link !== link) return;
        if (messageIds === undefined) {
          const timer = `restore/${this.#desk.nextNumber()}`;
          this.#desk.setTimer(timer, rereadMaxMs, takeUp);
          return;
        }
        bridge.remember(messageIds);
        this.#isRestoring = false;
        link.restore(atMs, participation.focus as DialogState);
      });
    takeUp();
    if (!client.isPresent) watch.start(nowMs, participation.group.identity);
  }

  bye(nowMs: number, headers: readonly Header[]): void {
    this.#link?.bye(nowMs, headers);
  }

  /** Gives our INVITE to the focus up. */
  giveUp(nowMs: number): void {
    this.#link?.cancelInvite(nowMs);
  }

  /**
   * Ends what the focus has ended and of which nothing is left: for the functions it is over, and what they begin again has an epoch of its
   * own. A client that is still in it is invited anew.
   */
  concludeIfDone(nowMs: number): void {
    const { bridge, ending } = this.#participant;
    if (ending.isHungUp) {
      ending.conclude(nowMs);
      return;
    }
    if (!this.#isOver || !bridge.isQuiet || ending.isRestarting) return;
    this.#participant.report(nowMs, { kind: 'drained', cursor: bridge.cursor });
    this.#participant.over(nowMs, true);
  }

  /** Lets go of the leg without a word: another edge goes on with it. */
  detach(nowMs: number): void {
    this.leg?.detach();
    this.close(nowMs);
  }

  close(nowMs: number): void {
    this.#isRestoring = false;
    this.#link?.close(nowMs);
    this.#link = undefined;
  }

  #media(link: () => FocusLink): MediaOwner {
    const participant = this.#participant;
    return {
      up: (nowMs) => participant.upstream.focusUp(nowMs, link().leg),
      down: () => participant.upstream.focusDown(),
      message: (nowMs, message) => this.#message(nowMs, message),
      answered: (nowMs, reference, status) => {
        participant.upstream.answered(nowMs, reference, status);
        if (participant.upstream.hasRoom) participant.client.leg?.resume();
      },
      reported: (nowMs, messageId, status) =>
        participant.upstream.reported(nowMs, participant.client.leg, messageId, status),
    };
  }

  #message(nowMs: number, message: InboundMessage): void {
    if (isTyping(message)) this.#passTyping(nowMs, message);
    else this.#participant.fromFocus(nowMs, message);
  }

  /** Decision C-11: typing notices are for who is there, now; they are never stored. */
  #passTyping(nowMs: number, message: InboundMessage): void {
    this.#desk.msrp.answer(nowMs, message.inbound, 200);
    if (this.#participant.bridge.mode !== 'live') return;
    this.#participant.client.leg?.send(nowMs, {
      reference: 0,
      messageId: message.messageId,
      contentType: message.contentType,
      body: message.body,
      isSuccessReportWanted: false,
      failureReport: 'no',
    });
  }

  /** The session is over for the focus: what is pending is still delivered. */
  #ended(nowMs: number, request: SipRequest | undefined): void {
    const participant = this.#participant;
    this.#isOver = true;
    participant.ending.sessionEnded();
    participant.watch.stop(nowMs);
    participant.upstream.focusDown();
    participant.bridge.sessionEnded(nowMs);
    const link = this.#link;
    participant.whenStored(nowMs, (atMs) => {
      // The focus has come again meanwhile: the session goes on.
      if (this.#link !== link) return;
      participant.report(atMs, { kind: 'focus-ended', last: participant.bridge.last });
      const { isOut, isDue = false } = participant.delivery;
      if ((isOut || isDue) && !participant.bridge.isStoreEmpty) return;
      participant.delivery.cancel(atMs);
      if (!participant.client.isPresent) participant.over(atMs);
      else if (participant.bridge.mode === 'live') this.#hangUp(atMs, request);
    });
  }

  /** Nothing is pending: the focus's BYE goes on to the client, with its Reason. */
  #hangUp(nowMs: number, request: SipRequest | undefined): void {
    const reasons = request?.headers.filter(({ name }) => name === 'Reason') ?? [];
    const { cursor } = this.#participant.bridge;
    this.#participant.report(nowMs, { kind: 'drained', cursor });
    this.#participant.client.hangUp(nowMs, reasons, () => {});
    this.#participant.over(nowMs, true);
  }
}

/** A typing notice, bare or within CPIM. */
function isTyping({ contentType, body }: InboundMessage): boolean {
  return isComposing(contentType) || isComposing(peekCpim(body)?.contentType ?? '');
}
