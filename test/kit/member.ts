/** A client of one user in the sessions that others begin: accepts invitations, moves to other media, sends and receives CPIM messages. */
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import type { MsrpMedia } from '../../edge/sdp/msrp-media.ts';
import { answerDirection } from '../../edge/sdp/negotiate.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { header } from '../../edge/sip/header.ts';
import type { SipMessage } from '../../edge/sip/message.ts';
import { newToken } from './party.ts';
import { Subscriber } from './subscriber.ts';
import { cpim, describeMedia, mediaOf, type Received, readCpim } from './text.ts';

/** What the client remembers of a session. */
export type Chat = {
  readonly dialog: string;
  readonly session: string;
  /** The other side's path. */
  path: readonly string[];
  /** The other side's Contact: the Group Session Identity, or the other user. */
  identity: string;
  readonly contributionId: string;
  isUp: boolean;
};

export abstract class Member extends Subscriber {
  readonly received: Received[] = [];
  readonly #answers = new Map<number, (status: number) => void>();
  protected chatNow: Chat | undefined;
  protected last: Pick<Chat, 'identity' | 'contributionId'> | undefined;
  #ringing: (() => void) | undefined;
  /** Sessions that the other side has begun, has ended, and has moved to another path. */
  invited = 0;
  ended = 0;
  moved = 0;
  /** Group state objects received. */
  groupStates = 0;
  /** An INVITE rings until `pickUp`. */
  isSlow = false;
  /** INVITEs are answered with this status, if one is given. */
  declines: number | undefined;
  #sent = 0;

  /** The Group Session Identity of the present chat. */
  get group(): string | undefined {
    return this.chatNow?.isUp ? this.chatNow.identity : undefined;
  }

  get isRinging(): boolean {
    return this.#ringing !== undefined;
  }

  /** Answers the INVITE that rings. */
  pickUp(): void {
    this.#ringing?.();
    this.#ringing = undefined;
  }

  /** Leaves the present chat, as its user wants to. */
  leave(): void {
    const dialog = this.chatNow?.dialog;
    if (dialog === undefined) throw new Error(`${this.name} is in no chat`);
    const reason = { name: 'Reason', value: 'SIP;cause=200' };
    this.ladder.pass(this.name, 'rejoin', 'BYE (cause 200)', `${this.name} leaves`);
    this.step(() => this.agent.bye(nowMs(), dialog, [reason]));
    this.#forget();
  }

  /** Says something in the present chat; resolves with the response to it. */
  async say(text: string): Promise<number> {
    const chat = this.chatNow;
    if (chat === undefined) throw new Error(`${this.name} is in no chat`);
    this.#sent++;
    const reference = this.#sent;
    const status = new Promise<number>((resolve) => this.#answers.set(reference, resolve));
    this.step(() =>
      this.media.send(nowMs(), chat.session, {
        reference,
        messageId: newToken(),
        contentType: 'message/cpim',
        body: utf8Encode(cpim({ from: this.uri, to: chat.identity, id: newToken(), text })),
        isSuccessReportWanted: false,
        failureReport: 'yes',
      }),
    );
    this.ladder.pass(this.name, 'rejoin', `SEND, ${await status}`, `"${text}"`);
    return await status;
  }

  override async loseNetwork(): Promise<void> {
    this.#forget();
    await super.loseNetwork();
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'invite') this.#invited(event.dialog, event.request);
    else if (event.kind === 'answered') this.#answered(event.response);
    else if (event.kind === 'response') this.responded(event);
    else if (event.kind === 'request') this.requested(event);
    else if (event.kind === 'bye') this.#ended(event.dialog, event.request);
    else if (event.kind === 'update') this.#updated(event);
    else if (event.kind === 'cancelled') this.#ringing = undefined;
  }

  override onMsrp(event: MsrpEvent): void {
    if (event.kind === 'bound' && event.session === this.chatNow?.session) this.chatNow.isUp = true;
    else if (event.kind === 'lost' && event.session === this.chatNow?.session) this.#cutOff();
    else if (event.kind === 'delivered') this.#answers.get(event.reference)?.(200);
    else if (event.kind === 'failed') this.#answers.get(event.reference)?.(event.status);
    else if (event.kind === 'message') {
      this.media.answer(nowMs(), event.message.inbound, 200);
      if (event.message.contentType.startsWith('message/cpim')) this.#got(event.message.body);
      else if (event.message.contentType.startsWith('application/group-state')) this.#gotState();
    }
  }

