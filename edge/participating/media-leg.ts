/**
 * The media of one SIP dialog: offer and answer, and the MSRP session they agree on. Client and focus legs are the same here;
 * what the messages mean is the owner's business.
 */
import type { InboundMessage, MsrpEvent, MsrpLoss, OutboundMessage } from '../msrp/effect.ts';
import type { Direction, MsrpMedia } from '../sdp/msrp-media.ts';
import { accepts, answerDirection, answerSetup, isOffererActive } from '../sdp/negotiate.ts';
import { writeMsrpSdp } from '../sdp/write.ts';
import type { Desk } from './desk.ts';

export type MediaTypes = {
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes: readonly string[];
};

export type MediaOwner = {
  readonly up: (nowMs: number) => void;
  readonly down: (nowMs: number, loss: MsrpLoss) => void;
  readonly message: (nowMs: number, message: InboundMessage) => void;
  /** The peer has answered the message of a reference. */
  readonly answered: (nowMs: number, reference: number, status: number) => void;
  /** The peer has reported on a message. */
  readonly reported?: (nowMs: number, messageId: string, status: number) => void;
  /** After `send` has answered false. */
  readonly room?: (nowMs: number) => void;
};

export class MediaLeg {
  readonly #desk: Desk;
  readonly #owner: MediaOwner;
  readonly #sdpId: string;
  #sdpVersion = 0;
  #session: string | undefined;
  /** The MSRP URI of the session. */
  #path = '';
  #remote: MsrpMedia | undefined;
  #isUp = false;
  #heardMs = 0;
  /** How our offer's session was lost before its answer came. */
  #earlyLoss: MsrpLoss | undefined;

  constructor(desk: Desk, owner: MediaOwner) {
    this.#desk = desk;
    this.#owner = owner;
    this.#sdpId = String(desk.nextNumber());
  }

  /** What the peer has described; undefined before. */
  get remote(): MsrpMedia | undefined {
    return this.#remote;
  }

  /** When the peer was last heard of: by its description, or by anything that it has said over the session. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Whether the peer takes messages of a type. */
  takes(type: string): boolean {
    return this.#remote !== undefined && accepts(this.#remote.acceptTypes, type);
  }

  /** Whether the peer takes messages of a type within others. */
  takesWrapped(type: string): boolean {
    return this.#remote !== undefined && accepts(this.#remote.acceptWrappedTypes, type);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** An offer with a session of its own. */
  offer(direction: Direction, types: MediaTypes): Uint8Array {
    this.#open();
    return this.#describe('actpass', direction, types);
  }

  /** An offer of the session as it is, in both directions. */
  reoffer(types: MediaTypes): Uint8Array {
    return this.#describe('actpass', 'sendrecv', types);
  }

  /** The answer to that. */
  reanswered(answer: MsrpMedia): void {
    this.#remote = answer;
  }

  /** The answer to an offer; the session starts with it. A path that hasn't changed keeps its session (RFC 3264 8). */
  answer(nowMs: number, offer: MsrpMedia, types: MediaTypes): Uint8Array {
    const setup = answerSetup(offer.setup, 'active');
    const isSame = this.#isUp && this.#remote?.path.join(' ') === offer.path.join(' ');
    this.#remote = offer;
    if (!isSame) {
      this.#open();
      this.#start(nowMs, setup === 'active');
    }
    return this.#describe(setup, answerDirection(offer.direction), types);
  }

  /** The answer to our offer has come. */
  complete(nowMs: number, answer: MsrpMedia): void {
    this.#remote = answer;
    const loss = this.#earlyLoss;
    if (loss !== undefined) this.#loseLater(loss);
    this.#start(nowMs, isOffererActive(answer.setup));
  }

  /** Queues a message for the peer; false if its queue is full now. */
  send(nowMs: number, message: OutboundMessage): boolean {
    return this.#session === undefined ? true : this.#desk.msrp.send(nowMs, this.#session, message);
  }

  report(nowMs: number, messageId: string, outcome: { status: number; bytes: number }): void {
    if (this.#session === undefined) return;
    this.#desk.msrp.report(nowMs, this.#session, messageId, outcome.status, outcome.bytes);
  }

  pause(): void {
    if (this.#session !== undefined) this.#desk.msrp.pauseReading(this.#session);
  }

  resume(): void {
    if (this.#session !== undefined) this.#desk.msrp.resumeReading(this.#session);
  }

  /** Lets go of the session without ending it: what happens to it is nobody's business from here on. */
  detach(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#isUp = false;
    this.#desk.clearTimer(this.#timerOf(session));
    this.#desk.leaveSession(session);
  }

  /** Ends the session without telling the owner. */
  close(nowMs: number): void {
    this.#earlyLoss = undefined;
    const session = this.#session;
    if (session === undefined) return;
    this.detach();
    this.#desk.msrp.close(nowMs, session);
  }

  #open(): void {
    const { msrp } = this.#desk;
    const session = msrp.open();
    const before = this.#session;
    this.#earlyLoss = undefined;
    this.#session = session;
    this.#path = msrp.path(session);
    this.#isUp = false;
    if (before !== undefined) this.#leave(before);
    this.#desk.ownSession(session, (nowMs, event) => this.#event(nowMs, event));
  }

  #leave(session: string): void {
    this.#desk.clearTimer(this.#timerOf(session));
    this.#desk.leaveSession(session);
    this.#desk.setTimer(`close/${session}`, 0, (nowMs) => this.#desk.msrp.close(nowMs, session));
  }

  #start(nowMs: number, isActive: boolean): void {
    const session = this.#session;
    const remote = this.#remote;
    this.#heardMs = nowMs;
    if (session === undefined || remote === undefined) return;
    this.#desk.msrp.start(nowMs, session, { path: remote.path, isActive });
    // 002 8.3.2.9 case 3: a connection that doesn't come about is a loss.
    this.#desk.setTimer(this.#timerOf(session), this.#desk.options.mediaTimeoutMs, (atMs) => {
      if (this.#session === session && !this.#isUp) this.#lost(atMs, 'connect-failed');
    });
  }

