/**
 * The side of a participation that faces the client: at most one session that messages go to at any time (promise 4). A newer one replaces
 * an older one (decision O-06); what an older session still says is not heard. Beside a session that only delivers, a re-joined one may
 * stand and wait until that is done (decisions D-15 and O-12).
 */
import type { Trigger } from '../../shared/core/participation/event.ts';
import type { InboundMessage, MsrpLoss } from '../msrp/effect.ts';
import type { DialogState } from '../sip/effect.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { ClientSession, triggerOf } from './client-session.ts';
import type { Desk } from './desk.ts';
import { mediaUpMs } from './limit.ts';
import { MediaLeg, type MediaTypes } from './media-leg.ts';
import { elsewhere, unavailable } from './reason.ts';

export type ClientOwner = {
  readonly up: (nowMs: number) => void;
  /** A client that was lost has brought new media within its old dialog. */
  readonly returned: (nowMs: number) => void;
  /** `heardMs`: when the client was last heard of, if it has gone without a word. */
  readonly lost: (nowMs: number, trigger: Trigger, heardMs?: number) => void;
  /** A voluntary leave, with the BYE. */
  readonly left: (nowMs: number, request: SipRequest) => void;
  /** The session gives way to a newer one, or its media to newer ones. */
  readonly replaced: (nowMs: number) => void;
  readonly message: (nowMs: number, message: InboundMessage) => void;
  readonly answered: (nowMs: number, reference: number, status: number) => void;
  readonly room: (nowMs: number) => void;
};

export type JoiningClient = {
  readonly dialog: string;
  readonly leg: MediaLeg;
  readonly contact: Header;
  readonly types: MediaTypes;
};

export class ClientSide {
  readonly #desk: Desk;
  readonly #owner: ClientOwner;
  #session: ClientSession | undefined;
  /** The session whose media were lost: its dialog stands until the client comes back in some way. */
  #lostSession: ClientSession | undefined;
  /** A re-joined session that waits until the present one has delivered everything. */
  #next: ClientSession | undefined;
  /** Its media have to come up soon. */
  #watched: MediaLeg | undefined;

  constructor(desk: Desk, owner: ClientOwner) {
    this.#desk = desk;
    this.#owner = owner;
  }

  get isPresent(): boolean {
    return this.#session !== undefined;
  }

  get leg(): MediaLeg | undefined {
    return this.#session?.leg;
  }

  /** A re-joined session waits for its turn. */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** The session with the client is agreed on. */
  join(nowMs: number, joining: JoiningClient): void {
    const older = this.#session;
    this.#session = undefined;
    older?.bye(nowMs, [elsewhere]);
    if (older !== undefined) this.#owner.replaced(nowMs);
    this.#lostSession?.bye(nowMs, [elsewhere]);
    this.#lostSession = undefined;
    this.#session = this.#newSession(joining);
  }

  /** A re-joined session is agreed on while the present one goes on delivering (decision D-15). */
  joinNext(nowMs: number, joining: JoiningClient): void {
    this.#next?.bye(nowMs, [elsewhere]);
    this.#next = this.#newSession(joining);
  }

  /** Goes on with the re-joined session; the present one, if it still stands, ends. */
  advance(nowMs: number, headers: readonly Header[]): void {
    const before = this.#session;
    this.#session = this.#next;
    this.#next = undefined;
    before?.bye(nowMs, headers);
    this.#lostSession?.bye(nowMs, [elsewhere]);
    this.#lostSession = undefined;
    this.#owner.replaced(nowMs);
    if (this.#session?.leg.isUp === true) this.#owner.up(nowMs);
  }

  /** Tells the client what its session is from now on, if that is news. */
  renew(nowMs: number, contact: Header): void {
    this.#session?.renew(nowMs, contact);
  }

  /** The client registers again: if its media don't come up then, what it has accepted is not known to it any more. */
  shows(): void {
    const { leg } = this;
    if (leg === undefined || leg.isUp || leg === this.#watched) return;
    this.#watched = leg;
    this.#desk.setTimer(`media/${this.#desk.nextNumber()}`, mediaUpMs, (nowMs) => {
      if (this.leg === leg && !leg.isUp) this.#lost(nowMs, 'connect-failed');
    });
  }

