/**
 * What one member says goes to all others, or to those whom the message names, with the same Message-ID and unchanged bytes. The
 * sender's 200 waits for theirs (promise 1). A repetition is recognised by its Message-ID and goes only to those who have missed it.
 */
import { ownText } from '../bytes/text.ts';
import type { InboundMessage } from '../msrp/effect.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { type ReadChat, readChat } from './chat-message.ts';
import type { Desk } from './desk.ts';
import { authorMessagesMax } from './limit.ts';
import type { Member } from './member.ts';
import { Passing } from './passing.ts';

type Chat = Extract<ReadChat, { kind: 'chat' }>;

export class FanOut {
  readonly #desk: Desk;
  readonly #identity: string;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #spoken: (nowMs: number) => void;

  /** `spoken` is told of every message that is passed on, which keeps the group from being idle. */
  constructor(
    desk: Desk,
    group: { readonly identity: string; readonly members: ReadonlyMap<string, Member> },
    spoken: (nowMs: number) => void,
  ) {
    this.#desk = desk;
    this.#identity = group.identity;
    this.#members = group.members;
    this.#spoken = spoken;
  }

  /** A message of a member has come in. */
  take(nowMs: number, author: Member, message: InboundMessage): void {
    const chat = readChat(message.contentType, message.body, author.user);
    if (chat.kind === 'refused') {
      this.#desk.msrp.answer(nowMs, message.inbound, chat.status);
      return;
    }
    const recipients = this.#recipients(author, chat);
    if (chat.isFleeting) {
      // Decision C-11: isComposing waits for nobody.
      for (const member of recipients) member.outlet.hint(nowMs, message);
      this.#desk.msrp.answer(nowMs, message.inbound, 200);
      return;
    }
    this.#spoken(nowMs);
    const known = author.said(message.messageId);
    if (known === undefined) this.#pass(nowMs, author, message, recipients);
    else if (known === 'delivered') this.#confirm(nowMs, author, message);
    else this.#repeat(nowMs, author, message, known);
  }

  #pass(
    nowMs: number,
    author: Member,
    message: InboundMessage,
    recipients: readonly Member[],
  ): void {
    const refusal = this.#refusalOf(author, message, recipients);
    if (refusal !== undefined) {
      this.#desk.msrp.answer(nowMs, message.inbound, refusal);
      return;
    }
    const { isSuccessReportWanted } = message;
    const messageId = ownText(message.messageId);
    const bytes = message.body.length;
    const passing = new Passing(
      (atMs, inbound, status) => {
        author.unanswered = Math.max(0, author.unanswered - 1);
        this.#desk.msrp.answer(atMs, inbound, status);
      },
      (atMs) => {
        author.delivered(messageId);
        if (isSuccessReportWanted) author.leg?.report(atMs, messageId, bytes);
      },
    );
    author.say(messageId, passing);
    this.#send(nowMs, author, { message, passing, recipients });
  }

  /** RFC 4975 5.4: all have it, and the answer that said so was lost. */
  #confirm(nowMs: number, author: Member, message: InboundMessage): void {
    const { messageId, inbound, isSuccessReportWanted } = message;
    this.#desk.msrp.answer(nowMs, inbound, 200);
    if (isSuccessReportWanted) author.leg?.report(nowMs, messageId, message.body.length);
  }

  /** RFC 4975 5.4: what was sent before comes again because its answer was lost, or was none. */
  #repeat(nowMs: number, author: Member, message: InboundMessage, passing: Passing): void {
    const members = passing.missedBy.flatMap((user) => this.#members.get(user) ?? []);
    const recipients = members.filter(({ outlet }) => outlet.isReachable);
    if (!this.#hasRoom(author, message, recipients)) {
      this.#desk.msrp.answer(nowMs, message.inbound, 413);
      return;
    }
    passing.forgetMissed();
    this.#send(nowMs, author, { message, passing, recipients });
    for (const { outlet } of this.#members.values()) outlet.watch(nowMs);
  }

  #send(
    nowMs: number,
    author: Member,
    what: {
      readonly message: InboundMessage;
      readonly passing: Passing;
      readonly recipients: readonly Member[];
    },
  ): void {
    const { message, passing, recipients } = what;
    const { messageId, contentType, body } = message;
    author.unanswered++;
    passing.await(nowMs, message.inbound);
    for (let index = 0; index < recipients.length; index++) passing.open();
    for (const { outlet } of recipients) {
      outlet.put(nowMs, { messageId, contentType, body }, passing);
    }
    passing.settle(nowMs);
  }

  #refusalOf(
    author: Member,
    message: InboundMessage,
    recipients: readonly Member[],
  ): number | undefined {
    // RFC 7701 6.3: whom nobody can reach is not found; a 200 would say that it has arrived.
    if (recipients.length === 0) return 404;
    return this.#hasRoom(author, message, recipients) ? undefined : 413;
  }

  #hasRoom(author: Member, message: InboundMessage, recipients: readonly Member[]): boolean {
    const hasRoom = recipients.every(({ outlet }) => outlet.hasRoom(message.body.length));
    return hasRoom && author.unanswered < authorMessagesMax;
  }

  /** RFC 7701 6.2: a message that names members only is for them alone; any other is for all. */
  #recipients(author: Member, chat: Chat): readonly Member[] {
    const named = chat.to.map((uri) => this.#memberOf(uri));
    const isPrivate = named.length > 0 && named.every((member) => member !== undefined);
    const meant = isPrivate ? new Set(named) : this.#members.values();
    const recipients: Member[] = [];
    for (const member of meant) {
      if (member !== undefined && member !== author && member.outlet.isReachable) {
        recipients.push(member);
      }
    }
    return recipients;
  }

  /** The member whom a URI names; the group's own identity, which most messages carry, is nobody's. */
  #memberOf(uri: string): Member | undefined {
    if (uri === this.#identity) return undefined;
    return this.#members.get(uri) ?? this.#members.get(`${addressOfRecord(uri)}`);
  }
}
