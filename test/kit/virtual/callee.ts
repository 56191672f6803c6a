/**
 * What a scripted party does by itself: it answers by its manners and keeps what it has got. What a test has it do is in `party.ts`;
 * everything goes over the product's own user agent and MSRP host.
 */
import type { MsrpEvent } from '../../../edge/msrp/effect.ts';
import { mediaOf } from '../../../edge/participating/invitation-text.ts';
import type { Direction, Setup } from '../../../edge/sdp/msrp-media.ts';
import { answerDirection, answerSetup, isOffererActive } from '../../../edge/sdp/negotiate.ts';
import type { SipEvent } from '../../../edge/sip/effect.ts';
import type { Header, SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { type Call, type Manners, newCall } from './call.ts';
import { contactIn, describe } from './describe.ts';
import type { Network } from './network.ts';
import { Node } from './node.ts';
import { Talk } from './talk.ts';

export type PartyOptions = {
  readonly network: Network;
  readonly name: string;
  readonly newToken: () => string;
};

/** A request that is neither an INVITE nor a BYE. */
export type RequestEvent = Extract<SipEvent, { kind: 'request' }>;

export const sdpType = 'application/sdp';

export abstract class Callee {
  readonly name: string;
  readonly host: string;
  node: Node;
  readonly calls: Call[] = [];
  readonly invites: SipRequest[] = [];
  readonly byes: SipRequest[] = [];
  readonly cancels: SipRequest[] = [];
  /** Requests within dialogs or outside of any, but for INVITE, BYE and CANCEL. */
  readonly requests: SipRequest[] = [];
  /** Final answers of 300 or more to INVITEs. */
  readonly refusals: number[] = [];
  refused: SipResponse | undefined;
  /** Provisional answers but 100. */
  rang = 0;
  /** How often it has begun anew. */
  starts = 0;
  /** Final answers to other requests. */
  readonly responses: { readonly status: number; readonly response?: SipResponse }[] = [];
  readonly manners: Manners = {
    invite: 200,
    inviteHeaders: [],
    update: 200,
    message: 200,
    request: 200,
    requestHeaders: [],
    sdp: undefined,
    isDeaf: false,
  };
  /** What it says and hears. */
  readonly talk: Talk;
  protected readonly options: PartyOptions;
  readonly #unanswered: RequestEvent[] = [];
  #waitingUpdate: readonly [Call, string, SipRequest] | undefined;

  constructor(options: PartyOptions) {
    this.options = options;
    this.name = options.name;
    this.host = `${options.name}.test`;
    this.talk = new Talk(() => this.node, this.manners);
    this.node = this.#newNode();
  }

  protected abstract contact(): string;
  protected abstract readonly types: readonly string[];

  /** The session that was begun last. */
  get call(): Call {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error(`${this.name} has no session`);
    return call;
  }

  /** Sessions that stand with their media. */
  get up(): readonly Call[] {
    return this.calls.filter(({ isUp, isOver }) => isUp && !isOver);
  }

  /** The process ends and another begins, which knows nothing of the sessions. */
  restart(): void {
    this.options.network.kill(this.host);
    for (const call of this.calls.splice(0)) call.isOver = true;
    this.node = this.#newNode();
    this.starts++;
  }

  /** Rings for an INVITE that has been left waiting. */
  ring(call: Call = this.call): void {
    this.node.do(() => this.node.agent.respond(this.node.nowMs, call.dialog, { status: 180 }));
  }

  /** Answers an INVITE that has been left waiting. */
  answer(status: number = 200, call: Call = this.call): void {
    this.node.do(() => this.#answer(call, status));
  }

  /** Answers the other requests that have been left waiting. */
  answerRequests(status = 200): void {
    this.node.do(() => {
      for (const event of this.#unanswered.splice(0)) this.respond(event, status);
    });
  }

  /** Answers the re-INVITE that has been left waiting. */
  answerUpdate(status = 200): void {
    const waitingUpdate = this.#waitingUpdate;
    if (waitingUpdate === undefined) throw new Error(`${this.name} has no re-INVITE to answer`);
    this.manners.update = status;
    this.node.do(() => this.#updated(...waitingUpdate));
  }

  /** What is to be done with a response, by transaction. */
  protected readonly onResponse = new Map<string, (response: SipResponse | undefined) => void>();

  /** Answers a request that is neither an INVITE nor a BYE. */
  protected respond(event: RequestEvent, status: number): void {
    const headers = this.manners.requestHeaders;
    this.node.agent.respond(this.node.nowMs, event.transaction, { status, headers });
  }

  protected describe(session: string, setup: Setup, direction?: Direction): Uint8Array {
    return describe(this.node, { session, types: this.types, setup, direction });
  }

  protected own(type = sdpType): readonly Header[] {
    return [
      { name: 'Contact', value: this.contact() },
      { name: 'Content-Type', value: type },
    ];
  }

  #newNode(): Node {
    const { network, newToken } = this.options;
    return new Node(
      { network, host: this.host, newToken },
      {
        sip: (_nowMs, event) => this.#sip(event),
        msrp: (_nowMs, event) => this.talk.event(event, this.#callOfMedia(event)),
      },
    );
  }

  protected begin(dialog: string, session: string, request?: SipRequest): Call {
    const call = newCall(dialog, session, request);
    this.calls.push(call);
    return call;
  }

  #sip(event: SipEvent): void {
    if (event.kind === 'invite') this.#invited(event.dialog, event.request);
    else if (event.kind === 'request') this.#requested(event);
    else if (event.kind === 'response') {
      this.responses.push(event);
      this.onResponse.get(event.transaction)?.(event.response);
    } else {
      this.#note(event);
      const call = this.calls.find(({ dialog }) => dialog === event.dialog);
      if (call !== undefined) this.#ofCall(call, event);
    }
  }

  #note(event: SipEvent): void {
    if (event.kind === 'progress' && event.response.status > 100) this.rang++;
    if (event.kind !== 'refused') return;
    this.refusals.push(event.status);
    this.refused = event.response;
  }

  #ofCall(call: Call, event: SipEvent): void {
    switch (event.kind) {
      case 'answered':
        this.complete(call, event.response);
        return;
      case 'update':
        this.#updated(call, event.transaction, event.request);
        return;
      case 'bye':
        this.byes.push(event.request);
        this.over(call);
        return;
      case 'cancelled':
        this.cancels.push(event.request);
        this.over(call);
        return;
      case 'refused':
      case 'dialog-lost':
        this.over(call);
        return;
      default:
    }
  }

  #requested(event: RequestEvent): void {
    this.requests.push(event.request);
    const { request: manner } = this.manners;
    if (manner === 'leave') this.#unanswered.push(event);
    else this.respond(event, manner);
  }

  #callOfMedia(event: MsrpEvent): Call | undefined {
    const session = event.kind === 'message' ? event.message.session : event.session;
    return this.calls.find((call) => call.session === session);
  }

  #invited(dialog: string, request: SipRequest): void {
    const { invite } = this.manners;
    const call = this.begin(dialog, '', request);
    this.invites.push(request);
    if (invite === 'leave') return;
    if (invite !== 'ring') this.#answer(call, invite);
    else this.node.agent.respond(this.node.nowMs, dialog, { status: 180 });
  }

  #answer(call: Call, status: number): void {
    const { agent, nowMs } = this.node;
    const { inviteHeaders, sdp } = this.manners;
    if (status >= 300 || call.request === undefined) {
      agent.respond(nowMs, call.dialog, { status, headers: inviteHeaders });
      call.isOver = true;
      return;
    }
    call.session = this.node.msrp.open();
    const offer = mediaOf(call.request);
    if (offer.kind === 'refused') throw new Error(`${this.name}: ${offer.reason}`);
    const { media } = offer;
    const setup = answerSetup(media.setup, 'active');
    const headers = [...this.own(), ...inviteHeaders];
    const body = sdp ?? this.describe(call.session, setup, answerDirection(media.direction));
    agent.respond(nowMs, call.dialog, { status, headers, body });
    call.isAgreed = true;
    call.remote = media;
    this.#start(call, media.path, setup === 'active');
  }

  #updated(call: Call, transaction: string, request: SipRequest): void {
    const { agent, nowMs } = this.node;
    const { update } = this.manners;
    if (update === 'leave') {
      this.#waitingUpdate = [call, transaction, request];
      return;
    }
    const offer = mediaOf(request);
    if (update >= 300 || offer.kind === 'refused') {
      agent.respond(nowMs, transaction, { status: update });
      return;
    }
    const { media } = offer;
    const setup = answerSetup(media.setup, 'active');
    const isSame = call.remote?.path.join() === media.path.join() && call.isUp;
    if (!isSame) call.session = this.node.msrp.open();
    call.remote = media;
    const body = this.manners.sdp ?? this.describe(call.session, setup);
    agent.respond(nowMs, transaction, { status: update, headers: this.own(), body });
    if (!isSame) this.#start(call, media.path, setup === 'active');
  }

  protected complete(call: Call, response: SipResponse | undefined): void {
    if (call.isGivenUp) {
      this.node.agent.bye(this.node.nowMs, call.dialog);
      this.over(call);
      return;
    }
    const answer = response && mediaOf(response);
    if (response === undefined || answer?.kind !== 'media') return;
    const { path, setup } = answer.media;
    const isSame = call.isUp && call.remote?.path.join() === path.join();
    call.isAgreed = true;
    call.contact = contactIn(response);
    call.remote = answer.media;
    if (!isSame) this.#start(call, path, isOffererActive(setup));
  }

  #start(call: Call, path: readonly string[], isActive: boolean): void {
    call.isUp = false;
    const { msrp, nowMs } = this.node;
    if (this.manners.isDeaf) msrp.close(nowMs, call.session);
    else msrp.start(nowMs, call.session, { path, isActive });
  }

  protected over(call: Call): void {
    call.isOver = true;
    call.isUp = false;
    this.node.msrp.close(this.node.nowMs, call.session);
  }
}
