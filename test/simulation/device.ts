/**
 * A client of a user: registers, is invited, comes back by itself, hears, says, leaves, is lost, and behaves as well or as badly as the
 * world's rates have it. A cheap model over the real SIP and MSRP. When it is switched off its memory of calls is gone.
 */

import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { answerSetup, isOffererActive } from '../../edge/sdp/negotiate.ts';
import type { SipEvent } from '../../edge/sip/effect.ts';
import { header, headerValues } from '../../edge/sip/header.ts';
import type { Header, SipMessage, SipRequest } from '../../edge/sip/message.ts';
import type { Account, DeviceSurroundings } from './account.ts';
import { type ClientCall, newCall } from './client-call.ts';
import { Listener } from './listener.ts';
import { Peer } from './peer.ts';
import { ClientRegistration, credentials } from './registration.ts';
import { Speaker } from './speaker.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;

export type DevicePlace = { readonly host: string; readonly instance: string };

export class Device {
  readonly account: Account;
  readonly place: DevicePlace;
  readonly peer: Peer;
  readonly registration: ClientRegistration;
  readonly calls = new Map<string, ClientCall>();
  readonly #around: DeviceSurroundings;
  readonly #instance: string;
  readonly #listener: Listener;
  readonly #bySession = new Map<string, ClientCall>();
  readonly #speaker: Speaker;

  constructor(around: DeviceSurroundings, account: Account, place: DevicePlace) {
    this.#around = around;
    this.account = account;
    this.place = place;
    this.#instance = place.instance;
    this.peer = new Peer(around.simulation, around.network, place.host, {
      sip: (event) => this.#sip(event),
      msrp: (event) => this.#msrp(event),
    });
    this.registration = new ClientRegistration(around, this.peer, account, place.instance);
    this.#listener = new Listener(around, this.peer);
    this.#speaker = new Speaker(this.peer);
  }

  /** Sessions that stand, as the client sees it. */
  get agreed(): readonly ClientCall[] {
    return [...this.calls.values()].filter(({ isAgreed }) => isAgreed);
  }

  /** The client is switched off, or crashes. */
  die(isNoticed: boolean): void {
    for (const call of this.calls.values()) this.account.calls.delete(call);
    this.peer.die(isNoticed);
  }

  /** INVITEs the group session that the user knows. */
  rejoin(contributionId: string): void {
    const identity = this.account.identities.get(contributionId);
    if (identity !== undefined) this.#invite(contributionId, identity, []);
  }

  /** BYE; `reason` says whether the user leaves. */
  bye(call: ClientCall, reason: string | undefined): void {
    this.#around.simulation.trace(() => `${this.peer.host} BYE ${call.key} ${reason ?? ''}`);
    const headers = reason === undefined ? [] : [{ name: 'Reason', value: reason }];
    this.peer.do(() => this.peer.agent.bye(this.peer.nowMs, call.dialog, headers));
    this.#end(call);
  }

  /** New media for a session (RFC 4975 5.4). */
  renew(call: ClientCall): void {
    const { session, sdp } = this.peer.describe('actpass');
    this.#bind(call, session);
    const headers = [{ name: 'Content-Type', value: 'application/sdp' }];
    this.peer.do(() =>
      this.peer.agent.reinvite(this.peer.nowMs, call.dialog, { headers, body: sdp }),
    );
  }

  say(call: ClientCall): void {
    this.#speaker.say(call.session, this.account);
  }

  #invite(contributionId: string, identity: string, more: readonly Header[]): void {
    const { session, sdp } = this.peer.describe('actpass');
    const call = this.#newCall(contributionId, session);
    const { account, peer } = this;
    this.#around.simulation.trace(() => `${peer.host} re-joins ${call.key}`);
    call.dialog = peer.do(() =>
      peer.agent.invite(
        peer.nowMs,
        {
          method: 'INVITE',
          uri: identity,
          headers: [
            { name: 'From', value: `<${account.uri}>` },
            { name: 'To', value: `<${identity}>` },
            this.#contact(),
            { name: 'Contribution-ID', value: contributionId },
            { name: 'Content-Type', value: 'application/sdp' },
            ...more,
          ],
          body: sdp,
        },
        { transport: 'udp', host: this.#around.entry(), port: 5060 },
      ),
    );
    this.calls.set(call.dialog, call);
  }

  #newCall(contributionId: string, session: string): ClientCall {
    const call = newCall(this.#around.ledger, this.account.uri, contributionId);
    this.#bind(call, session);
    return call;
  }

