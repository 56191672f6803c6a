/**
 * One user in one group session, as this edge holds it: the leg to the focus, the session with the client while there is one, and
 * the bridge between them. It does at once what the protocols ask for, reports what happened, and carries out the commands that
 * the functions decide on; what they decide is not known here.
 */
import type { GroupInfo, LegEvent, Trigger } from '../../shared/core/participation/event.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import { isComposingBody } from '../cpim/composing.ts';
import type { InboundMessage } from '../msrp/effect.ts';
import type { DialogState } from '../sip/effect.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import type { Bridge } from './bridge.ts';
import { ClientSession, triggerOf } from './client-session.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { Ending, groupStateReference } from './ending.ts';
import { FocusLink } from './focus-link.ts';
import { groupStateType } from './invitation-text.ts';
import { recentIdsMax } from './limit.ts';
import type { MediaLeg, MediaOwner, MediaTypes } from './media-leg.ts';
import { RosterWatch } from './roster-watch.ts';
import { Upstream } from './upstream.ts';
import { wireBridge } from './wiring.ts';

export type ParticipantStart = {
  readonly name: ParticipationName;
  readonly epoch: number;
  readonly counter: number;
  readonly cursor: number;
  /** Another owner may have stored messages before. */
  readonly isEndUnknown: boolean;
  readonly group: GroupInfo;
  readonly roster: readonly string[];
  readonly instance?: string;
};

export type ParticipantOwner = {
  /** The focus has sent something: the bridge has to be flushed at the end of the step. */
  readonly touched: (participant: Participant) => void;
  readonly over: (participant: Participant) => void;
};

/** Headers of an invitation that speak of its inviter, and not of the group. */
const ofTheInviter = new Set(['P-Asserted-Identity', 'Referred-By', 'P-Charging-Vector']);

const elsewhere: Header = {
  name: 'Reason',
  value: 'SIP;cause=200;text="Call completed elsewhere"',
};

export class Participant {
  readonly name: ParticipationName;
  readonly bridge: Bridge;
  readonly watch: RosterWatch;
  readonly upstream: Upstream;
  readonly #desk: Desk;
  readonly #owner: ParticipantOwner;
  readonly #epoch: number;
  #counter: number;
  #group: GroupInfo;
  #roster: readonly string[];
  #instance: string | undefined;
  #focus: FocusLink | undefined;
  #client: ClientSession | undefined;
  #isFocusOver = false;
  #ending: Ending;

  constructor(desk: Desk, start: ParticipantStart, owner: ParticipantOwner) {
    this.#desk = desk;
    this.#owner = owner;
    this.name = start.name;
    this.#epoch = start.epoch;
    this.#counter = start.counter;
    this.#group = start.group;
    this.#roster = start.roster;
    this.#instance = start.instance;
    this.upstream = new Upstream(desk);
    this.watch = new RosterWatch(desk, start.name.user, {
      changed: (nowMs, users) => this.#rosterChanged(nowMs, users),
    });
    this.#ending = new Ending(desk, this);
    this.bridge = wireBridge(desk, start, {
      client: () => this.#client?.leg,
      focus: () => this.#focus?.leg,
      report: (nowMs, event, then) => this.report(nowMs, event, then),
      caughtUp: (nowMs) => this.#caughtUp(nowMs),
    });
  }

  get group(): GroupInfo {
    return this.#group;
  }

  get roster(): readonly string[] {
    return this.#roster;
  }

  get instance(): string | undefined {
    return this.#instance;
  }

  get client(): ClientSession | undefined {
    return this.#client;
  }

  get focus(): FocusLink | undefined {
    return this.#focus;
  }

  /** The focus's session goes on. */
  get isActive(): boolean {
    return this.#focus?.state !== undefined && !this.#isFocusOver;
  }

  /** Reports something that has happened to this participation. */
  report(nowMs: number, event: LegEvent, then?: (nowMs: number, isStored: boolean) => void): void {
    this.#counter++;
    const source = { edge: this.#desk.options.edge, epoch: this.#epoch, counter: this.#counter };
    this.#desk.report(this.name, { source, event: { ...event, atMs: nowMs } }, then);
  }

  // --- the focus

  /** A leg to the focus for this participation; the caller sets it up. */
  newFocusLink(nowMs: number, identity: string): FocusLink {
    const user = this.name.user;
    const types: MediaTypes = this.#group;
    const kept = this.#group.headers.filter(({ name }) => !ofTheInviter.has(name));
    const own = [...kept, { name: 'P-Asserted-Identity', value: `<${user}>` }];
    this.#focus?.close(nowMs);
    this.#isFocusOver = false;
    this.#focus = new FocusLink(
      this.#desk,
      identity,
      { user, types, headers: own },
      {
        ...this.#focusMedia(),
        ended: (nowMs, request) => this.#focusEnded(nowMs, request),
        recovered: (nowMs) => this.#focusRecovered(nowMs),
      },
    );
    return this.#focus;
  }

