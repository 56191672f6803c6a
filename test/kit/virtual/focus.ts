/** A Controlling Function of somebody else in a virtual world: invites users into groups, speaks for their members, tells of participants. */
import { printMultipart } from '../../../edge/bytes/multipart.ts';
import { header } from '../../../edge/sip/header.ts';
import type { Header } from '../../../edge/sip/message.ts';
import { writeConference } from '../../../edge/xml/conference-info.ts';
import { writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import type { Call } from './call.ts';
import { type PartyOptions, type RequestEvent, sdpType } from './callee.ts';
import { chat } from './message.ts';
import { Party } from './party.ts';

export type Group = {
  readonly user: string;
  readonly contributionId: string;
  readonly members: readonly string[];
  readonly headers?: readonly Header[];
};

const conferenceType = 'application/conference-info+xml';

export class Focus extends Party {
  /** The Group Session Identity. */
  identity: string;
  /** Whether its Contact says so. */
  isFocus = true;
  /** Dialogs of subscriptions to the participants. */
  readonly subscriptions: string[] = [];
  protected readonly types = ['message/cpim', 'application/im-iscomposing+xml'];
  #version = 0;
  #said = 0;

  constructor(options: PartyOptions) {
    super(options);
    this.identity = `sip:group-1@${this.host}`;
  }

  protected contact(): string {
    return `<${this.identity}>${this.isFocus ? ';isfocus' : ''}`;
  }

  /** INVITEs a user into the group. */
  open({ user, contributionId, members, headers = [] }: Group): Call {
    const list = writeResourceLists(members.map((uri) => ({ uri, copyControl: 'to' })));
    const disposition = 'recipient-list-history; handling=optional';
    return this.invite({
      uri: user,
      headers: [
        ...this.identified(user),
        { name: 'Contribution-ID', value: contributionId },
        { name: 'Conversation-ID', value: `conversation-${contributionId}` },
        { name: 'Subject', value: 'Hiking' },
        ...headers,
      ],
      body: (sdp) =>
        printMultipart(
          [
            { headers: [], contentType: sdpType, body: sdp },
            {
              headers: [{ name: 'Content-Disposition', value: disposition }],
              contentType: 'application/resource-lists+xml',
              body: list,
            },
          ],
          'kit-boundary',
        ),
    });
  }

  /** From, To and the identity that the focus asserts. */
  identified(user: string): readonly Header[] {
    return [
      { name: 'From', value: `<${this.identity}>` },
      { name: 'To', value: `<${user}>` },
      { name: 'P-Asserted-Identity', value: `<${this.identity}>` },
    ];
  }

  /** Says something for a member; answers its Message-ID. */
  say(text: string, call: Call = this.call): string {
    this.#said++;
    const messageId = `m${this.#said}`;
    this.repeat(messageId, text, call);
    return messageId;
  }

  /** Says something with the Message-ID of an earlier message. */
  repeat(messageId: string, text: string, call: Call = this.call): void {
    const id = `imdn-${messageId}`;
    const body = chat({ from: 'sip:alice@rejoin.test', to: this.identity, id, text });
    this.talk.say(call, body, { messageId });
  }

  /** Reports on a message that it has got. */
  report(messageId: string, status: number, call: Call = this.call): void {
    this.node.do(() => this.node.msrp.report(this.node.nowMs, call.session, messageId, status, 1));
  }

  /** Tells that a member is typing. */
  type(call: Call = this.call): void {
    this.#said++;
    const type = 'application/im-iscomposing+xml';
    this.talk.say(call, '<isComposing><state>active</state></isComposing>', {
      messageId: `typing${this.#said}`,
      type,
    });
  }

  /** The same, within CPIM. */
  typeInCpim(call: Call = this.call): void {
    this.#said++;
    const messageId = `typing${this.#said}`;
    const body = chat({
      from: 'sip:alice@rejoin.test',
      to: this.identity,
      id: messageId,
      text: '<isComposing/>',
      type: 'application/im-iscomposing+xml',
    });
    this.talk.say(call, body, { messageId });
  }

  /** Tells every subscriber who is in the group. */
  notify(users: readonly string[], options: { state?: string; body?: Uint8Array } = {}): void {
    this.#version++;
    const { state = 'active;expires=3600' } = options;
    const body =
      options.body ??
      writeConference({
        entity: this.identity,
        version: this.#version,
        users: users.map((uri) => ({ uri, endpoint: uri, status: 'connected' as const })),
      });
    this.node.do(() => {
      for (const dialog of this.subscriptions) this.#notify(dialog, state, body);
    });
  }

  protected override respond(event: RequestEvent, status: number): void {
    if (event.request.method !== 'SUBSCRIBE' || status >= 300) super.respond(event, status);
    else this.#subscribed(event, status);
  }

  #subscribed({ transaction, request, dialog }: RequestEvent, status: number): void {
    const { agent, nowMs } = this.node;
    const expires = header(request, 'Expires') ?? '3600';
    const headers = [
      { name: 'Contact', value: this.contact() },
      { name: 'Expires', value: expires },
    ];
    if (dialog !== undefined) agent.respond(nowMs, transaction, { status, headers });
    const subscription =
      dialog ?? agent.acceptSubscription(nowMs, transaction, { status, headers });
    if (dialog === undefined) this.subscriptions.push(subscription);
    if (expires !== '0') return;
    this.#notify(subscription, 'terminated;reason=timeout', new Uint8Array());
    this.subscriptions.splice(this.subscriptions.indexOf(subscription), 1);
  }

  #notify(dialog: string, state: string, body: Uint8Array): void {
    const headers = [
      { name: 'Event', value: 'conference' },
      { name: 'Subscription-State', value: state },
      ...(body.length === 0 ? [] : [{ name: 'Content-Type', value: conferenceType }]),
    ];
    this.node.agent.requestInDialog(this.node.nowMs, dialog, { method: 'NOTIFY', headers, body });
  }
}
