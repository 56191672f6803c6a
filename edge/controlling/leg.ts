/**
 * The focus's leg to one member: a dialog and its media, whoever has begun it. What a loss or an end means for the group is the
 * owner's business. A leg serves one dialog: a member who comes back with a new INVITE gets a new leg.
 *
 *   new       nothing has been sent
 *   inviting  our INVITE is out
 *   standing  the dialog is confirmed; the MSRP session is up, on its way, or lost
 *   leaving   we have given the INVITE up; a crossing 2xx still gets its BYE
 *   over      nothing more comes
 */
import type { OutboundMessage } from '../msrp/effect.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { RequestDraft, ResponseDraft, SipEvent } from '../sip/effect.ts';
import type { Header, SipRequest, SipResponse } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { LegMedia, type MediaOwner } from './leg-media.ts';
import { hasRecipientList, readOffer, sdpType } from './request.ts';

export type InDialogRequest = Extract<SipEvent, { kind: 'request' }>;

export type LegOwner = MediaOwner & {
  /** Our INVITE has been answered. */
  readonly joined: (nowMs: number) => void;
  /** Our INVITE has been refused; the leg is over. */
  readonly refused: (nowMs: number, status: number) => void;
  readonly request: (nowMs: number, event: InDialogRequest) => void;
  /** The dialog is over: with the member's BYE, or without. */
  readonly ended: (nowMs: number, bye: SipRequest | undefined) => void;
};

export class Leg {
  readonly #desk: Desk;
  readonly #contact: Header;
  readonly #owner: LegOwner;
  readonly #media: LegMedia;
  #state: 'new' | 'inviting' | 'standing' | 'leaving' | 'over' = 'new';
  #dialog = '';

  constructor(desk: Desk, contact: Header, owner: LegOwner) {
    this.#desk = desk;
    this.#contact = contact;
    this.#owner = owner;
    this.#media = new LegMedia(desk, owner);
  }

  /** Whether the peer wants messages at all. */
  get isListening(): boolean {
    return this.#media.isListening;
  }

  /** Invites the member. */
  invite(nowMs: number, draftOf: (sdp: Uint8Array) => RequestDraft): void {
    const { agent, options } = this.#desk;
    const draft = draftOf(this.#media.offer());
    this.#state = 'inviting';
    this.#own(agent.invite(nowMs, draft, options.resolve(draft.uri)));
  }

  /** Takes the member's INVITE. */
  accept(nowMs: number, dialog: string, offer: MsrpMedia): void {
    this.#state = 'standing';
    this.#own(dialog);
    this.#desk.agent.respond(nowMs, dialog, this.#ok(this.#media.answer(nowMs, offer)));
  }

  /** Why the peer wouldn't take a message of this type and size; undefined if it would. */
  refusalOf(contentType: string, bytes: number): number | undefined {
    return this.#media.refusalOf(contentType, bytes);
  }

  send(nowMs: number, message: OutboundMessage): boolean {
    return this.#media.send(nowMs, message);
  }

  report(nowMs: number, messageId: string, bytes: number): void {
    this.#media.report(nowMs, messageId, bytes);
  }

  /** Ends a leg that is not over without a word to its owner: CANCEL or BYE. */
  end(nowMs: number, headers: readonly Header[]): void {
    if (this.#state === 'inviting') {
      this.#state = 'leaving';
      this.#media.close(nowMs);
      this.#desk.agent.cancel(nowMs, this.#dialog, headers);
    } else {
      this.#forget();
      this.#media.linger();
      this.#desk.agent.bye(nowMs, this.#dialog, headers);
    }
  }

  /** Lets go of the leg: the member finds its media gone and its dialog unknown, and comes back to where the group is then. */
  drop(nowMs: number): void {
    if (this.#state === 'inviting') {
      this.end(nowMs, []);
      return;
    }
    this.#forget();
    this.#media.close(nowMs);
    this.#desk.agent.end(nowMs, this.#dialog);
  }

  #own(dialog: string): void {
    this.#dialog = dialog;
    this.#desk.ownDialog(dialog, (nowMs, event) => this.#event(nowMs, event));
  }

  #forget(): void {
    this.#state = 'over';
    this.#desk.leaveDialog(this.#dialog);
  }

  #event(nowMs: number, event: SipEvent): void {
    switch (event.kind) {
      case 'answered':
        this.#answered(nowMs, event.response);
        return;
      case 'answered-again':
        // RFC 3261 13.2.2.4: one leg is enough; the device that was slower gets a BYE.
        this.#desk.agent.bye(nowMs, event.other);
        return;
      case 'refused':
        this.#refused(nowMs, event.status);
        return;
      case 'update':
        this.#desk.agent.respond(nowMs, event.transaction, this.#updated(nowMs, event.request));
        return;
      case 'acknowledged':
        this.#completeLate(nowMs, event.request);
        return;
      case 'request':
        this.#owner.request(nowMs, event);
        return;
      case 'bye':
        this.#ended(nowMs, event.request);
        return;
      case 'dialog-lost':
        this.#ended(nowMs, undefined);
        return;
      default:
    }
  }

  #answered(nowMs: number, response: SipResponse): void {
    const answer = readOffer(response, this.#desk.isTls);
    if (this.#state === 'leaving' || answer.kind === 'refused') {
      this.#desk.agent.bye(nowMs, this.#dialog);
      this.#refused(nowMs, 488);
      return;
    }
    this.#state = 'standing';
    this.#media.complete(nowMs, answer.media);
    this.#owner.joined(nowMs);
  }

  #refused(nowMs: number, status: number): void {
    const isNews = this.#state === 'inviting';
    this.#forget();
    this.#media.close(nowMs);
    if (isNews) this.#owner.refused(nowMs, status);
  }

  #ended(nowMs: number, bye: SipRequest | undefined): void {
    this.#forget();
    this.#media.close(nowMs);
    this.#owner.ended(nowMs, bye);
  }

  #updated(nowMs: number, request: SipRequest): ResponseDraft {
    // RFC 5366 5: within a dialog a recipient list is not supported.
    if (hasRecipientList(request)) {
      return { status: 420, headers: [{ name: 'Unsupported', value: 'recipient-list-invite' }] };
    }
    // RFC 3261 14.2: a re-INVITE without an offer gets ours; its ACK has the answer.
    if (request.body.length === 0) return this.#ok(this.#media.offer());
    const offer = readOffer(request, this.#desk.isTls);
    if (offer.kind === 'refused') return { status: offer.status, reason: offer.reason };
    return this.#ok(this.#media.answer(nowMs, offer.media));
  }

  #completeLate(nowMs: number, ack: SipRequest): void {
    if (ack.body.length === 0) return;
    const answer = readOffer(ack, this.#desk.isTls);
    if (answer.kind === 'media') this.#media.complete(nowMs, answer.media);
  }

  #ok(body: Uint8Array): ResponseDraft {
    return {
      status: 200,
      headers: [this.#contact, { name: 'Content-Type', value: sdpType }],
      body,
    };
  }
}