  /** Takes the focus's leg up again after a restart: first what was stored last, so that repeats are recognised. */
  restore(nowMs: number, participation: Participation): void {
    const link = this.newFocusLink(nowMs, participation.group.identity);
    this.#desk.readTail(this.name, recentIdsMax, (atMs, messageIds) => {
      this.bridge.remember(messageIds ?? []);
      link.restore(atMs, participation.focus as DialogState);
    });
    this.watch.start(nowMs, participation.group.identity);
  }

  // --- the client

  /** The session with the client is agreed on; an older one gives way to it (decision O-06). */
  clientJoined(
    nowMs: number,
    joined: {
      readonly dialog: string;
      readonly leg: MediaLeg;
      readonly contact: Header;
      readonly instance: string | undefined;
    },
  ): void {
    this.#replaceClient(nowMs);
    this.#instance = joined.instance ?? this.#instance;
    this.#client = new ClientSession(this.#desk, joined, this.#clientTypes(), {
      left: (atMs, request) => this.#clientLeft(atMs, request),
      lost: (atMs) => this.#clientLost(atMs, 'bye'),
    });
    if (joined.leg.isUp) this.bridge.clientUp(nowMs);
  }

  /** Who gets the media of a client of this participation. */
  clientMedia(): MediaOwner {
    // A leg belongs to its session only; what an older one still says is not heard.
    let leg: MediaLeg | undefined;
    const isCurrent = (): boolean => {
      leg ??= this.#client?.leg;
      return this.#client !== undefined && this.#client.leg === leg;
    };
    return {
      up: (nowMs) => {
        if (isCurrent()) this.#clientUp(nowMs);
      },
      down: (nowMs, loss) => {
        if (isCurrent()) this.#clientLost(nowMs, triggerOf(loss));
      },
      message: (nowMs, message) => this.#fromClient(nowMs, message),
      answered: (nowMs, reference, status) => {
        if (isCurrent()) this.#clientAnswered(nowMs, reference, status);
      },
      reported: () => {},
      room: (nowMs) => {
        if (isCurrent()) this.bridge.clientRoom(nowMs);
      },
    };
  }

  /** The client is away from the start, or has not come in: everything is kept from here on. */
  away(nowMs: number): void {
    this.watch.start(nowMs, this.#group.identity);
  }

  /** Leaves the focus's session with a cause, and everything with it (001 8.3.2.9.1.2 1d). */
  release(nowMs: number, cause: number): void {
    this.watch.stop(nowMs);
    this.#focus?.bye(nowMs, [{ name: 'Reason', value: `SIP;cause=${cause}` }]);
    this.#over(nowMs);
  }

  /** The client itself has brought the group: what later INVITEs to it repeat. */
  openedByClient(group: GroupInfo): void {
    this.#group = group;
  }

  /** The re-start has brought a new focus leg: the group goes on under its new identity. */
  regrouped(identity: string): void {
    this.#group = { ...this.#group, identity };
  }

  /** Ends the client's session from our side and waits for the answer; then nothing of it is left here. */
  hangUp(nowMs: number, reason: Header, then: (nowMs: number) => void): void {
    const client = this.#client;
    this.#client = undefined;
    const finish = (atMs: number): void => {
      then(atMs);
      this.#over(atMs);
    };
    if (client === undefined) finish(nowMs);
    else client.bye(nowMs, [reason], finish);
  }

  /** The session had ended before: its group state is delivered too, behind the last message (decision O-16). */
  get ending(): Ending {
    return this.#ending;
  }

  /** The present clients that may get a delivery. */
  eligible(bindings: readonly Binding[]): readonly Binding[] {
    const instance = this.#instance;
    return instance === undefined
      ? bindings
      : bindings.filter((binding) => binding.instance === instance);
  }

  /** Ends this edge's part. */
  close(nowMs: number): void {
    this.#client?.close(nowMs);
    this.#focus?.close(nowMs);
    this.#over(nowMs);
  }

  #over(nowMs: number): void {
    this.#client?.close(nowMs);
    this.#client = undefined;
    this.#focus = undefined;
    this.#owner.over(this);
  }

  #clientTypes(): MediaTypes {
    const { acceptTypes, acceptWrappedTypes } = this.#group;
    return { acceptTypes: [...acceptTypes, groupStateType], acceptWrappedTypes };
  }

  #clientUp(nowMs: number): void {
    // A client that was lost and has brought new media within its dialog is back.
    if (this.bridge.mode !== 'deferring') this.bridge.clientDown(nowMs);
    this.bridge.clientUp(nowMs);
  }

  #clientAnswered(nowMs: number, reference: number, status: number): void {
    if (reference === groupStateReference) {
      this.#ending.groupStateAnswered(nowMs);
      return;
    }
    this.bridge.clientAnswered(nowMs, reference, status);
    if (status === 200) this.#desk.emit({ kind: 'count', what: 'delivered', messages: 1 });
  }

  #replaceClient(nowMs: number): void {
    const older = this.#client;
    if (older === undefined) return;
    this.#client = undefined;
    older.bye(nowMs, [elsewhere]);
    this.bridge.clientDown(nowMs);
  }

  #clientLost(nowMs: number, trigger: Trigger): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    // Nothing that is still said within the lost session counts; a client that is alive hears the end.
    if (trigger !== 'bye') client.bye(nowMs, [{ name: 'Reason', value: 'SIP;cause=480' }]);
    this.bridge.clientDown(nowMs);
    this.report(nowMs, { kind: 'client-lost', trigger, last: this.bridge.last });
    if (this.isActive) this.watch.start(nowMs, this.#group.identity);
    else this.#whenStored(nowMs, (atMs) => this.#over(atMs));
  }

  /** 001 8.3.2.9: leaving voluntarily ends it for the user; nothing is kept (promise 5). */
  #clientLeft(nowMs: number, request: SipRequest): void {
    this.#client = undefined;
    this.bridge.clientDown(nowMs);
    this.watch.stop(nowMs);
    const reason = request.headers.filter(({ name }) => name === 'Reason');
    this.#focus?.bye(nowMs, reason);
    this.report(nowMs, { kind: 'client-left' });
    this.#over(nowMs);
  }

  #fromClient(nowMs: number, message: InboundMessage): void {
    this.upstream.forward(nowMs, message);
    if (this.upstream.isFull) this.#client?.leg.pause();
  }

  #focusMedia(): MediaOwner {
    return {
      up: (nowMs) => {
        if (this.#focus !== undefined) this.upstream.focusUp(nowMs, this.#focus.leg);
      },
      down: () => this.upstream.focusDown(),
      message: (nowMs, message) => this.#fromFocus(nowMs, message),
      answered: (nowMs, reference, status) => {
        this.upstream.answered(nowMs, reference, status);
        if (this.upstream.hasRoom) this.#client?.leg.resume();
      },
      reported: () => {},
      room: () => {},
    };
  }

  #fromFocus(nowMs: number, message: InboundMessage): void {
    if (isComposingBody(message.contentType, message.body)) {
      this.#passComposing(nowMs, message);
      return;
    }
    this.#owner.touched(this);
    this.bridge.arrived(nowMs, { ...message, receivedAtMs: nowMs });
  }

  /** Decision C-11: typing notices are for who is there, now; they are never stored. */
  #passComposing(nowMs: number, message: InboundMessage): void {
    this.#desk.msrp.answer(nowMs, message.inbound, 200);
    if (this.bridge.mode !== 'live') return;
    this.#client?.leg.send(nowMs, {
      reference: 0,
      messageId: message.messageId,
      contentType: message.contentType,
      body: message.body,
      isSuccessReportWanted: false,
      failureReport: 'no',
    });
  }

  #rosterChanged(nowMs: number, users: readonly string[]): void {
    if (users.join(' ') === this.#roster.join(' ')) return;
    this.#roster = users;
    this.report(nowMs, { kind: 'roster', users });
  }

  #focusRecovered(nowMs: number): void {
    const link = this.#focus;
    if (link?.state === undefined) return;
    this.report(nowMs, { kind: 'focus-joined', identity: link.identity, focus: link.state });
  }

  /** The session is over for the focus: what is pending is still delivered (decision O-07). */
  #focusEnded(nowMs: number, request: SipRequest | undefined): void {
    this.#isFocusOver = true;
    this.#ending.sessionEnded();
    this.watch.stop(nowMs);
    this.upstream.focusDown();
    this.#whenStored(nowMs, (atMs) => {
      this.report(atMs, { kind: 'focus-ended', last: this.bridge.last });
      if (this.#client === undefined) this.#over(atMs);
      else if (this.bridge.mode === 'live') {
        // Nothing is pending: the focus's BYE goes on to the client, with its Reason.
        this.#client.bye(atMs, request?.headers.filter(({ name }) => name === 'Reason') ?? []);
        this.#over(atMs);
      }
    });
  }


  /** Waits until nothing is on its way into the store. */
  #whenStored(nowMs: number, then: (nowMs: number) => void): void {
    this.bridge.endStep(nowMs);
    if (this.bridge.isStoreIdle) then(nowMs);
    else this.#desk.setTimer(this.#timer('stored'), 5, (atMs) => this.#whenStored(atMs, then));
  }

  #timer(what: string): string {
    return `${what}/${this.name.user}/${this.name.contributionId}`;
  }

  /** Everything stored is with the client: on to live messages, or to the end of an ended session. */
  #caughtUp(nowMs: number): boolean {
    this.#ending.sendGroupState(nowMs);
    if (this.isActive) return true;
    this.#ending.delivered(nowMs);
    return false;
  }
}
