/**
 * Who is asking? Requests outside a dialog come here first. What a trusted peer sends with P-Asserted-Identity is believed: a request of
 * its own, or one that an IMS core passes on for a client of ours. Every other request is a client's, and is authenticated. Then the
 * function it is for takes it (contract: Trust).
 */
import type { RegistrationEvent } from '../../shared/core/registration.ts';
import type { Participating } from '../participating/participating.ts';
import type { BindingChange } from '../registrar/register.ts';
import { parseAddress } from '../sip/address.ts';
import type { Flow, ResponseDraft, SipEvent } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import { originatingUser } from '../sip/identity.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import type { Peers } from './peers.ts';
import type { Registrations } from './registrations.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;
type Request = Extract<SipEvent, { kind: 'request' }>;

export type FrontDeskOptions = {
  readonly registrations: Registrations;
  readonly participating: Participating;
  readonly peers: Pick<Peers, 'isBelieved' | 'isPeer'>;
  readonly respond: (nowMs: number, handle: string, draft: ResponseDraft) => void;
  readonly reportRegistration: (
    event: RegistrationEvent,
    done: (isStored: boolean) => void,
  ) => void;
  readonly step: (input: (nowMs: number) => void) => void;
  readonly failed: (error: unknown) => void;
};

const unavailable: ResponseDraft = {
  status: 503,
  headers: [{ name: 'Retry-After', value: '5' }],
};

export class FrontDesk {
  readonly #options: FrontDeskOptions;

  constructor(options: FrontDeskOptions) {
    this.#options = options;
  }

  /** Takes a request that belongs to no dialog. */
  take(nowMs: number, event: SipEvent): void {
    const isLeaving = this.#options.participating.leaving !== undefined;
    if (event.kind === 'invite') {
      if (isLeaving) this.#options.respond(nowMs, event.dialog, unavailable);
      else this.#invite(nowMs, event);
    } else if (event.kind === 'request') {
      // Another edge is the user's home by now, and answers whoever tries again.
      if (isLeaving) this.#options.respond(nowMs, event.transaction, unavailable);
      else this.#request(nowMs, event);
    }
  }

  #invite(nowMs: number, event: Invite): void {
    const { participating, peers } = this.#options;
    if (peers.isPeer(event.request, event.flow)) participating.invitedByPeer(nowMs, event);
    else {
      this.#asClient(nowMs, event.dialog, event, (atMs, user) =>
        participating.invitedByClient(atMs, event, user),
      );
    }
  }

  #request(nowMs: number, event: Request): void {
    const { request, transaction, flow } = event;
    const { respond, peers } = this.#options;
    if (request.method === 'REGISTER') this.#register(event);
    // A NOTIFY outside our subscriptions is of one that is over (RFC 6665 4.1.3).
    else if (request.method === 'NOTIFY') respond(nowMs, transaction, { status: 481 });
    else if (peers.isPeer(request, flow)) this.#ofPeer(nowMs, event);
    else {
      this.#asClient(nowMs, transaction, event, (atMs, user) => this.#ofClient(atMs, event, user));
    }
  }

  #ofClient(nowMs: number, event: Request, user: string): void {
    const { participating } = this.#options;
    const { method } = event.request;
    if (method === 'SUBSCRIBE') participating.subscribedByClient(nowMs, event, user);
    else if (method === 'MESSAGE') participating.messageOfClient(nowMs, event, user);
    else this.#options.respond(nowMs, event.transaction, { status: 405 });
  }

  #ofPeer(nowMs: number, event: Request): void {
    if (event.request.method === 'MESSAGE') this.#options.participating.messageOfPeer(nowMs, event);
    else this.#options.respond(nowMs, event.transaction, { status: 403 });
  }

  #asClient(
    nowMs: number,
    handle: string,
    event: { readonly request: SipRequest; readonly flow: Flow },
    then: (nowMs: number, user: string) => void,
  ): void {
    const { registrations, respond, peers } = this.#options;
    const { request, flow } = event;
    const served = peers.isBelieved(request, flow) ? originatingUser(request) : undefined;
    if (served !== undefined) {
      // 3GPP TS 24.229 5.7.3: the core has authenticated the user in whose name it passes the request on.
      if (registrations.isKnown(served)) then(nowMs, served);
      else respond(nowMs, handle, { status: 403, reason: 'Not A User Of This Domain' });
      return;
    }
    this.#withUser(handle, addressIn(event.request, 'From'), (nowMs) => {
      const outcome = registrations.authenticate(nowMs, event.request, event.flow);
      if (outcome.kind === 'user') then(nowMs, outcome.user);
      else respond(nowMs, handle, outcome.response);
    });
  }

  /** The registrar answers from memory; it is given the stored bindings of the user first. */
  #withUser(handle: string, user: string | undefined, then: (nowMs: number) => void): void {
    const { registrations, step } = this.#options;
    registrations.load(user ?? '').then(
      () => step(then),
      (error: unknown) => this.#fail(handle, error),
    );
  }

  #register(event: Request): void {
    const { registrations, respond } = this.#options;
    const { transaction, request, flow } = event;
    this.#withUser(transaction, addressIn(request, 'To'), (nowMs) => {
      const { response, user, changes } = registrations.handle(nowMs, request, flow);
      if (user === undefined || changes.length === 0) respond(nowMs, transaction, response);
      else {
        registrations.isNews(user, changes).then(
          (isNews) => this.#registered(event, { user, response, changes, isNews }),
          (error: unknown) => this.#fail(transaction, error),
        );
      }
    });
  }

  /** The client hears 200 when its registration is durable: nothing else would wake what waits for it. */
  #registered(
    event: Request,
    done: {
      readonly user: string;
      readonly response: ResponseDraft;
      readonly changes: readonly BindingChange[];
      readonly isNews: boolean;
    },
  ): void {
    const { participating, registrations, respond, reportRegistration, step } = this.#options;
    step((nowMs) => {
      const bindings = done.changes.filter(isStanding).map(({ binding }) => binding);
      if (!done.isNews) {
        participating.refreshed(nowMs, done.user, bindings);
        respond(nowMs, event.transaction, done.response);
        return;
      }
      reportRegistration(registrations.report(nowMs, done.user), (isStored) =>
        step((atMs) => {
          respond(atMs, event.transaction, isStored ? done.response : unavailable);
          if (isStored) participating.registered(done.user, bindings);
        }),
      );
    });
  }

  #fail(handle: string, error: unknown): void {
    this.#options.failed(error);
    this.#options.step((nowMs) => this.#options.respond(nowMs, handle, unavailable));
  }
}

function isStanding({ kind }: BindingChange): boolean {
  return kind !== 'removed' && kind !== 'expired';
}

function addressIn(request: SipRequest, name: string): string | undefined {
  const value = header(request, name);
  const uri = value === undefined ? undefined : parseAddress(value)?.uri;
  return uri === undefined ? undefined : addressOfRecord(uri);
}
