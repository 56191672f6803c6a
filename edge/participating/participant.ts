/**
 * One user in one group session, as this edge holds it: the side to the focus, the side to the client, and the bridge between them. It
 * does at once what the protocols ask for, reports what happened, and carries out the commands that the functions decide on; what
 * they decide is not known here.
 */
import type { GroupInfo, LegEvent } from '../../shared/core/participation/event.ts';
import type { ParticipationName } from '../../shared/core/participation/state.ts';
import type { InboundMessage } from '../msrp/effect.ts';
import { sameUri } from '../sip/uri.ts';
import { groupStateType } from '../xml/group-state.ts';
import type { Bridge } from './bridge.ts';
import { joinedOf } from './client-invitation.ts';
import { type ClientReturn, clientReturn } from './client-return.ts';
import { type ClientOwner, ClientSide, type JoiningClient } from './client-side.ts';
import { Departure } from './departure.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { Ending, groupStateReference } from './ending.ts';
import { FocusSide } from './focus-side.ts';
import { IdleTimer } from './idle-timer.ts';
import { identitiesMax, storeCheckMs } from './limit.ts';
import { ParallelRejoin } from './parallel-rejoin.ts';
import { withRecipients } from './recipients.ts';
import { RosterWatch } from './roster-watch.ts';
import { kindOf } from './session-kind.ts';
import { type Beginning, type Count, deferredOf, type ParticipantStart } from './start.ts';
import { Upstream } from './upstream.ts';
import { wireBridge } from './wiring.ts';

export type ParticipantOwner = {
  /** The focus has sent something: the bridge has to be flushed at the end of the step. */
  readonly touched: (participant: Participant) => void;
  /** `isEnded`: nothing is kept of it. */
  readonly over: (participant: Participant, isEnded: boolean) => void;
};

export class Participant {
  readonly name: ParticipationName;
  /** Its INVITE, of the focus or of the client, has no final answer yet. */
  beginning: Beginning | undefined;
  /** Something waited for the user before this edge held it. */
  readonly isRevived: boolean;
  readonly bridge: Bridge;
  readonly upstream: Upstream;
  readonly client: ClientSide;
  readonly focus: FocusSide;
  /** Our subscription to the roster. */
  readonly watch: RosterWatch;
  /** How the client gets what waits for it. */
  readonly delivery: ClientReturn;
  /** How the client goes. */
  readonly departure: Departure;
  /** The closing of a session that has ended for the focus. */
  readonly ending: Ending;
  /** A re-join beside a delivery of ours. */
  readonly rejoin: ParallelRejoin;
  readonly #desk: Desk;
  readonly #owner: ParticipantOwner;
  readonly #epoch: number;
  readonly #idle: IdleTimer;
  /** The reports of this epoch. */
  readonly count: Count;
  #group: GroupInfo;
  #roster: readonly string[];
  #instance: string | undefined;
  #isKeeping = false;
  #identities: readonly string[];

