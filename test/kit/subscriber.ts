/** Somebody with an account: registers, and answers what it is asked for by digest. */
import { randomUUID } from 'node:crypto';
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import type { RequestDraft, SipEvent } from '../../edge/sip/effect.ts';
import { header, headerValues } from '../../edge/sip/header.ts';
import type { Header, SipMessage } from '../../edge/sip/message.ts';
import { answerChallenge } from './digest.ts';
import { Party, type PartyOptions } from './party.ts';
import { cpim, readCpim } from './text.ts';
import { pause } from './wait.ts';

export type ClientOptions = PartyOptions & { readonly domain: string; readonly password: string };

const againTriesMax = 50;
const againPauseMs = 300;

type Response = Extract<SipEvent, { readonly kind: 'response' }>;
type Request = Extract<SipEvent, { readonly kind: 'request' }>;

export const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';

export abstract class Subscriber extends Party {
  readonly uri: string;
  readonly domain: string;
  readonly #password: string;
  readonly #instance = `<urn:uuid:${randomUUID()}>`;
  readonly #responses = new Map<string, (event: Response) => void>();
  #registers = 0;
  /** Registers again when its connection is gone. */
  isFaithful = false;
  /** What the notifications of its subscriptions have said of them. */
  readonly states: string[] = [];
  /** Texts of the standalone messages received. */
  readonly mail: string[] = [];

  constructor(options: ClientOptions) {
    super(options);
    this.domain = options.domain;
    this.#password = options.password;
    this.uri = `sip:${options.name}@${options.domain}`;
  }

  /** Registers, with digest when asked for it. */
  async register(expiresS = 600): Promise<void> {
    const first = await this.#register(expiresS, []);
    const isAsked = first.status === 401 && first.response !== undefined;
    const last = isAsked ? await this.#registerBy(first.response, expiresS) : first;
    if (last.status !== 200) throw unexpected(this, last);
    const meaning = `${this.name} is ${expiresS > 0 ? '' : 'not '}reachable`;
    this.ladder.pass(this.name, 'rejoin', 'REGISTER, 200', meaning);
  }

  #registerBy(challenge: SipMessage, expiresS: number): Promise<Response> {
    const value = this.credentials(challenge, 'REGISTER', `sip:${this.domain}`);
    return this.#register(expiresS, [{ name: 'Authorization', value }]);
  }

  /** Is not reachable any more. */
  async unregister(): Promise<void> {
    await this.register(0);
  }

  /** A client that wants to be reached registers anew over another connection (RFC 5626 4.4). */
  override flowClosed(): void {
    if (this.isFaithful) void this.#registerAgain();
  }

  async #registerAgain(): Promise<void> {
    for (let tries = 0; tries < againTriesMax; tries++) {
      await pause(againPauseMs);
      try {
        await this.register();
        return;
      } catch {
        // Refused or out of reach: another time.
      }
    }
  }

  /** Sends a standalone message; resolves with the final answer. */
  async write(to: string, text: string): Promise<number> {
    const body = utf8Encode(cpim({ from: this.uri, to, id: randomUUID(), text }));
    const headers = [
      ...this.identity(to),
      { name: 'Contribution-ID', value: randomUUID() },
      { name: 'Content-Type', value: 'message/cpim' },
    ];
    const first = await this.#request({ method: 'MESSAGE', uri: to, headers, body });
    if (first.status !== 401 || first.response === undefined) return first.status;
    const value = this.credentials(first.response, 'MESSAGE', to);
    const more = [...headers, { name: 'Authorization', value }];
    return (await this.#request({ method: 'MESSAGE', uri: to, headers: more, body })).status;
  }

  /** Follows the roster of a group session. */
  follow(uri: string): void {
    const headers = [
      ...this.identity(uri),
      { name: 'Contact', value: this.contact() },
      { name: 'Event', value: 'conference' },
      { name: 'Expires', value: '600' },
    ];
    this.step(() => {
      this.agent.subscribe(nowMs(), { method: 'SUBSCRIBE', uri, headers }, this.server);
    });
  }

  /** A request outside INVITE sessions. */
  protected requested({ request, transaction }: Request): void {
    if (request.method === 'MESSAGE') {
      const { text, from } = readCpim(utf8Decode(request.body));
      this.mail.push(text);
      this.ladder.pass('rejoin', this.name, 'MESSAGE, 200', `"${text}" of ${from}`);
    }
    if (request.method === 'NOTIFY') this.states.push(header(request, 'Subscription-State') ?? '');
    this.agent.respond(nowMs(), transaction, { status: 200 });
  }

  /** The answer to a request other than an INVITE. */
  protected responded(event: Response): void {
    this.#responses.get(event.transaction)?.(event);
  }

  protected credentials(response: SipMessage, method: string, uri: string): string {
    return answerChallenge(headerValues(response, 'WWW-Authenticate'), {
      method,
      uri,
      user: this.name,
      password: this.#password,
    });
  }

  #register(expiresS: number, extra: readonly Header[]): Promise<Response> {
    const uri = `sip:${this.domain}`;
    this.#registers++;
    const headers = [
      ...this.identity(this.uri),
      { name: 'Call-ID', value: `register-${this.#instance}` },
      { name: 'CSeq', value: `${this.#registers} REGISTER` },
      { name: 'Contact', value: `${this.contact()};expires=${expiresS}` },
      ...extra,
    ];
    return this.#request({ method: 'REGISTER', uri, headers });
  }

  #request(draft: RequestDraft): Promise<Response> {
    return new Promise((resolve) => {
      this.step(() => {
        this.#responses.set(this.agent.request(nowMs(), draft, this.server), resolve);
      });
    });
  }

  protected identity(to: string): readonly Header[] {
    return [
      { name: 'From', value: `<${this.uri}>` },
      { name: 'To', value: `<${to}>` },
    ];
  }

  protected contact(): string {
    return `<sip:${this.name}@${this.address};transport=tcp>;+sip.instance="${this.#instance}";${tag}`;
  }
}

function unexpected(client: Subscriber, event: Response): Error {
  return new Error(`${client.name}: REGISTER was answered ${event.status}`);
}
