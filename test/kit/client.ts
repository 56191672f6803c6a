/** A chat client of one user: registers, creates groups, accepts invitations, sends and receives CPIM messages. */
import { randomUUID } from 'node:crypto';
import { findPart, parseMultipart, printMultipart } from '../../edge/bytes/multipart.ts';
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import { type MsrpMedia, readMsrpMedia } from '../../edge/sdp/msrp-media.ts';
import { answerDirection } from '../../edge/sdp/negotiate.ts';
import { writeMsrpSdp } from '../../edge/sdp/write.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { header, headerValues } from '../../edge/sip/header.ts';
import type { Header, SipMessage } from '../../edge/sip/message.ts';
import { writeResourceLists } from '../../edge/xml/resource-lists.ts';
import { answerChallenge } from './digest.ts';
import { newToken, Party, type PartyOptions } from './party.ts';
import { until } from './wait.ts';

export type ClientOptions = PartyOptions & { readonly domain: string; readonly password: string };

/** A chat message as the client got it. */
export type Received = { readonly from: string; readonly text: string; readonly id: string };

type Chat = { dialog: string; session: string; identity: string; isUp: boolean };
type Response = Extract<SipEvent, { readonly kind: 'response' }>;

const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';
const types = 'message/cpim application/group-state-object+xml'.split(' ');
const wrapped = ['text/plain', 'message/imdn+xml'];

export class Client extends Party {
  readonly uri: string;
  readonly received: Received[] = [];
  readonly #options: ClientOptions;
  readonly #instance = `<urn:uuid:${randomUUID()}>`;
  readonly #responses = new Map<string, (event: Response) => void>();
  readonly #answers = new Map<number, (status: number) => void>();
  #chat: Chat | undefined;
  #sent = 0;
  #registers = 0;

  constructor(options: ClientOptions) {
    super(options);
    this.#options = options;
    this.uri = `sip:${options.name}@${options.domain}`;
  }

  /** The Group Session Identity of the present chat. */
  get group(): string | undefined {
    return this.#chat?.isUp ? this.#chat.identity : undefined;
  }

  /** Registers, with digest when asked for it. */
  async register(): Promise<void> {
    const first = await this.#register([]);
    if (first.status !== 401 || first.response === undefined) throw unexpected(this, first);
    const authorization = answerChallenge(headerValues(first.response, 'WWW-Authenticate'), {
      method: 'REGISTER',
      uri: `sip:${this.#options.domain}`,
      user: this.name,
      password: this.#options.password,
    });
    const second = await this.#register([{ name: 'Authorization', value: authorization }]);
    if (second.status !== 200) throw unexpected(this, second);
    this.ladder.pass(this.name, 'rejoin', 'REGISTER, 200', `${this.name} is reachable`);
  }

