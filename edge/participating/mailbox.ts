/**
 * Messages outside sessions: standalone ones and notifications, by SIP MESSAGE (004 5.2.5, RFC 5438). They go to the recipient's clients
 * if there are any, and are kept otherwise; the sender hears 200 when a client has taken the message, 202 when it is kept.
 */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import {
  notificationsName,
  oneToOneName,
  standaloneName,
} from '../../shared/core/participation/kind.ts';
import type { RequestDraft, ResponseDraft, SipEvent } from '../sip/effect.ts';
import { assertedUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { Desk } from './desk.ts';
import type { UserFound } from './effect.ts';
import { instanceOf } from './invitation-text.ts';
import type { Participant } from './participant.ts';
import { tryAgain } from './reason.ts';
import type { Registry } from './registry.ts';
import { imdnOf, notificationKey, SeenNotifications } from './seen-notifications.ts';
import { isNotification, onward, storedNotification, storedOf } from './standalone-text.ts';

type Request = Extract<SipEvent, { kind: 'request' }>;

type Mail = {
  readonly transaction: string;
  readonly request: SipRequest;
  /** The message as it goes on. */
  readonly draft: RequestDraft;
  readonly recipient: string;
  readonly sender: string;
};

const accepted = 202;

export class Mailbox {
  readonly #desk: Desk;
  readonly #registry: Registry;
  readonly #seen = new SeenNotifications();

  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  /** A client of ours sends a message: to a user of ours it goes at once, to others by their network or focus. */
  fromClient(nowMs: number, { transaction, request }: Request, sender: string): void {
    const recipient = recipientOf(request);
    const mail = { transaction, request, draft: onward(request, sender), recipient, sender };
    this.#desk.sentFrom.remember(sender, request.body, instanceOf(request));
    const key = notificationKey(sender, request.body);
    if (key !== undefined && this.#seen.has(key)) {
      // 004 5.2.6: the first notification of each kind goes on; those of the user's other devices are only answered.
      this.#desk.agent.respond(nowMs, transaction, { status: 200 });
      return;
    }
    this.#registry.findToBegin(recipient, this.#placesFor(mail), (atMs, found) => {
      const answer = (laterMs: number, response: ResponseDraft): void => {
        if (key !== undefined && response.status < 300) this.#seen.add(key);
        this.#desk.agent.respond(laterMs, transaction, response);
      };
      const isElsewhere = found?.isKnown === false || this.#desk.options.isElsewhere(recipient);
      if (isElsewhere) this.#pass(atMs, mail, answer);
      else this.#take(atMs, mail, found, answer);
    });
  }

  /** A trusted peer sends a message for a user of ours. */
  fromPeer(nowMs: number, { transaction, request }: Request): void {
    const answer = (atMs: number, response: ResponseDraft): void =>
      this.#desk.agent.respond(atMs, transaction, response);
    const recipient = recipientOf(request);
    const sender = assertedUser(request);
    if (sender === undefined) answer(nowMs, { status: 403 });
    else {
      const mail = { transaction, request, draft: onward(request, sender), recipient, sender };
      this.#registry.findToBegin(recipient, this.#placesFor(mail), (atMs, found) => {
        if (found?.isKnown === false) answer(atMs, { status: 404 });
        else this.#take(atMs, mail, found, answer);
      });
    }
  }

  /** Where it may be kept, which is known when the recipient's clients are. */
  #placesFor({ recipient, sender, request }: Mail): readonly string[] {
    const notifications = notificationsName(recipient, sender, this.#sentFrom(recipient, request));
    const names = [standaloneName(recipient), ...(isNotification(request) ? [notifications] : [])];
    return names.map(({ contributionId }) => contributionId);
  }

  #pass(nowMs: number, { draft }: Mail, answer: Answer): void {
    const { agent, options } = this.#desk;
    const target = options.resolve(draft.uri);
    if (target.transport === 'local') {
      // There is only the focus, which takes no messages.
      answer(nowMs, { status: 404 });
      return;
    }
    const transaction = agent.request(nowMs, draft, target);
    this.#desk.onResponse(transaction, (atMs, { status }) => answer(atMs, { status }));
  }

  #take(nowMs: number, mail: Mail, found: UserFound | undefined, answer: Answer): void {
    if (found === undefined) {
      answer(nowMs, tryAgain);
      return;
    }
    const isApart = isNotification(mail.request) && this.#isApart(found);
    const running = isNotification(mail.request) ? this.#running(mail) : undefined;
    const participant = running ?? this.#participantOf(mail, found, isApart);
    if (participant.bridge.isFull) {
      answer(nowMs, tryAgain);
      return;
    }
    const { delivery } = participant;
    // What waits already is waited for: the next message goes behind it.
    if (running !== undefined) this.#desk.emit({ kind: 'count', what: 'relayed', messages: 1 });
    else if (found.bindings.length === 0 || participant.isRevived) participant.keep(nowMs);
    else if (!delivery.isOut) delivery.goOn?.(nowMs, found.bindings);
    const stored =
      isApart || running !== undefined
        ? storedNotification(mail.request, nowMs)
        : storedOf(mail.draft, mail.request, nowMs);
    participant.fromFocus(nowMs, {
      ...stored,
      session: '',
      inbound: this.#desk.asked((atMs, { status, isKept }) => {
        if (status === 200) answer(atMs, { status: isKept ? accepted : status });
        else answer(atMs, isKept ? tryAgain : { status });
      }),
      isSuccessReportWanted: false,
      failureReport: 'no',
    });
  }

  /** Kept for a session of its own (001 8.3.2.9.1.1: the second way). */
  #isApart(found: UserFound): boolean {
    return found.bindings.length === 0 && this.#desk.options.notificationWay === 'dedicated';
  }

  /** The session that runs between the two users, where notifications may go within it (001 8.3.2.9.1.1: the first way). */
  #running({ recipient, sender, request }: Mail): Participant | undefined {
    if (this.#desk.options.notificationWay !== 'running') return undefined;
    const participant = this.#registry.find(oneToOneName(recipient, sender));
    const isLive = participant?.client.isPresent === true && participant.bridge.mode === 'live';
    if (!isLive) return undefined;
    const device = this.#sentFrom(recipient, request);
    return device === undefined || device === participant.instance ? participant : undefined;
  }

  #participantOf(
    { recipient, sender, request }: Mail,
    found: UserFound,
    isApart: boolean,
  ): Participant {
    const instance = isApart ? this.#sentFrom(recipient, request) : undefined;
    const name = isApart
      ? notificationsName(recipient, sender, instance)
      : standaloneName(recipient);
    return (
      this.#registry.find(name) ??
      this.#registry.revive(name, found) ??
      this.#registry.hold({
        ...this.#registry.fresh(name, found),
        group: isApart ? notificationsFrom(sender) : standaloneFor(recipient),
        roster: [],
        ...(instance === undefined ? {} : { instance }),
      })
    );
  }

  /** The device that the message was sent from that a notification is about. */
  #sentFrom(recipient: string, { body }: SipRequest): string | undefined {
    const messageId = imdnOf(body)?.messageId;
    return messageId === undefined ? undefined : this.#desk.sentFrom.deviceOf(recipient, messageId);
  }
}

/** Who is to get it: a user of ours by the address of record. */
function recipientOf({ uri }: SipRequest): string {
  return addressOfRecord(uri) ?? uri;
}

type Answer = (nowMs: number, response: ResponseDraft) => void;

function standaloneFor(user: string): GroupInfo {
  return {
    kind: 'standalone',
    identity: user,
    headers: [],
    from: `<${user}>`,
    acceptTypes: [],
    acceptWrappedTypes: [],
  };
}

/** 001 8.3.2.9.1.1, delivery of IMDNs, step 7: the types of the session that brings them. */
function notificationsFrom(sender: string): GroupInfo {
  return {
    kind: 'notifications',
    identity: sender,
    headers: [],
    from: `<${sender}>`,
    acceptTypes: ['message/cpim'],
    acceptWrappedTypes: ['message/imdn+xml'],
  };
}
