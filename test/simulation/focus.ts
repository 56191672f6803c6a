/**
 * A focus of somebody else's: it hosts groups, invites members through the edges, sends to each member's leg, sends again what was not
 * answered when a leg comes back, ends groups, and starts them again when it is asked. A cheap model over the real SIP and MSRP.
 */
import type { MsrpEvent } from '../../edge/msrp/effect.ts';
import { answerSetup, isOffererActive } from '../../edge/sdp/negotiate.ts';
import { parseAddress } from '../../edge/sip/address.ts';
import type { ResponseDraft, SipEvent } from '../../edge/sip/effect.ts';
import { header } from '../../edge/sip/header.ts';
import type { Header, SipRequest } from '../../edge/sip/message.ts';
import { parseUri } from '../../edge/sip/uri.ts';
import { bodyOf, focusHeaders, withList } from './focus-text.ts';
import { Group } from './group.ts';
import { factoryUser, focusHost } from './hosts.ts';
import type { Ledger } from './ledger.ts';
import { Leg } from './leg.ts';
import type { Network } from './network.ts';
import { Peer } from './peer.ts';
import type { Simulation } from './simulation.ts';

export type FocusSurroundings = {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly ledger: Ledger;
  /** The host of some edge. */
  readonly entry: () => string;
};

type Invite = Extract<SipEvent, { kind: 'invite' }>;

export class Focus {
  readonly peer: Peer;
  readonly groups: readonly Group[];
  /** What clients have said, by Message-ID. */
  readonly heard = new Set<string>();
  readonly #around: FocusSurroundings;
  readonly #byDialog = new Map<string, Leg>();
  readonly #bySession = new Map<string, Leg>();

  constructor(around: FocusSurroundings, groups: readonly (readonly string[])[]) {
    this.#around = around;
    this.groups = groups.map((users, index) => new Group(`group-${index + 1}`, users));
    this.peer = new Peer(around.simulation, around.network, focusHost, {
      sip: (event) => this.#sip(event),
      msrp: (event) => this.#msrp(event),
    });
  }

  /** Starts a group: everybody who belongs to it is invited. */
  start(group: Group): void {
    group.begin();
    for (const user of group.users) this.invite(group, user);
  }

  /** Invites a member who has no leg. */
  invite(group: Group, user: string): void {
    const { simulation, entry } = this.#around;
    const leg = this.#newLeg(group, user);
    const setup = simulation.random.pick(['actpass', 'active', 'passive'] as const);
    const { session, sdp } = this.peer.describe(setup);
    const body = simulation.random.chance(0.5)
      ? { contentType: 'application/sdp', body: sdp }
      : withList(sdp, group.users);
    const host = entry();
    simulation.trace(() => `focus invites ${user} into ${group.contributionId} by ${host}`);
    const dialog = this.peer.do(() =>
      this.peer.agent.invite(
        this.peer.nowMs,
        {
          method: 'INVITE',
          uri: user,
          headers: [
            { name: 'From', value: `<${group.identity}>` },
            { name: 'To', value: `<${user}>` },
            ...focusHeaders(group),
            { name: 'Content-Type', value: body.contentType },
          ],
          body: body.body,
        },
        { transport: 'udp', host, port: 5060 },
      ),
    );
    leg.dialog = dialog;
    this.#byDialog.set(dialog, leg);
    this.#bySession.set(session, leg);
    leg.session = session;
  }

  /** Sends to everybody with a leg. */
  say(group: Group, bytes: number): void {
    group.sequence++;
    for (const leg of group.legs.values()) {
      const id = `${group.contributionId}.${leg.user.slice(4, 7)}.${group.sequence}`;
      this.#around.ledger.sent(leg.key, id, group.sequence);
      this.peer.do(() => leg.say(id, bodyOf(id, bytes)));
    }
  }

  /** Ends a group for being idle. */
  end(group: Group): void {
    this.#around.simulation.trace(() => `focus ends ${group.contributionId}`);
    group.isRunning = false;
    const reason = { name: 'Reason', value: 'SIP;cause=200;text="idle"' };
    for (const leg of [...group.legs.values()]) this.#drop(leg, [reason]);
  }

  /** Brings new media to a leg. */
  renew(leg: Leg): void {
    const { session, sdp } = this.peer.describe('actpass');
    this.#renewed(leg, session);
    this.peer.do(() => {
      const transaction = this.peer.agent.reinvite(this.peer.nowMs, leg.dialog, {
        headers: [{ name: 'Content-Type', value: 'application/sdp' }, ...focusHeaders(leg.group)],
        body: sdp,
      });
      leg.renewing = transaction;
    });
  }

