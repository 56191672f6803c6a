/**
 * Our leg to the focus: a dialog and its media, set up by the focus's INVITE or by ours, and brought up again after a loss by a
 * re-INVITE, or by a new INVITE to the Group Session Identity where the focus has forgotten the dialog.
 */
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import type { DialogState, ResponseDraft, SipEvent } from '../sip/effect.ts';
import type { Header, SipRequest, SipResponse } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { FocusRetry } from './focus-retry.ts';
import { focusContact, isForOffer, mediaOf, namedHeaders, sdpType } from './invitation-text.ts';
import { sequenceGap } from './limit.ts';
import { MediaLeg, type MediaOwner, type MediaTypes } from './media-leg.ts';
import { ownUri, userPart } from './own-uri.ts';

export type FocusOwner = MediaOwner & {
  /** The focus has ended the session: by BYE, or by being out of reach. */
  readonly ended: (nowMs: number, request: SipRequest | undefined) => void;
  /** The leg stands again; its dialog has to be kept. */
  readonly recovered: (nowMs: number, focus: DialogState) => void;
};

export type FocusTerms = {
  readonly user: string;
  readonly contributionId: string;
  readonly types: MediaTypes;
  /** Headers of our own INVITE to the focus. */
  readonly headers: readonly Header[];
};

export type FocusInvite = {
  readonly uri: string;
  readonly body: (sdp: Uint8Array) => {
    readonly headers: readonly Header[];
    readonly body: Uint8Array;
  };
};

export type FocusInviteOutcome = {
  readonly progress: (nowMs: number, response: SipResponse) => void;
  /** `focus` is the dialog as it is kept. */
  readonly answered: (nowMs: number, response: SipResponse, focus: DialogState) => void;
  readonly refused: (nowMs: number, status: number, response: SipResponse | undefined) => void;
};

export class FocusLink {
  readonly #desk: Desk;
  readonly #terms: FocusTerms;
  readonly #owner: FocusOwner;
  readonly leg: MediaLeg;
  readonly #retry: FocusRetry;
  #dialog: string | undefined;
  #inviting: string | undefined;
  #identity: string;
  #wasUp = false;
  #isStanding = false;

  constructor(desk: Desk, identity: string, terms: FocusTerms, owner: FocusOwner) {
    this.#desk = desk;
    this.#identity = identity;
    this.#terms = terms;
    this.#owner = owner;
    this.#retry = new FocusRetry(desk);
    this.leg = new MediaLeg(desk, {
      ...owner,
      up: (nowMs) => {
        this.#wasUp = true;
        owner.up(nowMs);
      },
      down: (nowMs, loss) => {
        owner.down(nowMs, loss);
        this.#lost(nowMs);
      },
    });
  }

  get identity(): string {
    return this.#identity;
  }

  /** The session was agreed on, though its dialog may be another one soon. */
  get isStanding(): boolean {
    return this.#isStanding;
  }

