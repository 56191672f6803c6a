/** A chat client of one user: registers, creates groups, calls others, and does what members of sessions do. */
import { nowMs } from '../../edge/runtime/clock.ts';
import type { RequestDraft, SipEvent } from '../../edge/sip/effect.ts';
import type { Header, SipMessage } from '../../edge/sip/message.ts';
import { Member } from './member.ts';
import { newToken } from './party.ts';
import { tag } from './subscriber.ts';
import { withRecipients } from './text.ts';
import { until } from './wait.ts';

type Calling = { readonly draft: RequestDraft; readonly session: string };

export class Client extends Member {
  /** What its own INVITE was refused with. */
  refusal: number | undefined;
  #calling: Calling | undefined;

  /** Creates a group by the conference factory; resolves when its media are up. */
  async createGroup(members: readonly string[], subject: string): Promise<void> {
    const session = this.media.open();
    const factory = `sip:conference-factory@${this.domain}`;
    const { contentType, body } = withRecipients(this.describe(session, 'actpass'), members);
    const contributionId = newToken();
    const headers = [
      { name: 'Subject', value: subject },
      { name: 'Require', value: 'recipient-list-invite' },
    ];
    this.ladder.pass(this.name, 'rejoin', 'INVITE (factory)', `${this.name} creates a group`);
    this.#invite({ uri: factory, contributionId, session, headers, contentType, body });
    await until(`${this.name} is in the group`, () => this.chatNow?.isUp);
  }

  /** Asks to be in the last group again; resolves when its media are up, or it is refused. */
  async rejoin(): Promise<void> {
    const last = this.last;
    if (last === undefined) throw new Error(`${this.name} was in no group`);
    this.ladder.pass(this.name, 'rejoin', 'INVITE (re-join)', `${this.name} wants to be back`);
    await this.#call(last.identity, last.contributionId);
  }

  /** Calls another user; resolves when the media are up. */
  async chat(uri: string): Promise<void> {
    this.ladder.pass(this.name, 'rejoin', 'INVITE', `${this.name} calls ${uri}`);
    await this.#call(uri, newToken());
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'refused') this.#refused(event.status, event.response);
    else super.onSip(event);
  }

  async #call(uri: string, contributionId: string): Promise<void> {
    this.refusal = undefined;
    const session = this.media.open();
    const body = this.describe(session, 'actpass');
    const contentType = 'application/sdp';
    this.#invite({ uri, contributionId, session, headers: [], contentType, body });
    await until(
      `${this.name} has an answer`,
      () => this.chatNow?.isUp === true || this.refusal !== undefined,
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
      this.chatNow = { dialog, ...calling, path: [], identity: '', contributionId, isUp: false };
    });
  }

  #refused(status: number, response: SipMessage | undefined): void {
    const calling = this.#calling;
    const chat = this.chatNow;
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
    if (chat?.isUp === false) this.chatNow = undefined;
    this.refusal = status;
  }
}
