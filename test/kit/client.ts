/** A chat client of one user: registers, creates groups, accepts invitations, sends and receives CPIM messages. */
import { printMultipart } from '../../edge/bytes/multipart.ts';
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import type { MsrpMedia } from '../../edge/sdp/msrp-media.ts';
import { answerDirection } from '../../edge/sdp/negotiate.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { RequestDraft, SipEvent } from '../../edge/sip/effect.ts';
import { header } from '../../edge/sip/header.ts';
import type { Header, SipMessage } from '../../edge/sip/message.ts';
import { writeResourceLists } from '../../edge/xml/resource-lists.ts';
import { newToken } from './party.ts';
import { Subscriber, tag } from './subscriber.ts';
import { cpim, describeMedia, mediaOf, type Received, readCpim } from './text.ts';
import { until } from './wait.ts';

/** What the client remembers of a session. */
type Chat = {
  readonly dialog: string;
  readonly session: string;
  /** The other side's Contact: the Group Session Identity, or the other user. */
  identity: string;
  readonly contributionId: string;
  isUp: boolean;
};

type Calling = { readonly draft: RequestDraft; readonly session: string };

export class Client extends Subscriber {
  readonly received: Received[] = [];
  readonly #answers = new Map<number, (status: number) => void>();
  #chat: Chat | undefined;
  #calling: Calling | undefined;
  #last: Pick<Chat, 'identity' | 'contributionId'> | undefined;
  #ringing: (() => void) | undefined;
  /** What its own INVITE was refused with. */
  refusal: number | undefined;
  /** Sessions that the other side has ended. */
  ended = 0;
  /** Group state objects received. */
  groupStates = 0;
  /** An INVITE rings until `pickUp`. */
  isSlow = false;
  /** INVITEs are answered with this status, if one is given. */
  declines: number | undefined;
  #sent = 0;

  /** The Group Session Identity of the present chat. */
  get group(): string | undefined {
    return this.#chat?.isUp ? this.#chat.identity : undefined;
  }