  /** Accepts the focus's INVITE in the user's name; `then` gets the dialog as it is kept. */
  accept(
    nowMs: number,
    { dialog, media }: { readonly dialog: string; readonly media: MsrpMedia },
    then: (focus: DialogState) => void,
  ): void {
    this.#take(dialog);
    this.#desk.agent.respond(
      nowMs,
      dialog,
      this.#ok(this.leg.answer(nowMs, media, this.#terms.types)),
    );
    this.#keep(dialog, then);
  }

  /** Takes the leg up after another edge, or this one before a restart, has lost it. */
  restore(nowMs: number, state: DialogState): void {
    const localSequence = state.localSequence + sequenceGap;
    const dialog = this.#desk.agent.restore({ ...state, localSequence });
    this.#take(dialog);
    this.#recover(nowMs, dialog);
  }

  /** Leaves the session. */
  bye(nowMs: number, headers: readonly Header[]): void {
    const dialog = this.#dialog;
    this.#isStanding = false;
    this.leg.close(nowMs);
    if (dialog === undefined) return;
    this.#forget();
    this.#desk.agent.bye(nowMs, dialog, headers);
  }

  /** Another leg takes its place: whoever still thinks of this one is told. */
  giveWay(nowMs: number): void {
    this.cancelInvite(nowMs);
    this.bye(nowMs, []);
  }

  /** Forgets the leg without a word. */
  close(nowMs: number): void {
    this.cancelInvite(nowMs);
    this.leg.close(nowMs);
    this.#isStanding = false;
    this.#forget();
  }

  #take(dialog: string): void {
    this.#dialog = dialog;
    this.#isStanding = true;
    this.#retry.stop();
    this.#desk.ownDialog(dialog, (nowMs, event) => this.#event(nowMs, event));
  }

  #forget(): void {
    this.#retry.answered();
    if (this.#dialog !== undefined) this.#desk.leaveDialog(this.#dialog);
    this.#dialog = undefined;
  }

  /** Tells the dialog as it is kept for another edge. */
  #keep(dialog: string, then: (focus: DialogState) => void): void {
    const state = this.#desk.agent.dialogState(dialog);
    if (state !== undefined) then(state);
  }

  #contact(): Header {
    const uri = ownUri(this.#desk, userPart(this.#terms.user));
    return { name: 'Contact', value: `<${uri}>` };
  }

  #event(nowMs: number, event: SipEvent): void {
    if (event.kind === 'bye') {
      this.close(nowMs);
      this.#owner.ended(nowMs, event.request);
    } else if (event.kind === 'update') {
      this.#desk.agent.respond(nowMs, event.transaction, this.#reanswer(nowMs, event.request));
    } else if (event.kind === 'dialog-lost') {
      this.close(nowMs);
      this.#owner.ended(nowMs, undefined);
    } else if (event.kind === 'request') {
      this.#desk.agent.respond(nowMs, event.transaction, { status: 405 });
    }
  }

  #reanswer(nowMs: number, request: SipRequest): ResponseDraft {
    if (isForOffer(request) && this.leg.isUp) return this.#ok(this.leg.reoffer(this.#terms.types));
    const offer = mediaOf(request);
    if (offer.kind === 'refused') return { status: offer.status, reason: offer.reason };
    return this.#ok(this.leg.answer(nowMs, offer.media, this.#terms.types));
  }

  #ok(body: Uint8Array): ResponseDraft {
    const headers = [this.#contact(), { name: 'Content-Type', value: sdpType }];
    return { status: 200, headers, body };
  }

  /** A connection that was up is brought up again; one that never came about is given up. */
  #lost(nowMs: number): void {
    const dialog = this.#dialog;
    if (this.#wasUp && dialog !== undefined) {
      this.#wasUp = false;
      this.#recover(nowMs, dialog);
      return;
    }
    this.bye(nowMs, []);
    this.#owner.ended(nowMs, undefined);
  }

  /** RFC 4975 5.4: either side may recover by a re-INVITE with a new path. */
  #recover(nowMs: number, dialog: string): void {
    const body = this.leg.offer('sendrecv', this.#terms.types);
    const transaction = this.#desk.agent.reinvite(nowMs, dialog, {
      headers: [this.#contact(), { name: 'Content-Type', value: sdpType }],
      body,
    });
    this.#retry.afterSilence((atMs) => this.#joinAgain(atMs));
    this.#desk.onResponse(transaction, (atMs, event) => {
      if (this.#dialog !== dialog) return;
      this.#retry.answered();
      const answer = event.response && event.status < 300 ? mediaOf(event.response) : undefined;
      if (answer?.kind !== 'media') this.#joinAgain(atMs);
      else {
        this.leg.complete(atMs, answer.media);
        this.#keep(dialog, (focus) => this.#owner.recovered(atMs, focus));
      }
    });
  }

  /** Invites the focus in the user's name; the dialog is ours once it has answered. */
  invite(nowMs: number, invite: FocusInvite, outcome: FocusInviteOutcome): void {
    const { agent, options } = this.#desk;
    const sdp = this.leg.offer('sendrecv', this.#terms.types);
    const { headers, body } = invite.body(sdp);
    const named = namedHeaders(this.#terms.user, invite.uri);
    const own = [...named, this.#contact(), ...this.#terms.headers];
    const dialog = agent.invite(
      nowMs,
      { method: 'INVITE', uri: invite.uri, headers: [...own, ...headers], body },
      options.resolve(invite.uri, this.#terms.contributionId),
    );
    this.#inviting = dialog;
    this.#desk.ownDialog(dialog, (atMs, event) => {
      switch (event.kind) {
        case 'progress':
          outcome.progress(atMs, event.response);
          return;
        case 'answered':
          this.#invited(atMs, dialog, event.response, outcome);
          return;
        case 'refused':
          this.#uninvited(atMs, dialog);
          outcome.refused(atMs, event.status, event.response);
      }
    });
  }

  /** Gives the INVITE up. */
  cancelInvite(nowMs: number): void {
    this.#retry.stop();
    const dialog = this.#inviting;
    if (dialog === undefined) return;
    this.#desk.agent.cancel(nowMs, dialog);
    this.leg.close(nowMs);
    this.#inviting = undefined;
  }

  #invited(
    nowMs: number,
    dialog: string,
    response: SipResponse,
    outcome: FocusInviteOutcome,
  ): void {
    const answer = mediaOf(response);
    if (this.#inviting !== dialog || answer.kind === 'refused') {
      this.#desk.agent.bye(nowMs, dialog);
      this.#uninvited(nowMs, dialog);
      outcome.refused(nowMs, 488, undefined);
      return;
    }
    this.#inviting = undefined;
    this.#take(dialog);
    this.#identity = focusContact(response) ?? this.#identity;
    this.leg.complete(nowMs, answer.media);
    this.#keep(dialog, (focus) => outcome.answered(nowMs, response, focus));
  }

  #uninvited(nowMs: number, dialog: string): void {
    this.#desk.leaveDialog(dialog);
    if (this.#inviting !== dialog) return;
    this.#inviting = undefined;
    this.leg.close(nowMs);
  }

  /** The focus has forgotten the dialog: a new INVITE to the group session. */
  #joinAgain(nowMs: number): void {
    if (this.#dialog !== undefined) this.#desk.agent.end(nowMs, this.#dialog);
    this.#forget();
    this.invite(
      nowMs,
      {
        uri: this.#identity,
        body: (body) => ({ headers: [{ name: 'Content-Type', value: sdpType }], body }),
      },
      {
        progress: () => {},
        answered: (atMs, _response, focus) => this.#owner.recovered(atMs, focus),
        refused: (atMs, status) => {
          const isTried = this.#retry.after(status, (laterMs) => this.#joinAgain(laterMs));
          if (!isTried) this.#owner.ended(atMs, undefined);
        },
      },
    );
  }
}
