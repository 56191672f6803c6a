/**
 * A member of our groups in another network: its Participating Function, which asserts who it acts for and speaks to the focus by the
 * focus's URIs, over sockets.
 */
import { utf8Decode, utf8Encode } from '../../edge/bytes/text.ts';
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { nowMs } from '../../edge/runtime/clock.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { RequestDraft, SipEvent } from '../../edge/sip/effect.ts';
import { header } from '../../edge/sip/header.ts';
import type { Header, SipRequest, SipResponse } from '../../edge/sip/message.ts';
import { newToken, Party } from './party.ts';
import { cpim, describeMedia, mediaOf, readCpim, withRecipients } from './text.ts';
import { until } from './wait.ts';

type Outcome = { readonly status: number; readonly response?: SipResponse };

export class OuterMember extends Party {
  readonly uri = 'sip:zoe@other.test';
  /** Texts received, and NOTIFYs. */
  readonly received: string[] = [];
  readonly notified: SipRequest[] = [];
  readonly #answers = new Map<number, (status: number) => void>();
  readonly #outcomes = new Map<string, (outcome: Outcome) => void>();
  #dialog = '';
  #session = '';
  #isUp = false;
  #sent = 0;
  /** The Group Session Identity. */
  identity = '';

  /** Asks the focus, or the factory with recipients; answers the status, once the media are up if it is a good one. */
  async join(uri: string, contributionId: string, recipients?: readonly string[]): Promise<number> {
    const session = this.media.open();
    this.#session = session;
    this.#isUp = false;
    const sdp = this.#describe();
    const { contentType, body } =
      recipients === undefined
        ? { contentType: 'application/sdp', body: sdp }
        : withRecipients(sdp, recipients);
    const headers = [
      ...this.#identity(uri),
      { name: 'Contribution-ID', value: contributionId },
      { name: 'Content-Type', value: contentType },
    ];
    const { status, response } = await new Promise<Outcome>((resolve) => {
      this.step(() => {
        this.#dialog = this.agent.invite(
          nowMs(),
          { method: 'INVITE', uri, headers, body },
          this.server,
        );
        this.#outcomes.set(this.#dialog, resolve);
      });
    });
    const media = response === undefined ? undefined : mediaOf(response);
    if (response === undefined || media === undefined) return status;
    this.identity = parseAddress(header(response, 'Contact') ?? '')?.uri ?? '';
    this.step(() => this.media.start(nowMs(), session, { path: media.path, isActive: true }));
    await until('the outer member has media', () => this.#isUp);
    return status;
  }

  /** Offers the same session once more; answers the status. */
  async refresh(): Promise<number> {
    const headers = [{ name: 'Content-Type', value: 'application/sdp' }];
    const draft = { headers, body: this.#describe() };
    return await this.#within(() => this.agent.reinvite(nowMs(), this.#dialog, draft));
  }

  /** Follows the roster; answers the status. */
  async subscribe(uri: string): Promise<number> {
    const headers = [
      ...this.#identity(uri),
      { name: 'Event', value: 'conference' },
      { name: 'Expires', value: '600' },
    ];
    const draft: RequestDraft = { method: 'SUBSCRIBE', uri, headers };
    return await this.#within(() => this.agent.subscribe(nowMs(), draft, this.server));
  }

  /** Any request outside dialogs; answers the status. */
  async ask(method: string, uri: string, extra: readonly Header[] = []): Promise<number> {
    const draft = { method, uri, headers: [...this.#identity(uri), ...extra] };
    return await this.#within(() => this.agent.request(nowMs(), draft, this.server));
  }

  /** Leaves; answers the status. */
  async leave(): Promise<number> {
    const reason = { name: 'Reason', value: 'SIP;cause=200' };
    return await this.#within(() => this.agent.bye(nowMs(), this.#dialog, [reason]) ?? '');
  }

  /** Says something in the group; resolves with the response to it. */
  async say(text: string): Promise<number> {
    this.#sent++;
    const reference = this.#sent;
    const status = new Promise<number>((resolve) => this.#answers.set(reference, resolve));
    this.step(() =>
      this.media.send(nowMs(), this.#session, {
        reference,
        messageId: newToken(),
        contentType: 'message/cpim',
        body: utf8Encode(cpim({ from: this.uri, to: this.identity, id: newToken(), text })),
        isSuccessReportWanted: false,
        failureReport: 'yes',
      }),
    );
    return await status;
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'answered') this.#over(event.dialog, { ...event, status: 200 });
    else if (event.kind === 'refused') this.#over(event.dialog, event);
    else if (event.kind === 'response') {
      this.#over(event.transaction, event);
      if (event.dialog !== undefined) this.#over(event.dialog, event);
    } else if (event.kind === 'request') {
      if (event.request.method === 'NOTIFY') this.notified.push(event.request);
      this.agent.respond(nowMs(), event.transaction, { status: 200 });
    }
  }

  override onMsrp(event: MsrpEvent): void {
    if (event.kind === 'bound' && event.session === this.#session) this.#isUp = true;
    else if (event.kind === 'delivered') this.#answers.get(event.reference)?.(200);
    else if (event.kind === 'failed') this.#answers.get(event.reference)?.(event.status);
    else if (event.kind === 'message') {
      this.media.answer(nowMs(), event.message.inbound, 200);
      this.received.push(readCpim(utf8Decode(event.message.body)).text);
    }
  }

  #within(act: () => string): Promise<number> {
    // There is no DNS that would say where the domain of the focus is.
    this.agent.redirect(this.#dialog, { target: this.server });
    return new Promise((resolve) => {
      this.step(() => this.#outcomes.set(act(), ({ status }) => resolve(status)));
    });
  }

  #over(handle: string, outcome: Outcome): void {
    this.#outcomes.get(handle)?.(outcome);
    this.#outcomes.delete(handle);
  }

  #identity(to: string): readonly Header[] {
    return [
      { name: 'From', value: `<${this.uri}>` },
      { name: 'To', value: `<${to}>` },
      { name: 'Contact', value: `<sip:zoe@${this.address};transport=tcp>` },
      { name: 'P-Asserted-Identity', value: `<${this.uri}>` },
    ];
  }

  #describe(): Uint8Array {
    const path = this.media.path(this.#session);
    return describeMedia(this.msrpPort, { path, setup: 'active', direction: 'sendrecv' });
  }
}