  #bind(call: ClientCall, session: string): void {
    const before = call.session;
    if (before !== '') {
      this.#bySession.delete(before);
      this.peer.do(() => this.peer.msrp.close(this.peer.nowMs, before));
    }
    call.session = session;
    call.isUp = false;
    call.hearing = this.#around.ledger.hearing(call.key);
    this.#bySession.set(session, call);
  }

  #contact(): Header {
    const { userName } = this.account;
    const value = `<sip:${userName}@${this.peer.host}:5060>;+sip.instance="${this.#instance}"`;
    return { name: 'Contact', value };
  }

  #end(call: ClientCall): void {
    call.isOver = true;
    call.isAgreed = false;
    this.calls.delete(call.dialog);
    this.account.calls.delete(call);
    this.#bySession.delete(call.session);
    this.peer.do(() => this.peer.msrp.close(this.peer.nowMs, call.session));
  }

  #sip(event: SipEvent): void {
    if (event.kind === 'invite') this.#invited(event);
    else if (event.kind === 'request') {
      this.peer.agent.respond(this.peer.nowMs, event.transaction, { status: 405 });
    } else if (event.kind === 'response' && this.registration.responded(event)) return;
    else this.#ofCall(event);
  }

  #ofCall(event: SipEvent): void {
    const call = 'dialog' in event && event.dialog ? this.calls.get(event.dialog) : undefined;
    if (call !== undefined) this.#callEvent(call, event);
    else if (event.kind === 'answered') this.peer.agent.bye(this.peer.nowMs, event.dialog);
  }

  #callEvent(call: ClientCall, event: SipEvent): void {
    const { peer } = this;
    switch (event.kind) {
      case 'answered':
        this.#agreed(call, event.response);
        return;
      case 'response':
        if (event.status < 300 && event.response) this.#start(call, event.response);
        return;
      case 'update':
        peer.agent.respond(peer.nowMs, event.transaction, this.#answer(call, event.request));
        return;
      case 'refused':
        this.#refused(call, event);
        return;
      case 'bye':
      case 'cancelled':
      case 'dialog-lost':
        this.#around.simulation.trace(() => `${peer.host} ${call.key} ${event.kind}`);
        this.#end(call);
        return;
      default:
    }
  }

  #refused(call: ClientCall, event: Extract<SipEvent, { kind: 'refused' }>): void {
    this.#around.simulation.trace(() => `${this.peer.host} ${call.key} refused ${event.status}`);
    this.#end(call);
    const challenge = event.response && headerValues(event.response, 'WWW-Authenticate')[0];
    const identity = this.account.identities.get(call.contributionId);
    if (event.status !== 401 || challenge === undefined || identity === undefined) return;
    const value = credentials(challenge, this.account, 'INVITE', identity);
    this.#invite(call.contributionId, identity, [{ name: 'Authorization', value }]);
  }

  #invited({ dialog, request }: Invite): void {
    const { random, rates } = this.#around.simulation;
    const contributionId = header(request, 'Contribution-ID') ?? '';
    this.account.note(contributionId, request);
    const call = this.#newCall(contributionId, '');
    call.dialog = dialog;
    this.calls.set(dialog, call);
    const respond = (status: number): void => {
      if (!call.isOver) this.peer.agent.respond(this.peer.nowMs, dialog, { status });
    };
    if (random.chance(0.3)) this.peer.later(random.between(1, 200), () => respond(180));
    if (!random.chance(rates.refusal)) {
      const delayMs = rates.refusal === 0 ? 20 : random.spread(1, 40_000);
      this.peer.later(delayMs, () => this.#accept(call, request));
      return;
    }
    const status = random.pick([480, 486, 408, 500, 603, 0]);
    if (status === 0) return;
    this.peer.later(random.spread(1, 20_000), () => {
      if (call.isOver) return;
      respond(status);
      this.#end(call);
    });
  }

  #accept(call: ClientCall, request: SipRequest): void {
    if (call.isOver) return;
    const answer = this.#answer(call, request);
    if (answer.status === 200) this.#isAgreed(call, request);
    this.peer.agent.respond(this.peer.nowMs, call.dialog, answer);
  }

  #answer(call: ClientCall, request: SipRequest) {
    const media = this.peer.mediaOf(request);
    if (media === undefined) return { status: 488 };
    const { random } = this.#around.simulation;
    const setup = answerSetup(media.setup, random.pick(['active', 'passive']));
    const { session, sdp } = this.peer.describe(setup);
    this.#bind(call, session);
    const isActive = setup === 'active';
    this.peer.msrp.start(this.peer.nowMs, session, { path: media.path, isActive });
    const type = { name: 'Content-Type', value: 'application/sdp' };
    return { status: 200, headers: [this.#contact(), type], body: sdp };
  }

  #agreed(call: ClientCall, response: SipMessage): void {
    this.account.note(call.contributionId, response);
    this.#start(call, response);
    this.#isAgreed(call, response);
  }

  #start(call: ClientCall, answer: SipMessage): void {
    const media = this.peer.mediaOf(answer);
    if (media === undefined) return;
    const isActive = isOffererActive(media.setup);
    this.peer.msrp.start(this.peer.nowMs, call.session, { path: media.path, isActive });
  }

  #isAgreed(call: ClientCall, message: SipMessage): void {
    const path = this.peer.mediaOf(message)?.path[0] ?? '';
    call.edge = this.#around.processAt(/msrps?:\/\/([^:/;]+)/.exec(path)?.[1] ?? '');
    call.isAgreed = true;
    this.account.agreed(this.#around.simulation, call);
  }

  #msrp(event: MsrpEvent): void {
    const session = event.kind === 'message' ? event.message.session : event.session;
    const call = this.#bySession.get(session);
    if (call === undefined) return;
    switch (event.kind) {
      case 'bound':
        call.isUp = true;
        return;
      case 'message':
        this.#listener.heard(call, event.message);
        return;
      case 'delivered':
        this.#speaker.answered(event.reference);
        return;
      case 'lost':
        call.isUp = false;
        this.#lost(call);
        return;
      default:
    }
  }

  /** Clients differ in what they do when their media are gone. */
  #lost(call: ClientCall): void {
    const { random } = this.#around.simulation;
    const delayMs = random.spread(1, 20_000);
    const doing = random.below(4);
    this.peer.later(delayMs, () => {
      if (call.isOver || call.isUp) return;
      if (doing === 0) this.bye(call, 'SIP;cause=503');
      else if (doing === 1) this.renew(call);
      else if (doing === 2) this.#end(call);
    });
  }
}
