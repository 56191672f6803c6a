/**
 * An INVITE of a user that the focus has not decided on: it may have to wait for the store or for its turn, and the caller may give up
 * meanwhile.
 */
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { ResponseDraft, SipEvent } from '../sip/effect.ts';
import type { SipRequest } from '../sip/message.ts';
import type { Desk } from './desk.ts';

export class Call {
  readonly dialog: string;
  readonly request: SipRequest;
  readonly user: string;
  readonly offer: MsrpMedia;
  readonly #desk: Desk;
  #isOver = false;

  constructor(
    desk: Desk,
    event: Extract<SipEvent, { kind: 'invite' }>,
    user: string,
    offer: MsrpMedia,
  ) {
    this.#desk = desk;
    this.dialog = event.dialog;
    this.request = event.request;
    this.user = user;
    this.offer = offer;
    // Until there is an answer all news is that there need not be one.
    desk.ownDialog(event.dialog, () => this.#end());
  }

  /** The caller has given up, or has an answer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  refuse(nowMs: number, response: ResponseDraft): void {
    if (this.#isOver) return;
    this.#end();
    this.#desk.agent.respond(nowMs, this.dialog, response);
  }

  #end(): void {
    this.#isOver = true;
    this.#desk.leaveDialog(this.dialog);
  }
}