  /** Creates a group by the conference factory; resolves when its media are up. */
  async createGroup(members: readonly string[], subject: string): Promise<void> {
    const session = this.media.open();
    const factory = `sip:conference-factory@${this.domain}`;
    const list = writeResourceLists(members.map((uri) => ({ uri, copyControl: 'to' })));
    const { contentType, body } = printMultipart(
      [
        { headers: [], contentType: 'application/sdp', body: this.#describe(session, 'actpass') },
        {
          headers: [{ name: 'Content-Disposition', value: 'recipient-list' }],
          contentType: 'application/resource-lists+xml',
          body: list,
        },
      ],
      newToken(),
    );
    const contributionId = newToken();
    const headers = [
      { name: 'Subject', value: subject },
      { name: 'Require', value: 'recipient-list-invite' },
    ];
    this.ladder.pass(this.name, 'rejoin', 'INVITE (factory)', `${this.name} creates a group`);
    this.#invite({ uri: factory, contributionId, session, headers, contentType, body });
    await until(`${this.name} is in the group`, () => this.#chat?.isUp);
  }

  /** Asks to be in the last group again; resolves when its media are up, or it is refused. */
  async rejoin(): Promise<void> {
    const last = this.#last;
    if (last === undefined) throw new Error(`${this.name} was in no group`);
    this.ladder.pass(this.name, 'rejoin', 'INVITE (re-join)', `${this.name} wants to be back`);
    await this.#call(last.identity, last.contributionId);
  }

  /** Calls another user; resolves when the media are up. */
  async chat(uri: string): Promise<void> {
    this.ladder.pass(this.name, 'rejoin', 'INVITE', `${this.name} calls ${uri}`);
    await this.#call(uri, newToken());
  }

  /** Answers the INVITE that rings. */
  pickUp(): void {
    this.#ringing?.();
    this.#ringing = undefined;
  }

  /** Leaves the present chat, as its user wants to. */
  leave(): void {
    const dialog = this.#chat?.dialog;
    if (dialog === undefined) throw new Error(`${this.name} is in no chat`);
    const reason = { name: 'Reason', value: 'SIP;cause=200' };
    this.ladder.pass(this.name, 'rejoin', 'BYE (cause 200)', `${this.name} leaves`);
    this.step(() => this.agent.bye(nowMs(), dialog, [reason]));
    this.#forget();
  }

  /** Says something in the present chat; resolves with the response to it. */
  async say(text: string): Promise<number> {
    const chat = this.#chat;
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
    else if (event.kind === 'refused') this.#refused(event.status, event.response);
    else if (event.kind === 'response') this.responded(event);
    else if (event.kind === 'request') this.requested(event);
    else if (event.kind === 'bye') this.#ended(event.dialog, event.request);
  }

  override onMsrp(event: MsrpEvent): void {
    if (event.kind === 'bound' && event.session === this.#chat?.session) this.#chat.isUp = true;
    else if (event.kind === 'lost' && event.session === this.#chat?.session) this.#cutOff();
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
    if (this.#chat !== undefined) this.#chat.isUp = false;
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
    const session = this.media.open();
    const identity = parseAddress(header(request, 'Contact') ?? '')?.uri ?? '';
    const contributionId = header(request, 'Contribution-ID') ?? '';
    this.#chat = { dialog, session, identity, contributionId, isUp: false };
    const sdp = this.#describe(session, 'active', answerDirection(offer.direction));
    this.agent.respond(nowMs(), dialog, {
      status: 200,
      headers: [
        { name: 'Contact', value: this.contact() },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: sdp,
    });
    this.media.start(nowMs(), session, { path: offer.path, isActive: true });
  }

  #ended(dialog: string, request: SipMessage): void {
    const reason = header(request, 'Reason') ?? 'without a Reason';
    const isPresent = dialog === this.#chat?.dialog;
    this.ladder.pass('rejoin', this.name, 'BYE, 200', isPresent ? reason : 'of the lost session');
    if (!isPresent) return;
    this.ended++;
    this.#forget();
  }

  #forget(): void {
    this.#last = this.#chat ?? this.#last;
    this.#chat = undefined;
  }

  async #call(uri: string, contributionId: string): Promise<void> {
    this.refusal = undefined;
    const session = this.media.open();
    const body = this.#describe(session, 'actpass');
    const contentType = 'application/sdp';
    this.#invite({ uri, contributionId, session, headers: [], contentType, body });
    await until(
      `${this.name} has an answer`,
      () => this.#chat?.isUp === true || this.refusal !== undefined,
    );
  }

  #invite(call: {
    readonly uri: string;
    readonly contributionId: string;
    readonly session: string;
    readonly headers: readonly Header[];
    readonly contentType: string;
    readonly body: Uint8Array;
  }): void {
    const { uri, contributionId, session, body } = call;
    const headers = [
      ...this.identity(uri),
      { name: 'Contact', value: this.contact() },
      { name: 'Accept-Contact', value: `*;${tag}` },
      { name: 'Contribution-ID', value: contributionId },
      { name: 'Conversation-ID', value: newToken() },
      ...call.headers,
      { name: 'Content-Type', value: call.contentType },
    ];
    this.#dial({ session, draft: { method: 'INVITE', uri, headers, body } }, contributionId);
  }

  #dial(calling: Calling, contributionId: string): void {
    this.#calling = calling;
    this.step(() => {
      const dialog = this.agent.invite(nowMs(), calling.draft, this.server);
      this.#chat = { dialog, ...calling, identity: '', contributionId, isUp: false };
    });
  }

  #refused(status: number, response: SipMessage | undefined): void {
    const calling = this.#calling;
    const chat = this.#chat;
    this.#calling = undefined;
    if (status === 401 && response !== undefined && calling !== undefined) {
      const { draft } = calling;
      const authorization = this.credentials(response, draft.method, draft.uri);
      const headers = [...draft.headers, { name: 'Authorization', value: authorization }];
      const again = { ...calling, draft: { ...draft, headers } };
      queueMicrotask(() => this.#dial(again, chat?.contributionId ?? ''));
      this.#calling = again;
      return;
    }
    this.ladder.pass('rejoin', this.name, String(status), '');
    if (chat?.isUp === false) this.#chat = undefined;
    this.refusal = status;
  }

  #answered(response: SipMessage): void {
    const answer = mediaOf(response);
    if (this.#chat === undefined || answer === undefined) return;
    this.#chat.identity = parseAddress(header(response, 'Contact') ?? '')?.uri ?? '';
    const isActive = answer.setup === 'passive';
    this.media.start(nowMs(), this.#chat.session, { path: answer.path, isActive });
  }

  #describe(
    session: string,
    setup: 'actpass' | 'active',
    direction: MsrpMedia['direction'] = 'sendrecv',
  ): Uint8Array {
    return describeMedia(this.msrpPort, { path: this.media.path(session), setup, direction });
  }
}
