/**
 * The MSRP session of a leg and the session descriptions that make it: offers, answers, and a new session where the peer brings a new
 * path. What a message or a loss means is the owner's business.
 */
import type { InboundMessage, MsrpEvent, OutboundMessage } from '../msrp/effect.ts';
import type { MsrpMedia } from '../sdp/msrp-media.ts';
import { accepts, answerDirection, answerSetup, isOffererActive } from '../sdp/negotiate.ts';
import type { Desk } from './desk.ts';
import { acceptTypes, describe } from './invitation.ts';
import { mediaLingerMs } from './limit.ts';

export type MediaOwner = {
  readonly up: (nowMs: number) => void;
  /** The MSRP session is lost, or has given way to another. */
  readonly down: (nowMs: number) => void;
  readonly message: (nowMs: number, message: InboundMessage) => void;
  readonly acknowledged: (nowMs: number, reference: number, status: number) => void;
  readonly room: (nowMs: number) => void;
};

type Remote = Pick<
  MsrpMedia,
  'path' | 'acceptTypes' | 'maxSize' | 'direction' | 'mediaBefore' | 'mediaAfter'
>;

/** What is taken of a peer that has not answered yet. */
const undescribed: Remote = {
  path: [],
  acceptTypes: ['*'],
  direction: 'sendrecv',
  mediaBefore: [],
  mediaAfter: [],
};

type Described = Pick<Parameters<typeof describe>[0], 'setup' | 'direction'>;

export class LegMedia {
  readonly #desk: Desk;
  readonly #owner: MediaOwner;
  readonly #sdpId: number;
  #sdpVersion = 0;
  #described = '';
  #session: string;
  #remote: Remote = undescribed;
  #isUp = false;

  constructor(desk: Desk, owner: MediaOwner) {
    this.#desk = desk;
    this.#owner = owner;
    this.#sdpId = desk.nextNumber();
    this.#session = this.#open();
  }

  /** RFC 4975 8.9: whether the peer wants messages at present. */
  get isListening(): boolean {
    const { direction } = this.#remote;
    return direction === 'sendrecv' || direction === 'recvonly';
  }

  /** Why the peer wouldn't take a message of this type and size; undefined if it would. */
  refusalOf(contentType: string, bytes: number): number | undefined {
    const { acceptTypes: taken, maxSize = Number.POSITIVE_INFINITY } = this.#remote;
    if (!accepts(taken, contentType)) return 415;
    return bytes > maxSize ? 413 : undefined;
  }

  /** Our present description as an offer. */
  offer(): Uint8Array {
    return this.#describe({ setup: 'actpass', direction: 'sendrecv' });
  }

  /** The answer to an offer. A path that hasn't changed keeps its session while that is up (RFC 3264 8.3). */
  answer(nowMs: number, offer: MsrpMedia): Uint8Array {
    // Members sit behind address translators: where the choice is ours, they connect.
    const setup = answerSetup(offer.setup, 'passive');
    const isKept = this.#isKept(offer);
    if (!isKept && this.#remote !== undescribed) this.#renew(nowMs);
    this.#remote = offer;
    const direction = answerDirection(offer.direction);
    const body = this.#describe({ setup, direction });
    if (!isKept) this.#start(nowMs, setup === 'active');
    return body;
  }

  /** The answer to our offer has come. */
  complete(nowMs: number, answer: MsrpMedia): void {
    const isKept = this.#isKept(answer);
    this.#remote = answer;
    if (!isKept) this.#start(nowMs, isOffererActive(answer.setup));
  }

  /** Hands a message to the session; false if that wants no more for now. */
  send(nowMs: number, message: OutboundMessage): boolean {
    return this.#desk.msrp.send(nowMs, this.#session, message);
  }

  /** Tells the peer that a message of its own has reached the others (RFC 4975 7.1.2). */
  report(nowMs: number, messageId: string, bytes: number): void {
    this.#desk.msrp.report(nowMs, this.#session, messageId, 200, bytes);
  }

  close(nowMs: number): void {
    this.#isUp = false;
    this.#desk.leaveSession(this.#session);
    this.#desk.msrp.close(nowMs, this.#session);
  }

  /**
   * Closes a little later: a peer that gets our BYE closes first, and takes the end for no loss; one that brings a new path may use the
   * old connection for it.
   */
  linger(): void {
    const session = this.#session;
    this.#isUp = false;
    this.#desk.leaveSession(session);
    this.#desk.setTimer(`linger/${session}`, mediaLingerMs, (nowMs) =>
      this.#desk.msrp.close(nowMs, session),
    );
  }

  #isKept(description: MsrpMedia): boolean {
    return this.#isUp && this.#remote.path.join(' ') === description.path.join(' ');
  }

  #open(): string {
    const session = this.#desk.msrp.open({ acceptTypes });
    this.#desk.ownSession(session, (nowMs, event) => this.#event(nowMs, event));
    return session;
  }

  /** RFC 4975 5.4: a new path makes a new session; what the old one had not acknowledged goes over the new one. */
  #renew(nowMs: number): void {
    this.linger();
    this.#session = this.#open();
    this.#owner.down(nowMs);
  }

  #start(nowMs: number, isActive: boolean): void {
    const { path } = this.#remote;
    this.#desk.msrp.start(nowMs, this.#session, { path, isActive });
  }

  #event(nowMs: number, event: MsrpEvent): void {
    switch (event.kind) {
      case 'bound':
        this.#isUp = true;
        this.#owner.up(nowMs);
        return;
      case 'message':
        this.#owner.message(nowMs, event.message);
        return;
      case 'delivered':
        this.#owner.acknowledged(nowMs, event.reference, 200);
        return;
      case 'failed':
        this.#owner.acknowledged(nowMs, event.reference, event.status);
        return;
      case 'room':
        this.#owner.room(nowMs);
        return;
      case 'lost':
        this.#isUp = false;
        this.#owner.down(nowMs);
        return;
      case 'report':
        // What a member's client reports ends here: who wants to know asks for disposition notifications.
        return;
    }
  }

  #describe(described: Described): Uint8Array {
    const path = this.#desk.msrp.path(this.#session);
    const { setup, direction } = described;
    // RFC 3264 6, 8: each line that the peer has ever offered has one, whoever offers now.
    const { mediaBefore, mediaAfter } = this.#remote;
    const key = [path, setup, direction, ...mediaBefore, ' ', ...mediaAfter].join(' ');
    // RFC 3264 8: the version rises with each description that differs from the one before.
    if (key !== this.#described) this.#sdpVersion++;
    this.#described = key;
    return describe({
      ...described,
      mediaBefore,
      mediaAfter,
      path,
      messageBytesMax: this.#desk.options.messageBytesMax,
      sessionId: this.#sdpId,
      version: this.#sdpVersion,
    });
  }
}
