/** Somebody with an account: registers, and answers what it is asked for by digest. */
import { randomUUID } from 'node:crypto';
import { nowMs } from '../../edge/runtime/clock.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { headerValues } from '../../edge/sip/header.ts';
import type { Header, SipMessage } from '../../edge/sip/message.ts';
import { answerChallenge } from './digest.ts';
import { Party, type PartyOptions } from './party.ts';

export type ClientOptions = PartyOptions & { readonly domain: string; readonly password: string };

type Response = Extract<SipEvent, { readonly kind: 'response' }>;

export const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';

export abstract class Subscriber extends Party {
  readonly uri: string;
  readonly domain: string;
  readonly #password: string;
  readonly #instance = `<urn:uuid:${randomUUID()}>`;
  readonly #responses = new Map<string, (event: Response) => void>();
  #registers = 0;

  constructor(options: ClientOptions) {
    super(options);
    this.domain = options.domain;
    this.#password = options.password;
    this.uri = `sip:${options.name}@${options.domain}`;
  }

  /** Registers, with digest when asked for it. */
  async register(): Promise<void> {
    const first = await this.#register([]);
    if (first.status !== 401 || first.response === undefined) throw unexpected(this, first);
    const uri = `sip:${this.domain}`;
    const authorization = this.credentials(first.response, 'REGISTER', uri);
    const second = await this.#register([{ name: 'Authorization', value: authorization }]);
    if (second.status !== 200) throw unexpected(this, second);
    this.ladder.pass(this.name, 'rejoin', 'REGISTER, 200', `${this.name} is reachable`);
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

  #register(extra: readonly Header[]): Promise<Response> {
    const uri = `sip:${this.domain}`;
    this.#registers++;
    const headers = [
      ...this.identity(this.uri),
      { name: 'Call-ID', value: `register-${this.#instance}` },
      { name: 'CSeq', value: `${this.#registers} REGISTER` },
      { name: 'Contact', value: `${this.contact()};expires=600` },
      ...extra,
    ];
    return new Promise((resolve) => {
      this.step(() => {
        const draft = { method: 'REGISTER', uri, headers };
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
