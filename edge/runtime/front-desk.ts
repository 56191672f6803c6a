/**
 * Who is asking? Requests outside a dialog come here first. What a trusted peer sends with P-Asserted-Identity is believed; every
 * other request is a client's, and is authenticated. Then the function it is for takes it (contract: Trust).
 */

import type { Participating } from '../participating/participating.ts';
import type { Registrar } from '../registrar/registrar.ts';
import { parseAddress } from '../sip/address.ts';
import type { Flow, ResponseDraft, SipEvent } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;
type Request = Extract<SipEvent, { kind: 'request' }>;

export type FrontDeskOptions = {
  readonly registrar: Registrar;
  readonly participating: Participating;
  readonly isTrusted: (flow: Flow) => boolean;
  readonly respond: (nowMs: number, handle: string, draft: ResponseDraft) => void;
  /** A REGISTER of a client; answered when its outcome is durable. */
  readonly register: (nowMs: number, event: Request) => void;
  /** Has the registrar know the user's bindings before it is asked about them; then goes on. */
  readonly withUser: (user: string, then: (nowMs: number) => void, failed: () => void) => void;
};

export class FrontDesk {
  readonly #options: FrontDeskOptions;

  constructor(options: FrontDeskOptions) {
    this.#options = options;
  }

  invite(nowMs: number, event: Invite): void {
    if (this.#isPeer(event.request, event.flow)) {
      this.#options.participating.invitedByPeer(nowMs, event);
      return;
    }
    this.#asClient(event.dialog, event, (atMs, user) =>
      this.#options.participating.invitedByClient(atMs, event, user),
    );
  }

  request(nowMs: number, event: Request): void {
    const { request, transaction, flow } = event;
    if (request.method === 'REGISTER') {
      this.#options.register(nowMs, event);
      return;
    }
    // A NOTIFY outside our subscriptions is of one that is over (RFC 6665 4.1.3).
    if (request.method === 'NOTIFY') {
      this.#options.respond(nowMs, transaction, { status: 481 });
      return;
    }
    if (this.#isPeer(request, flow)) {
      this.#options.respond(nowMs, transaction, { status: 403 });
      return;
    }
    this.#asClient(transaction, event, (atMs, user) => this.#clientRequest(atMs, event, user));
  }

  #clientRequest(nowMs: number, event: Request, user: string): void {
    if (event.request.method === 'SUBSCRIBE') {
      this.#options.participating.subscribedByClient(nowMs, event, user);
    } else this.#options.respond(nowMs, event.transaction, { status: 501 });
  }

  #isPeer(request: SipRequest, flow: Flow): boolean {
    return this.#options.isTrusted(flow) && header(request, 'P-Asserted-Identity') !== undefined;
  }

  #asClient(
    handle: string,
    event: { readonly request: SipRequest; readonly flow: Flow },
    then: (nowMs: number, user: string) => void,
  ): void {
    const { registrar, respond, withUser } = this.#options;
    const claimed = fromUser(event.request);
    withUser(
      claimed ?? '',
      (nowMs) => {
        const outcome = registrar.authenticate(nowMs, event.request, event.flow);
        if (outcome.kind === 'user') then(nowMs, outcome.user);
        else respond(nowMs, handle, outcome.response);
      },
      () => respond(0, handle, { status: 503 }),
    );
  }
}

/** The user that From claims. */
export function fromUser(request: SipRequest): string | undefined {
  const from = header(request, 'From');
  const uri = from === undefined ? undefined : parseAddress(from)?.uri;
  return uri === undefined ? undefined : addressOfRecord(uri);
}