  #newLeg(group: Group, user: string): Leg {
    const { simulation, ledger } = this.#around;
    const leg = new Leg({ simulation, ledger, peer: this.peer, group, user });
    const before = group.legs.get(user);
    if (before !== undefined) {
      leg.takeOver(before);
      this.#drop(before, []);
    }
    group.legs.set(user, leg);
    return leg;
  }

  /** Ends a leg; what was not answered is told to its senders as failed. */
  #drop(leg: Leg, headers: readonly Header[], hasEnded = false): void {
    if (leg.group.legs.get(leg.user) === leg) leg.group.legs.delete(leg.user);
    this.#byDialog.delete(leg.dialog);
    this.#bySession.delete(leg.session);
    leg.isOver = true;
    this.peer.do(() => {
      if (!hasEnded) this.peer.agent.bye(this.peer.nowMs, leg.dialog, headers);
      this.peer.msrp.close(this.peer.nowMs, leg.session);
    });
  }

  #sip(event: SipEvent): void {
    if (event.kind === 'invite') this.#invited(event);
    else if (event.kind === 'request') this.#request(event);
    else this.#ofLeg(event);
  }

  #ofLeg(event: SipEvent): void {
    const leg = 'dialog' in event && event.dialog ? this.#byDialog.get(event.dialog) : undefined;
    if (leg === undefined) {
      if (event.kind === 'answered') this.peer.agent.bye(this.peer.nowMs, event.dialog);
      return;
    }
    switch (event.kind) {
      case 'answered':
        this.#start(leg, event.response);
        this.#expect(leg);
        return;
      case 'response':
        if (event.transaction !== leg.renewing) return;
        if (event.status < 300 && event.response) this.#start(leg, event.response);
        return;
      case 'update':
        this.#updated(leg, event.transaction, event.request);
        return;
      case 'refused':
      case 'bye':
      case 'cancelled':
      case 'dialog-lost':
        this.#around.simulation.trace(() => `focus: leg of ${leg.user} ${event.kind}`);
        this.#drop(leg, [], true);
        return;
      default:
    }
  }

  #start(leg: Leg, response: Parameters<Peer['mediaOf']>[0]): void {
    const media = this.peer.mediaOf(response);
    if (media === undefined) return;
    const isActive = isOffererActive(media.setup);
    this.peer.msrp.start(this.peer.nowMs, leg.session, { path: media.path, isActive });
  }

  #updated(leg: Leg, transaction: string, request: SipRequest): void {
    const answer = this.#answer(leg, request);
    this.peer.agent.respond(this.peer.nowMs, transaction, answer);
  }

  /** Takes an offer for a leg: new media in the place of older ones. */
  #answer(leg: Leg, request: SipRequest): ResponseDraft {
    const media = this.peer.mediaOf(request);
    if (media === undefined) return { status: 488 };
    const setup = answerSetup(media.setup, 'passive');
    const { session, sdp } = this.peer.describe(setup);
    this.#renewed(leg, session);
    this.#expect(leg);
    const isActive = setup === 'active';
    this.peer.msrp.start(this.peer.nowMs, session, { path: media.path, isActive });
    const headers = [
      ...focusHeaders(leg.group),
      { name: 'Content-Type', value: 'application/sdp' },
    ];
    return { status: 200, headers, body: sdp };
  }

  #renewed(leg: Leg, session: string): void {
    const before = leg.session;
    this.#bySession.delete(before);
    if (before !== '') this.peer.msrp.close(this.peer.nowMs, before);
    leg.renewed(session);
    this.#bySession.set(session, leg);
  }

  /** A member comes by itself, by the identity of the running group or by the factory. */
  #invited({ dialog, request }: Invite): void {
    const { random, rates } = this.#around.simulation;
    const user = parseAddress(header(request, 'From') ?? '')?.uri ?? '';
    const uri = parseUri(request.uri);
    const isFactory = uri?.user === factoryUser;
    const contributionId = header(request, 'Contribution-ID');
    const group = this.groups.find((one) =>
      isFactory ? one.contributionId === contributionId : one.isIdentity(request.uri),
    );
    const respond = (draft: ResponseDraft): void =>
      this.peer.agent.respond(this.peer.nowMs, dialog, draft);
    if (group === undefined || !group.users.includes(user)) respond({ status: 404 });
    else if (group.isRunning) this.#join(group, user, { dialog, request });
    else if (!isFactory) respond({ status: 404 });
    else if (random.chance(rates.focusRefusal)) {
      const status = random.pick([403, 480, 503, 0]);
      if (status > 0) respond({ status });
    } else {
      group.begin();
      this.#join(group, user, { dialog, request });
      this.#inviteOthers(group, user);
    }
  }

  /** A member has started the group: the others are invited too. */
  #inviteOthers(group: Group, except: string): void {
    this.#around.simulation.trace(() => `focus starts ${group.contributionId} for ${except}`);
    this.peer.later(1, () => {
      for (const user of group.users) {
        if (user !== except && group.isRunning && !group.legs.has(user)) this.invite(group, user);
      }
    });
  }

  #join(
    group: Group,
    user: string,
    call: { readonly dialog: string; readonly request: SipRequest },
  ): void {
    const leg = this.#newLeg(group, user);
    leg.dialog = call.dialog;
    this.#byDialog.set(call.dialog, leg);
    const answer = this.#answer(leg, call.request);
    this.peer.agent.respond(this.peer.nowMs, call.dialog, answer);
  }

  #request(event: Extract<SipEvent, { kind: 'request' }>): void {
    const { agent, nowMs } = this.peer;
    const status = event.request.method === 'SUBSCRIBE' ? 489 : 405;
    agent.respond(nowMs, event.transaction, { status });
  }

  #msrp(event: MsrpEvent): void {
    const session = event.kind === 'message' ? event.message.session : event.session;
    const leg = this.#bySession.get(session);
    if (leg === undefined) return;
    if (event.kind === 'message') {
      this.heard.add(event.message.messageId);
      this.peer.msrp.answer(this.peer.nowMs, event.message.inbound, 200);
    } else if (event.kind === 'lost') this.#lost(leg);
    else leg.msrp(event);
  }

  /** The media are gone. */
  #lost(leg: Leg): void {
    leg.isUp = false;
    this.#expect(leg);
  }

  /** The other side may bring media for a while; then the member is out. */
  #expect(leg: Leg): void {
    const session = leg.session;
    this.peer.later(this.#around.simulation.random.between(40_000, 90_000), () => {
      if (!leg.isOver && !leg.isUp && leg.session === session) this.#drop(leg, []);
    });
  }
}
