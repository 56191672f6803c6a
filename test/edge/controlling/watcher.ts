/** The side of a member in a test that watches the roster. */
import type { SipEvent } from '../../../edge/sip/effect.ts';
import { header } from '../../../edge/sip/header.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';
import { readConference, rosterOf } from '../../../edge/xml/conference-info.ts';
import { applyConference, type Conference } from '../../../edge/xml/conference-merge.ts';
import { at } from './network.ts';
import { Talker } from './talker.ts';

export type Notified = {
  readonly request: SipRequest;
  readonly state: string;
  readonly document: Conference;
  readonly atMs: number;
};

export class Watcher extends Talker {
  readonly notified: Notified[] = [];
  /** What to answer to a NOTIFY; `leave` for nothing. */
  onNotify: number | 'leave' = 200;
  subscription = '';
  #left: string[] = [];

  /** The roster after all notifications. */
  get roster(): Record<string, string> {
    let known: Conference | undefined;
    for (const { document } of this.notified) {
      const applied = applyConference(known, document);
      if (applied.kind === 'applied') known = applied.conference;
    }
    const users = known === undefined ? [] : rosterOf(known).users;
    return Object.fromEntries(users.map(({ uri, status }) => [nameOf(uri), status]));
  }

  subscribe(uri: string, headers: readonly Header[] = []): void {
    const event = headers.some(({ name }) => name === 'Event')
      ? []
      : [{ name: 'Event', value: 'conference' }];
    this.subscription = this.node.do(() =>
      this.node.agent.subscribe(
        this.nowMs,
        {
          method: 'SUBSCRIBE',
          uri,
          headers: [
            { name: 'From', value: `<${this.uri}>` },
            { name: 'To', value: `<${uri}>` },
            { name: 'Contact', value: `<sip:${this.name}@${this.name}:5060>` },
            { name: 'P-Asserted-Identity', value: `<${this.uri}>` },
            ...event,
            ...headers,
          ],
        },
        at('focus'),
      ),
    );
  }

  resubscribe(lastingS: number, method = 'SUBSCRIBE'): void {
    this.node.do(() =>
      this.node.agent.requestInDialog(this.nowMs, this.subscription, {
        method,
        headers: [
          { name: 'Event', value: 'conference' },
          { name: 'Expires', value: String(lastingS) },
        ],
      }),
    );
  }

  /** Answers the NOTIFYs that were left, and leaves none from now on. */
  answerNotifies(status: number): void {
    this.onNotify = 200;
    const left = this.#left.splice(0);
    this.node.do(() => {
      for (const transaction of left) this.node.agent.respond(this.nowMs, transaction, { status });
    });
  }

  protected takeNotify({ request, transaction }: Extract<SipEvent, { kind: 'request' }>): void {
    if (this.onNotify === 'leave') this.#left.push(transaction);
    else {
      this.node.agent.respond(this.nowMs, transaction, { status: this.onNotify });
    }
    const read = readConference(request.body);
    if (read.kind === 'refused') throw new Error(read.reason);
    this.notified.push({
      request,
      state: header(request, 'Subscription-State') ?? '',
      document: read.conference,
      atMs: this.nowMs,
    });
  }
}

export function nameOf(uri: string): string {
  return /^sip:([^@]+)@/.exec(uri)?.[1] ?? uri;
}