  /** The media of a client that is being invited or has called. */
  newLeg(): MediaLeg {
    const isCurrent = (): boolean => this.#session?.leg === leg;
    const leg: MediaLeg = new MediaLeg(this.#desk, {
      up: (nowMs) => {
        if (isCurrent()) this.#owner.up(nowMs);
        else if (this.#lostSession?.leg === leg) this.#returned(nowMs);
      },
      down: (nowMs, loss) => {
        if (isCurrent()) this.#lost(nowMs, loss);
        else if (this.#next?.leg === leg) this.endNext(nowMs);
      },
      message: (nowMs, message) => this.#owner.message(nowMs, message),
      answered: (nowMs, reference, status) => this.#owner.answered(nowMs, reference, status),
      room: (nowMs) => this.#owner.room(nowMs),
    });
    return leg;
  }

  /** Ends the session from our side; `then` follows when the client has answered, or can't. */
  hangUp(nowMs: number, headers: readonly Header[], then: (nowMs: number) => void): void {
    const session = this.#session;
    this.#session = undefined;
    this.endNext(nowMs);
    if (session === undefined) then(nowMs);
    else session.bye(nowMs, headers, then);
  }

  /** Ends a session without traffic: the user has not left, so what comes is kept. */
  endIdle(nowMs: number): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.bye(nowMs, []);
    this.#owner.lost(nowMs, 'bye');
  }

  /** Lets go of the session without a word, for another edge to go on with it; answers its dialog. */
  detach(nowMs: number): DialogState | undefined {
    const session = this.#session;
    this.#session = undefined;
    this.close(nowMs);
    if (session === undefined) return undefined;
    session.leg.detach();
    session.close(nowMs);
    return this.#desk.agent.dialogState(session.dialog);
  }

  /** Gives the re-joined session up that waits. */
  endNext(nowMs: number): void {
    this.#next?.bye(nowMs, [unavailable]);
    this.#next = undefined;
  }

  /** Forgets the session; a dialog that still stands is ended. */
  close(nowMs: number): void {
    this.#session?.bye(nowMs, [unavailable]);
    this.#session = undefined;
    this.endNext(nowMs);
    this.#lostSession?.bye(nowMs, [unavailable]);
    this.#lostSession = undefined;
  }

  #newSession(joining: JoiningClient): ClientSession {
    const session: ClientSession = new ClientSession(this.#desk, joining, joining.types, {
      left: (nowMs, request) => this.#left(nowMs, session, request),
      lost: (nowMs, heardMs) => this.#dialogLost(nowMs, session, heardMs),
      moving: (nowMs) => {
        if (this.#session === session) this.#owner.replaced(nowMs);
      },
    });
    return session;
  }

  #left(nowMs: number, session: ClientSession, request: SipRequest): void {
    if (this.#next === session) {
      this.#next = undefined;
      this.#session?.bye(nowMs, [elsewhere]);
    } else if (this.#next !== undefined) {
      // Decision O-12: the client drops the delivery, and what is left of it goes over the re-joined session.
      this.advance(nowMs, []);
      return;
    }
    this.#session = undefined;
    this.#lostSession = undefined;
    this.#owner.left(nowMs, request);
  }

  #lost(nowMs: number, loss: MsrpLoss): void {
    if (this.#next !== undefined) {
      this.advance(nowMs, [unavailable]);
      return;
    }
    this.#lostSession = this.#session;
    this.#session = undefined;
    // A client whose way to us was ended by one of our own has not gone: any registration of it counts.
    const heardMs = loss === 'way-ended' ? 0 : this.#lostSession?.leg.heardMs;
    this.#owner.lost(nowMs, triggerOf(loss), heardMs);
  }

  /** The dialog is over: by a BYE that is no leaving, or by silence. */
  #dialogLost(nowMs: number, session: ClientSession, heardMs?: number): void {
    if (this.#next === session) {
      this.#next = undefined;
      return;
    }
    if (this.#session === session && this.#next !== undefined) {
      this.advance(nowMs, []);
      return;
    }
    const wasPresent = this.#session !== undefined;
    this.#session = undefined;
    this.#lostSession = undefined;
    if (wasPresent) this.#owner.lost(nowMs, 'bye', heardMs);
  }

  #returned(nowMs: number): void {
    this.#session = this.#lostSession;
    this.#lostSession = undefined;
    this.#owner.returned(nowMs);
  }
}
