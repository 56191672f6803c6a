/** A focus in another network with one group, over sockets: invites a user, says things, and answers those who come back. */
import { utf8Encode } from '../../edge/bytes/text.ts';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import { answerDirection } from '../../edge/sdp/negotiate.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import type { SipMessage, SipRequest } from '../../edge/sip/message.ts';
import { newToken, Party } from './party.ts';
import { cpim, describeMedia, mediaOf } from './text.ts';
import { until } from './wait.ts';

const creator = 'sip:zoe@focus.test';

export class OuterFocus extends Party {
  readonly #contributionId = newToken();
  readonly #answers = new Map<number, (status: number) => void>();
  #session: string | undefined;
  #isUp = false;
  #sent = 0;
  /** INVITEs of those who come back. */
  readonly rejoins: SipRequest[] = [];

  /** Invites a user through the network; resolves when the media are up. */
  async invite(user: string): Promise<void> {
    const session = this.media.open();
    this.#session = session;
    const headers = [
      { name: 'From', value: `<${creator}>` },
      { name: 'To', value: `<${user}>` },
      { name: 'Contact', value: this.#contact() },
      { name: 'P-Asserted-Identity', value: `<${creator}>` },
      { name: 'Contribution-ID', value: this.#contributionId },
      { name: 'Conversation-ID', value: newToken() },
      { name: 'Content-Type', value: 'application/sdp' },
    ];
    const body = this.#describe(session, 'actpass');
    this.step(() =>
      this.agent.invite(nowMs(), { method: 'INVITE', uri: user, headers, body }, this.server),
    );
    await until('the focus has its member', () => this.#isUp);
  }

  /** Says something in the group; resolves with the response to it. */
  async say(text: string): Promise<number> {
    const session = this.#session;
    if (session === undefined) throw new Error('nobody is in the group');
    this.#sent++;
    const reference = this.#sent;
    const status = new Promise<number>((resolve) => this.#answers.set(reference, resolve));
    this.step(() =>
      this.media.send(nowMs(), session, {
        reference,
        messageId: newToken(),
        contentType: 'message/cpim',
        body: utf8Encode(cpim({ from: creator, to: creator, id: newToken(), text })),
        isSuccessReportWanted: false,
        failureReport: 'yes',
      }),
    );
    return await status;
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'answered') this.#start(event.response, 'passive');
    else if (event.kind === 'invite') this.#rejoined(event.dialog, event.request);
    else if (event.kind === 'request') {
      this.agent.respond(nowMs(), event.transaction, { status: 405 });
    }
  }

  override onMsrp(event: MsrpEvent): void {
    if (event.kind === 'bound' && event.session === this.#session) this.#isUp = true;
    else if (event.kind === 'delivered') this.#answers.get(event.reference)?.(200);
    else if (event.kind === 'failed') this.#answers.get(event.reference)?.(event.status);
    else if (event.kind === 'message') this.media.answer(nowMs(), event.message.inbound, 200);
  }

  #rejoined(dialog: string, request: SipRequest): void {
    this.rejoins.push(request);
    const offer = mediaOf(request);
    const session = this.media.open();
    this.#session = session;
    this.agent.respond(nowMs(), dialog, {
      status: 200,
      headers: [
        { name: 'Contact', value: this.#contact() },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: this.#describe(session, 'active', answerDirection(offer?.direction ?? 'sendrecv')),
    });
    this.#start(request, 'active');
  }

  /** The other side says in its description whether it connects; of two that may, the answerer does. */
  #start(described: SipMessage, own: 'active' | 'passive'): void {
    const media = mediaOf(described);
    if (media === undefined || this.#session === undefined) return;
    const isActive = own === 'active' || media.setup === 'passive';
    this.media.start(nowMs(), this.#session, { path: media.path, isActive });
  }

  #contact(): string {
    return `<sip:g1@${this.address};transport=tcp>;isfocus`;
  }

  #describe(
    session: string,
    setup: 'actpass' | 'active',
    direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' = 'sendrecv',
  ): Uint8Array {
    return describeMedia(this.msrpPort, { path: this.media.path(session), setup, direction });
  }
}