  constructor(desk: Desk, start: ParticipantStart, owner: ParticipantOwner) {
    this.#desk = desk;
    this.#owner = owner;
    this.name = start.name;
    this.isRevived = start.isEndUnknown;
    this.#epoch = start.epoch;
    this.count = start.count;
    this.#group = start.group;
    this.#identities = [start.group.identity];
    this.#roster = start.roster;
    this.#instance = start.instance;
    this.upstream = new Upstream(desk);
    this.#idle = new IdleTimer(desk, (nowMs) => this.client.endIdle(nowMs));
    this.watch = new RosterWatch(desk, start.name.user, {
      changed: (nowMs, users) => this.#rosterChanged(nowMs, users),
    });
    this.client = new ClientSide(desk, this.#clientOwner());
    this.focus = new FocusSide(desk, this);
    this.delivery = clientReturn(desk, this);
    this.ending = new Ending(desk, this);
    this.departure = new Departure(desk, this);
    this.rejoin = new ParallelRejoin(desk, this);
    this.bridge = wireBridge(desk, start, {
      client: () => this.delivery.leg ?? this.client.leg,
      focus: () => this.focus.leg,
      report: (nowMs, event, then) => this.report(nowMs, event, then),
      caughtUp: (nowMs) => this.ending.caughtUp(nowMs),
      kept: (nowMs) => this.departure.kept(nowMs),
    });
  }

  get epoch(): number {
    return this.#epoch;
  }

  get group(): GroupInfo {
    return this.#group;
  }

  /** Whether a URI is the Group Session Identity, now or before a re-start. */
  answersTo(identity: string): boolean {
    return this.#identities.some((one) => sameUri(one, identity));
  }

  /** Something waits for the client, or the session has ended for the focus. */
  get isBehind(): boolean {
    return !this.focus.isActive || (this.bridge.mode !== 'live' && !this.bridge.isStoreEmpty);
  }

  get roster(): readonly string[] {
    return this.#roster;
  }

  /** Something was reported, or is to be stored, in this epoch. */
  get isKnownOutside(): boolean {
    return this.count.reports > 0 || this.bridge.last > 0;
  }

  /** The device that accepted the group session. */
  get instance(): string | undefined {
    return this.#instance;
  }

  /** Reports something that has happened to this participation. */
  report(nowMs: number, event: LegEvent, then?: (nowMs: number, isStored: boolean) => void): void {
    this.count.reports++;
    const counter = this.count.reports;
    const source = { edge: this.#desk.options.edge, epoch: this.#epoch, counter };
    this.#desk.report(this.name, { source, event: { ...event, atMs: nowMs } }, then);
  }

  /** What later INVITEs to the client repeat; the identity changes with a re-start. */
  regrouped(group: Partial<GroupInfo>): void {
    this.#group = { ...this.#group, ...group };
    const { identity } = this.#group;
    if (!this.answersTo(identity)) {
      this.#identities = [identity, ...this.#identities].slice(0, identitiesMax);
    }
  }

  /** The session with the client is agreed on. */
  clientJoined(
    nowMs: number,
    joined: Omit<JoiningClient, 'types'> & {
      readonly instance: string | undefined;
      readonly isApart?: boolean;
      readonly isBeside?: boolean;
    },
  ): void {
    this.departure.joined(joined.isApart ?? false);
    this.#instance = joined.instance ?? this.#instance;
    const { acceptTypes, acceptWrappedTypes } = this.#group;
    const kept = kindOf(this.#group).hasRoster ? [...acceptTypes, groupStateType] : acceptTypes;
    const types = { acceptTypes: kept, acceptWrappedTypes };
    if (joined.isBeside) this.client.joinNext(nowMs, { ...joined, types });
    else this.client.join(nowMs, { ...joined, types });
  }

  /** The functions take the client for away, and it is there. */
  present(nowMs: number): void {
    this.report(nowMs, joinedOf({ instance: this.#instance }));
  }

  /** The client is away: everything is kept from here on, and the roster is followed (002 8.3.2.9). */
  away(nowMs: number): void {
    if (kindOf(this.#group).hasRoster) this.watch.start(nowMs, this.#group.identity);
  }

  /** Keeps what comes for an absent user outside sessions: known to the functions before the first message is stored. */
  keep(nowMs: number): void {
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    this.report(nowMs, deferredOf(this, nowMs));
    this.#desk.setTimer(`keep/${this.#desk.nextNumber()}`, 0, (atMs) =>
      this.whenStored(atMs, (laterMs) => {
        this.#isKeeping = false;
        if (!this.delivery.isOut && !this.client.isPresent) this.over(laterMs);
      }),
    );
  }

  /** Nothing was left of an ended session when its delivery was due. */
  nothingWaits(nowMs: number): void {
    this.report(nowMs, { kind: 'drained', cursor: this.bridge.cursor });
    this.over(nowMs, true);
  }

  /** Leaves the focus's session with a cause, and everything with it (001 8.3.2.9.1.2 1d). */
  release(nowMs: number, cause: number): void {
    this.watch.stop(nowMs);
    this.focus.bye(nowMs, [{ name: 'Reason', value: `SIP;cause=${cause}` }]);
    this.over(nowMs, true);
  }

  /** The present clients that may get a delivery (PFT-001). */
  eligible(bindings: readonly Binding[]): readonly Binding[] {
    const instance = this.#instance;
    if (instance === undefined) return bindings;
    return bindings.filter((binding) => {
      const isAnyOfCore = binding.isByCore === true && binding.instance === undefined;
      return isAnyOfCore || binding.instance === instance;
    });
  }

  /** A message of the focus is to be bridged. */
  fromFocus(nowMs: number, message: InboundMessage): void {
    this.#idle.touch(nowMs);
    this.#owner.touched(this);
    this.bridge.arrived(nowMs, { ...message, body: this.#kept(message), receivedAtMs: nowMs });
  }

  /** Waits until nothing is on its way into the store. */
  whenStored(nowMs: number, then: (nowMs: number) => void): void {
    this.bridge.endStep(nowMs);
    if (this.bridge.isStoreIdle) {
      then(nowMs);
      return;
    }
    const timer = `stored/${this.#desk.nextNumber()}`;
    this.#desk.setTimer(timer, storeCheckMs, (atMs) => this.whenStored(atMs, then));
  }

  /** Ends this edge's part; `isEnded`: nothing is kept of the participation. */
  over(nowMs: number, isEnded = false): void {
    this.#idle.stop();
    this.delivery.cancel(nowMs);
    this.rejoin.close(nowMs);
    this.client.close(nowMs);
    this.focus.close(nowMs);
    this.#owner.over(this, isEnded);
  }

  /** The body of a message, as it is kept if the client is behind (003 step 5); what goes through at once is not touched. */
  #kept(message: InboundMessage): Uint8Array {
    const isPassed = this.bridge.mode === 'live' || this.bridge.mode === 'holding';
    const isRewritten = this.#desk.options.isCpimToRewritten && kindOf(this.#group).hasRoster;
    return isPassed || !isRewritten ? message.body : withRecipients(message, this.#roster);
  }

  #clientOwner(): ClientOwner {
    return {
      up: (nowMs) => {
        this.departure.isAwaited = false;
        this.#idle.start(nowMs);
        this.bridge.clientDown(nowMs); // With new media a client begins anew.
        this.bridge.clientUp(nowMs);
      },
      returned: (nowMs) => {
        this.delivery.cancel(nowMs);
        this.report(nowMs, { kind: 'client-joined' });
        this.bridge.clientUp(nowMs);
      },
      replaced: (nowMs) => this.bridge.clientDown(nowMs),
      lost: (nowMs, trigger, heardMs) => this.departure.lost(nowMs, trigger, heardMs),
      left: (nowMs, request) => this.departure.left(nowMs, request),
      message: (nowMs, message) => {
        this.#idle.touch(nowMs);
        this.#desk.sentFrom.remember(this.name.user, message.body, this.#instance);
        this.upstream.forward(nowMs, message);
        if (this.upstream.isFull) this.client.leg?.pause();
      },
      answered: (nowMs, reference, status) => this.#clientAnswered(nowMs, reference, status),
      room: (nowMs) => this.bridge.clientRoom(nowMs),
    };
  }

  #clientAnswered(nowMs: number, reference: number, status: number): void {
    if (reference === groupStateReference) {
      this.ending.groupStateAnswered(nowMs);
      return;
    }
    this.bridge.clientAnswered(nowMs, reference, status);
    if (status === 200) this.#desk.emit({ kind: 'count', what: 'delivered', messages: 1 });
  }

  #rosterChanged(nowMs: number, users: readonly string[]): void {
    if (users.join(' ') === this.#roster.join(' ')) return;
    this.#roster = users;
    this.report(nowMs, { kind: 'roster', users });
  }
}