  #timerOf(session: string): string {
    return `media/${session}`;
  }

  /** The owner of what was lost before the answer came has to know it as its own first. */
  #loseLater(loss: MsrpLoss): void {
    this.#desk.setTimer(`lost/${this.#desk.nextNumber()}`, 0, (nowMs) => {
      if (this.#earlyLoss === undefined) return;
      this.#earlyLoss = undefined;
      this.#owner.down(nowMs, loss);
    });
  }

  #lost(nowMs: number, loss: MsrpLoss): void {
    const isEarly = this.#remote === undefined;
    this.close(nowMs);
    if (isEarly) this.#earlyLoss = loss;
    this.#owner.down(nowMs, loss);
  }

  #event(nowMs: number, event: MsrpEvent): void {
    if (event.kind !== 'lost' && event.kind !== 'room') this.#heardMs = nowMs;
    switch (event.kind) {
      case 'bound':
        this.#isUp = true;
        this.#desk.clearTimer(this.#timerOf(event.session));
        this.#owner.up(nowMs);
        return;
      case 'message':
        this.#owner.message(nowMs, event.message);
        return;
      case 'delivered':
        this.#owner.answered(nowMs, event.reference, 200);
        return;
      case 'failed':
        this.#owner.answered(nowMs, event.reference, event.status);
        return;
      case 'report':
        this.#owner.reported?.(nowMs, event.messageId, event.status);
        return;
      case 'room':
        this.#owner.room?.(nowMs);
        return;
      case 'lost':
        if (event.session === this.#session) this.#lost(nowMs, event.loss);
    }
  }

  #describe(
    setup: 'actpass' | 'active' | 'passive',
    direction: Direction,
    types: MediaTypes,
  ): Uint8Array {
    const { msrpHost, msrpPort, messageBytesMax } = this.#desk.options;
    this.#sdpVersion++;
    // RFC 3264 6, 8: each line that the peer has ever offered has one, whoever offers now.
    const { mediaBefore = [], mediaAfter = [] } = this.#remote ?? {};
    return writeMsrpSdp({
      host: msrpHost,
      port: msrpPort,
      path: [this.#path],
      acceptTypes: types.acceptTypes,
      acceptWrappedTypes: types.acceptWrappedTypes,
      setup,
      direction,
      maxSize: messageBytesMax,
      sessionId: this.#sdpId,
      version: this.#sdpVersion,
      isTls: false,
      mediaBefore,
      mediaAfter,
    });
  }
}
