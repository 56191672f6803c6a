/**
 * The session with one client: its dialog and its media. Tells the owner whether the client has left of its own will, is lost, or
 * has moved to other media.
 */
import type { MsrpLoss } from '../msrp/effect.ts';
import type { SipEvent } from '../sip/effect.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { reasons } from '../sip/reason.ts';
import type { Desk } from './desk.ts';
import { isForOffer, mediaOf, sdpType } from './invitation-text.ts';
import type { MediaLeg, MediaTypes } from './media-leg.ts';

export type SessionOwner = {
  /** BYE with cause 200: a voluntary leave. */
  readonly left: (nowMs: number, request: SipRequest) => void;
  /** BYE with another cause or none (decision D-16), or a dialog that is over, by silence since the last sign of the client. */
  readonly lost: (nowMs: number, heardMs?: number) => void;
  /** The client moves to other media, which are not up yet. */
  readonly moving: (nowMs: number) => void;
};

export class ClientSession {
  readonly #desk: Desk;
  readonly #owner: SessionOwner;
  readonly #types: MediaTypes;
  readonly dialog: string;
  readonly leg: MediaLeg;
  #contact: Header;
  #isOver = false;

  constructor(
    desk: Desk,
    client: { readonly dialog: string; readonly leg: MediaLeg; readonly contact: Header },
    types: MediaTypes,
    owner: SessionOwner,
  ) {
    this.#desk = desk;
    this.#owner = owner;
    this.#types = types;
    this.#contact = client.contact;
    this.dialog = client.dialog;
    this.leg = client.leg;
    desk.ownDialog(client.dialog, (nowMs, event) => this.#event(nowMs, event));
  }

  /** The group goes on under a new identity, or a session that only delivered becomes one for all: told by a re-INVITE. */
  renew(nowMs: number, contact: Header): void {
    const isOneWay = this.leg.remote?.direction === 'recvonly';
    if (!isOneWay && contact.value === this.#contact.value) return;
    this.#contact = contact;
    const transaction = this.#desk.agent.reinvite(nowMs, this.dialog, {
      headers: [contact, { name: 'Content-Type', value: sdpType }],
      body: this.leg.reoffer(this.#types),
    });
    // A client that refuses stays in the session that it knows (RFC 3261 14.1).
    this.#desk.onResponse(transaction, (_atMs, { response }) => {
      const answer = mediaOf(response);
      if (answer.kind === 'media') this.leg.reanswered(answer.media);
    });
  }

  /** Ends the session from our side. */
  bye(nowMs: number, headers: readonly Header[], then?: (nowMs: number) => void): void {
    if (this.#isOver) return;
    this.close(nowMs);
    const transaction = this.#desk.agent.bye(nowMs, this.dialog, headers);
    if (then === undefined) return;
    if (transaction === undefined) then(nowMs);
    else this.#desk.onResponse(transaction, (atMs) => then(atMs));
  }

  /** Forgets the session without a word. */
  close(nowMs: number): void {
    this.#isOver = true;
    this.#desk.leaveDialog(this.dialog);
    this.leg.close(nowMs);
  }

  #event(nowMs: number, event: SipEvent): void {
    switch (event.kind) {
      case 'bye':
        this.close(nowMs);
        if (this.#isLeaving(event.request)) this.#owner.left(nowMs, event.request);
        else this.#owner.lost(nowMs);
        return;
      case 'dialog-lost':
        this.close(nowMs);
        this.#owner.lost(nowMs, this.leg.heardMs);
        return;
      case 'update':
        this.#updated(nowMs, event.transaction, event.request);
        return;
      case 'request':
        this.#desk.agent.respond(nowMs, event.transaction, { status: 405 });
    }
  }

  #isLeaving(request: SipRequest): boolean {
    if (reasons(request).length > 0) return isVoluntary(request);
    return this.#desk.options.isByeWithoutReasonVoluntary;
  }

  /** A re-INVITE: other media, or the same again (RFC 3264 8). */
  #updated(nowMs: number, transaction: string, request: SipRequest): void {
    const { agent } = this.#desk;
    const headers = [this.#contact, { name: 'Content-Type', value: sdpType }];
    if (isForOffer(request) && this.leg.isUp) {
      const body = this.leg.reoffer(this.#types);
      agent.respond(nowMs, transaction, { status: 200, headers, body });
      return;
    }
    const offer = mediaOf(request);
    if (offer.kind === 'refused') {
      agent.respond(nowMs, transaction, { status: offer.status, reason: offer.reason });
      return;
    }
    const body = this.leg.answer(nowMs, offer.media, this.#types);
    if (!this.leg.isUp) this.#owner.moving(nowMs);
    agent.respond(nowMs, transaction, { status: 200, headers, body });
  }
}

/** 001 8.3.2.9: a Reason with protocol SIP and cause 200. */
export function isVoluntary(request: SipRequest): boolean {
  return reasons(request).some(
    ({ protocol, cause }) => protocol.toUpperCase() === 'SIP' && cause === 200,
  );
}

/** How a lost connection counts as a trigger (decision D-02). */
export function triggerOf(loss: MsrpLoss): 'msrp-setup' | 'msrp-lost' {
  return loss === 'connect-failed' ? 'msrp-setup' : 'msrp-lost';
}
