/**
 * A client's subscription to the roster of its group session, carried to the focus and back (003 5.2.3.5, PFO-022, PFO-023): a
 * dialog on each side, requests and notifications passed through.
 */
import type { SipEvent } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import type { Desk } from './desk.ts';
import { tagParam } from './invitation-text.ts';

const passedHeaders = ['Event', 'Subscription-State', 'Content-Type', 'Expires', 'Accept'];
const notificationsMax = 16;

type Waiting = { readonly transaction: string; readonly request: SipRequest };

export class ClientSubscription {
  readonly #desk: Desk;
  readonly #user: string;
  readonly #identity: string;
  #focus: string | undefined;
  #client: string | undefined;
  #waiting: Waiting[] = [];

  constructor(desk: Desk, user: string, identity: string) {
    this.#desk = desk;
    this.#user = user;
    this.#identity = identity;
  }

  /** Forwards the client's SUBSCRIBE. */
  start(nowMs: number, transaction: string, request: SipRequest): void {
    const { agent, options } = this.#desk;
    const focus = agent.subscribe(
      nowMs,
      {
        method: 'SUBSCRIBE',
        uri: this.#identity,
        headers: [
          { name: 'From', value: `<${this.#user}>` },
          { name: 'To', value: `<${this.#identity}>` },
          { name: 'Contact', value: `<sip:${options.host}:${options.sipPort}>` },
          { name: 'P-Asserted-Identity', value: `<${this.#user}>` },
          { name: 'Accept-Contact', value: `*;${tagParam(options.featureTag)}` },
          ...passed(request),
        ],
        body: request.body,
      },
      options.resolve(this.#identity),
    );
    this.#focus = focus;
    this.#desk.ownDialog(focus, (atMs, event) => this.#focusEvent(atMs, event, transaction));
  }

  #focusEvent(nowMs: number, event: SipEvent, transaction: string): void {
    if (event.kind === 'request') this.#notified(nowMs, event.transaction, event.request);
    else if (event.kind === 'dialog-lost') this.#end(nowMs);
    else if (event.kind === 'response') this.#answered(nowMs, event, transaction);
  }

  #answered(
    nowMs: number,
    event: Extract<SipEvent, { kind: 'response' }>,
    transaction: string,
  ): void {
    const { agent, options } = this.#desk;
    const answer = {
      status: event.status,
      headers: [
        ...(event.response === undefined ? [] : passed(event.response)),
        { name: 'Contact', value: `<sip:${options.host}:${options.sipPort}>` },
      ],
    };
    if (event.status >= 300) {
      agent.respond(nowMs, transaction, answer);
      this.#end(nowMs);
      return;
    }
    const client = agent.acceptSubscription(nowMs, transaction, answer);
    this.#client = client;
    this.#desk.ownDialog(client, (atMs, clientEvent) => this.#clientEvent(atMs, clientEvent));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { transaction: notify, request } of waiting) this.#pass(nowMs, notify, request);
  }

  /** The focus may notify before its answer to the SUBSCRIBE has come (RFC 6665 4.1.2.4). */
  #notified(nowMs: number, transaction: string, request: SipRequest): void {
    if (this.#client !== undefined) this.#pass(nowMs, transaction, request);
    else if (this.#waiting.length < notificationsMax) this.#waiting.push({ transaction, request });
    else this.#desk.agent.respond(nowMs, transaction, { status: 503 });
  }

  #pass(nowMs: number, transaction: string, request: SipRequest): void {
    const { agent } = this.#desk;
    const client = this.#client;
    if (client === undefined) return;
    const passing = agent.requestInDialog(nowMs, client, {
      method: 'NOTIFY',
      headers: passed(request),
      body: request.body,
    });
    const isLast = /^terminated/i.test(header(request, 'Subscription-State') ?? '');
    this.#desk.onResponse(passing, (atMs, event) => {
      agent.respond(atMs, transaction, { status: event.status });
      if (isLast || event.status === 481) this.#end(atMs);
    });
  }

  /** A refresh, or the end, by the client. */
  #clientEvent(nowMs: number, event: SipEvent): void {
    if (event.kind === 'dialog-lost') this.#end(nowMs);
    if (event.kind !== 'request' || this.#focus === undefined) return;
    const { agent, options } = this.#desk;
    const refresh = agent.requestInDialog(nowMs, this.#focus, {
      method: event.request.method,
      headers: passed(event.request),
      body: event.request.body,
    });
    this.#desk.onResponse(refresh, (atMs, answer) => {
      agent.respond(atMs, event.transaction, {
        status: answer.status,
        headers: [
          ...(answer.response === undefined ? [] : passed(answer.response)),
          { name: 'Contact', value: `<sip:${options.host}:${options.sipPort}>` },
        ],
      });
    });
  }

  #end(nowMs: number): void {
    for (const dialog of [this.#focus, this.#client]) {
      if (dialog === undefined) continue;
      this.#desk.leaveDialog(dialog);
      this.#desk.agent.end(nowMs, dialog);
    }
    this.#focus = undefined;
    this.#client = undefined;
  }
}

function passed(message: { readonly headers: readonly Header[] }): readonly Header[] {
  return message.headers.filter(({ name }) => passedHeaders.includes(name));
}