  /** Creates a group by the conference factory; resolves when its media are up. */
  async createGroup(members: readonly string[], subject: string): Promise<void> {
    const session = this.media.open();
    const factory = `sip:conference-factory@${this.#options.domain}`;
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
    const headers = [
      ...this.#identity(factory),
      { name: 'Contact', value: this.#contact() },
      { name: 'Accept-Contact', value: `*;${tag}` },
      { name: 'Contribution-ID', value: newToken() },
      { name: 'Conversation-ID', value: newToken() },
      { name: 'Subject', value: subject },
      { name: 'Require', value: 'recipient-list-invite' },
      { name: 'Content-Type', value: contentType },
    ];
    this.ladder.pass(this.name, 'rejoin', 'INVITE (factory)', `${this.name} creates a group`);
    this.step(() => {
      const draft = { method: 'INVITE', uri: factory, headers, body };
      const dialog = this.agent.invite(nowMs(), draft, this.server);
      this.#chat = { dialog, session, identity: '', isUp: false };
    });
    await until(`${this.name} is in the group`, () => this.#chat?.isUp);
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
    this.#chat = undefined;
    await super.loseNetwork();
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'invite') this.#invited(event.dialog, event.request);
    else if (event.kind === 'answered') this.#answered(event.response);
    else if (event.kind === 'refused') {
      this.ladder.pass('rejoin', this.name, String(event.status), event.response?.reason ?? '');
    } else if (event.kind === 'response') this.#responses.get(event.transaction)?.(event);
    else if (event.kind === 'request') {
      this.agent.respond(nowMs(), event.transaction, { status: 200 });
    } else if (event.kind === 'bye' && event.dialog === this.#chat?.dialog) this.#chat = undefined;
  }

  override onMsrp(event: MsrpEvent): void {
    if (event.kind === 'bound' && event.session === this.#chat?.session) this.#chat.isUp = true;
    else if (event.kind === 'delivered') this.#answers.get(event.reference)?.(200);
    else if (event.kind === 'failed') this.#answers.get(event.reference)?.(event.status);
    else if (event.kind === 'message') {
      this.media.answer(nowMs(), event.message.inbound, 200);
      if (event.message.contentType.startsWith('message/cpim')) this.#got(event.message.body);
    }
  }

  #got(body: Uint8Array): void {
    const message = readCpim(utf8Decode(body));
    this.received.push(message);
    const author = /sip:([^@]+)@/.exec(message.from)?.[1] ?? '?';
    this.ladder.pass('rejoin', this.name, 'SEND, 200', `"${message.text}" of ${author}`);
  }

  #invited(dialog: string, request: SipMessage): void {
    const offer = mediaOf(request);
    if (offer === undefined) {
      this.agent.respond(nowMs(), dialog, { status: 488 });
      return;
    }
    this.ladder.pass('rejoin', this.name, `INVITE (${offer.direction}), 200`, 'into the group');
    const session = this.media.open();
    const identity = parseAddress(header(request, 'Contact') ?? '')?.uri ?? '';
    this.#chat = { dialog, session, identity, isUp: false };
    const sdp = this.#describe(session, 'active', answerDirection(offer.direction));
    this.agent.respond(nowMs(), dialog, {
      status: 200,
      headers: [
        { name: 'Contact', value: this.#contact() },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: sdp,
    });
    this.media.start(nowMs(), session, { path: offer.path, isActive: true });
  }

  #answered(response: SipMessage): void {
    const answer = mediaOf(response);
    if (this.#chat === undefined || answer === undefined) return;
    this.#chat.identity = parseAddress(header(response, 'Contact') ?? '')?.uri ?? '';
    const isActive = answer.setup === 'passive';
    this.media.start(nowMs(), this.#chat.session, { path: answer.path, isActive });
  }

  #register(extra: readonly Header[]): Promise<Response> {
    const uri = `sip:${this.#options.domain}`;
    this.#registers++;
    const headers = [
      ...this.#identity(this.uri),
      { name: 'Call-ID', value: `register-${this.#instance}` },
      { name: 'CSeq', value: `${this.#registers} REGISTER` },
      { name: 'Contact', value: `${this.#contact()};expires=600` },
      ...extra,
    ];
    return new Promise((resolve) => {
      this.step(() => {
        const draft = { method: 'REGISTER', uri, headers };
        this.#responses.set(this.agent.request(nowMs(), draft, this.server), resolve);
      });
    });
  }

  #identity(to: string): readonly Header[] {
    return [
      { name: 'From', value: `<${this.uri}>` },
      { name: 'To', value: `<${to}>` },
    ];
  }

  #contact(): string {
    return `<sip:${this.name}@${this.address};transport=tcp>;+sip.instance="${this.#instance}";${tag}`;
  }

  #describe(
    session: string,
    setup: 'actpass' | 'active',
    direction: MsrpMedia['direction'] = 'sendrecv',
  ): Uint8Array {
    return writeMsrpSdp({
      host: '127.0.0.1',
      port: this.msrpPort,
      path: [this.media.path(session)],
      acceptTypes: types,
      acceptWrappedTypes: wrapped,
      setup,
      direction,
      sessionId: 1,
      version: 1,
      isTls: false,
    });
  }
}

function mediaOf(message: SipMessage): MsrpMedia | undefined {
  const parts = parseMultipart(header(message, 'Content-Type') ?? '', message.body) ?? [];
  const sdp = findPart(parts, 'application/sdp');
  const read = sdp && readMsrpMedia(sdp.body);
  return read?.kind === 'media' ? read.media : undefined;
}

function cpim(message: Received & { readonly to: string }): string {
  return [
    `From: <${message.from}>`,
    `To: <${message.to}>`,
    `DateTime: ${new Date().toISOString()}`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${message.id}`,
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    message.text,
  ].join('\r\n');
}

function readCpim(text: string): Received {
  return {
    from: /^From: <([^>]*)>/m.exec(text)?.[1] ?? '',
    id: /^imdn\.Message-ID: (\S+)/m.exec(text)?.[1] ?? '',
    text: text.split('\r\n\r\n').slice(2).join('\r\n\r\n'),
  };
}

function unexpected(client: Client, event: Response): Error {
  return new Error(`${client.name}: REGISTER was answered ${event.status}`);
}
