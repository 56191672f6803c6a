/** A client of a user in a virtual world: registers, re-joins a group, speaks, types, subscribes to the participants. */
import { printMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { header, headerValues } from '../../../edge/sip/header.ts';
import type { Header, SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import { answerChallenge } from '../digest.ts';
import type { Call } from './call.ts';
import { type PartyOptions, sdpType } from './callee.ts';
import { pf } from './describe.ts';
import { chat } from './message.ts';
import { Party } from './party.ts';

export type ClientOptions = PartyOptions & {
  readonly uri: string;
  readonly password: string;
  readonly domain: string;
  /** Types that it takes. */
  readonly types?: readonly string[];
  /** False for a client that names no instance. */
  readonly hasInstance?: boolean;
};

const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';
const usualTypes = ['message/cpim', 'application/group-state-object+xml'];

export class Client extends Party {
  readonly uri: string;
  protected readonly types: readonly string[];
  readonly #account: ClientOptions;
  /** Whether its Contact names its instance. */
  hasInstance: boolean;
  #registers = 0;
  #said = 0;

  constructor(options: ClientOptions) {
    super(options);
    this.uri = options.uri;
    this.types = options.types ?? usualTypes;
    this.#account = options;
    this.hasInstance = options.hasInstance ?? true;
  }

  get instance(): string {
    return `urn:uuid:${this.name}`;
  }

  protected contact(): string {
    const instance = `;+sip.instance="<${this.instance}>"`;
    return `<sip:client@${this.host}:5060;transport=tcp>${this.hasInstance ? instance : ''};${tag}`;
  }

  /** Registers, with credentials when it is asked for them; 0 takes the registration back. */
  register(expiresS = 3600): void {
    this.#register(expiresS, [], (response) => {
      if (response.status !== 401) return;
      const authorization = answerChallenge(headerValues(response, 'WWW-Authenticate'), {
        method: 'REGISTER',
        uri: `sip:${this.#account.domain}`,
        user: /^sip:([^@]+)@/.exec(this.uri)?.[1] ?? '',
        password: this.#account.password,
      });
      this.#register(expiresS, [{ name: 'Authorization', value: authorization }], () => {});
    });
  }

  /** INVITEs a Group Session Identity, to be in the group again. */
  rejoin(uri: string, contributionId: string, headers: readonly Header[] = []): Call {
    return this.invite({
      uri,
      headers: [
        ...this.#from(uri),
        { name: 'Contribution-ID', value: contributionId },
        { name: 'Accept-Contact', value: `*;${tag}` },
        ...headers,
      ],
    });
  }

  /** INVITEs a conference factory with a list of members. */
  create(uri: string, contributionId: string, members: readonly string[]): Call {
    const list = writeResourceLists(members.map((member) => ({ uri: member, copyControl: 'to' })));
    return this.invite({
      uri,
      headers: [
        ...this.#from(uri),
        { name: 'Contribution-ID', value: contributionId },
        { name: 'Require', value: 'recipient-list-invite' },
        { name: 'Subject', value: 'Hiking' },
      ],
      body: (sdp) =>
        printMultipart(
          [
            { headers: [], contentType: sdpType, body: sdp },
            {
              headers: [{ name: 'Content-Disposition', value: 'recipient-list' }],
              contentType: 'application/resource-lists+xml',
              body: list,
            },
          ],
          'kit-boundary',
        ),
    });
  }

  /** Sends a message outside sessions. */
  page(uri: string, text: string, headers: readonly Header[] = []): void {
    this.node.do(() => {
      const { agent, nowMs } = this.node;
      agent.request(
        nowMs,
        {
          method: 'MESSAGE',
          uri,
          headers: [
            ...this.#from(uri),
            { name: 'Content-Type', value: 'message/cpim' },
            ...headers,
          ],
          body: utf8Encode(text),
        },
        pf,
      );
    });
  }

  /** Says something to the group; answers its Message-ID. */
  say(text: string, call: Call = this.call): string {
    this.#said++;
    const messageId = `${this.name}-${this.#said}`;
    const id = `imdn-${messageId}`;
    this.talk.say(call, chat({ from: this.uri, to: call.contact, id, text }), { messageId });
    return messageId;
  }

  /** SUBSCRIBEs to a group's participants; answers the dialog. */
  subscribe(uri: string, event = 'conference'): string {
    return this.node.do(() =>
      this.node.agent.subscribe(
        this.node.nowMs,
        {
          method: 'SUBSCRIBE',
          uri,
          headers: [
            ...this.#from(uri),
            { name: 'Contact', value: this.contact() },
            { name: 'Event', value: event },
            { name: 'Expires', value: '600' },
          ],
        },
        pf,
      ),
    );
  }

  /** What its NOTIFYs have said, in order: the state of the subscription and the body. */
  get notified(): readonly { readonly state: string; readonly body: Uint8Array }[] {
    return this.requests
      .filter(({ method }) => method === 'NOTIFY')
      .map((request: SipRequest) => ({
        state: header(request, 'Subscription-State') ?? '',
        body: request.body,
      }));
  }

  #from(to: string): readonly Header[] {
    return [
      { name: 'From', value: `<${this.uri}>` },
      { name: 'To', value: `<${to}>` },
    ];
  }

  #register(
    expiresS: number,
    extra: readonly Header[],
    then: (response: SipResponse) => void,
  ): void {
    this.#registers++;
    this.node.do(() => {
      const transaction = this.node.agent.request(
        this.node.nowMs,
        {
          method: 'REGISTER',
          uri: `sip:${this.#account.domain}`,
          headers: [
            ...this.#from(this.uri),
            { name: 'Call-ID', value: `register-${this.name}-${this.starts}` },
            { name: 'CSeq', value: `${this.#registers} REGISTER` },
            { name: 'Contact', value: `${this.contact()};expires=${expiresS}` },
            ...extra,
          ],
        },
        pf,
      );
      this.onResponse.set(transaction, (response) => {
        if (response !== undefined) then(response);
      });
    });
  }
}