  /** The media are gone: what has no answer by now gets none. */
  #cutOff(): void {
    if (this.chatNow !== undefined) this.chatNow.isUp = false;
    for (const answer of this.#answers.values()) answer(0);
    this.#answers.clear();
  }

  #got(body: Uint8Array): void {
    const message = readCpim(utf8Decode(body));
    this.received.push(message);
    const author = /sip:([^@]+)@/.exec(message.from)?.[1] ?? '?';
    this.ladder.pass('rejoin', this.name, 'SEND, 200', `"${message.text}" of ${author}`);
  }

  #gotState(): void {
    this.groupStates++;
    this.ladder.pass('rejoin', this.name, 'SEND, 200', 'the group state object');
  }

  #invited(dialog: string, request: SipMessage): void {
    const offer = mediaOf(request);
    if (offer === undefined || this.declines !== undefined) {
      this.agent.respond(nowMs(), dialog, { status: this.declines ?? 488 });
      return;
    }
    if (!this.isSlow) {
      this.#accept(dialog, request, offer);
      return;
    }
    this.ladder.pass('rejoin', this.name, `INVITE (${offer.direction}), 180`, 'it rings');
    this.agent.respond(nowMs(), dialog, { status: 180 });
    this.#ringing = () => this.step(() => this.#accept(dialog, request, offer));
  }

  #accept(dialog: string, request: SipMessage, offer: MsrpMedia): void {
    const sender = parseAddress(header(request, 'Referred-By') ?? '')?.uri;
    const what = offer.direction === 'sendonly' ? 'for what was missed' : 'into the session';
    const meaning = sender === undefined ? what : `${what} of ${sender}`;
    this.ladder.pass('rejoin', this.name, `INVITE (${offer.direction}), 200`, meaning);
    const identity = parseAddress(header(request, 'Contact') ?? '')?.uri ?? '';
    const contributionId = header(request, 'Contribution-ID') ?? '';
    this.invited++;
    this.#agree(dialog, { dialog, identity, contributionId }, offer);
  }

  /** A re-INVITE: another path for the media, or the same again. */
  #updated({ transaction, dialog, request }: Extract<SipEvent, { kind: 'update' }>): void {
    const offer = mediaOf(request);
    const chat = this.chatNow;
    if (offer === undefined || chat?.dialog !== dialog) {
      this.agent.respond(nowMs(), transaction, { status: 488 });
      return;
    }
    if (offer.path.join() === chat.path.join()) {
      this.#respond(transaction, chat.session, offer);
      return;
    }
    this.ladder.pass('rejoin', this.name, 're-INVITE, 200', 'the session moves');
    this.moved++;
    this.#cutOff();
    this.media.close(nowMs(), chat.session);
    this.#agree(transaction, chat, offer);
  }

  #agree(
    handle: string,
    chat: Pick<Chat, 'dialog' | 'identity' | 'contributionId'>,
    offer: MsrpMedia,
  ): void {
    const session = this.media.open();
    const { path } = offer;
    this.chatNow = { ...chat, session, path, isUp: false };
    this.#respond(handle, session, offer);
    this.media.start(nowMs(), session, { path, isActive: true });
  }

  #respond(handle: string, session: string, { direction }: MsrpMedia): void {
    this.agent.respond(nowMs(), handle, {
      status: 200,
      headers: [
        { name: 'Contact', value: this.contact() },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: this.describe(session, 'active', answerDirection(direction)),
    });
  }

  #ended(dialog: string, request: SipMessage): void {
    const reason = header(request, 'Reason') ?? 'without a Reason';
    const isPresent = dialog === this.chatNow?.dialog;
    this.ladder.pass('rejoin', this.name, 'BYE, 200', isPresent ? reason : 'of the lost session');
    if (!isPresent) return;
    this.ended++;
    this.#forget();
  }

  #forget(): void {
    this.last = this.chatNow ?? this.last;
    this.chatNow = undefined;
  }

  #answered(response: SipMessage): void {
    const answer = mediaOf(response);
    if (this.chatNow === undefined || answer === undefined) return;
    this.chatNow.identity = parseAddress(header(response, 'Contact') ?? '')?.uri ?? '';
    this.chatNow.path = answer.path;
    const isActive = answer.setup === 'passive';
    this.media.start(nowMs(), this.chatNow.session, { path: answer.path, isActive });
  }

  protected describe(
    session: string,
    setup: 'actpass' | 'active',
    direction: MsrpMedia['direction'] = 'sendrecv',
  ): Uint8Array {
    return describeMedia(this.msrpPort, { path: this.media.path(session), setup, direction });
  }
}
