/**
 * INVITEs of clients. With something kept for the user, the functions decide what becomes of it, and the INVITE waits for their
 * command; otherwise it is relayed to the focus at once (PFT-029).
 */
import type { Participation } from '../../shared/core/participation/state.ts';
import type { SipEvent } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import type { Desk } from './desk.ts';
import type { UserFound } from './effect.ts';
import { instanceOf, mediaOf } from './invitation-text.ts';
import { decisionTimeoutMs } from './limit.ts';
import {
  acceptClient,
  type ClientCall,
  groupInfoOfClient,
  Relay,
  usersOfClient,
} from './origination.ts';
import type { Registry } from './registry.ts';
import { restartGroup } from './restart.ts';

type Invite = Extract<SipEvent, { kind: 'invite' }>;

export class ClientCalls {
  readonly #desk: Desk;
  readonly #registry: Registry;
  readonly #waiting = new Map<string, ClientCall>();

  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  /** A client invites. */
  invited(nowMs: number, event: Invite, user: string): void {
    const { dialog, request } = event;
    const contributionId = header(request, 'Contribution-ID');
    const offer = mediaOf(request);
    if (contributionId === undefined) {
      this.#answer(nowMs, dialog, 400, 'Contribution-ID is missing');
    } else if (offer.kind === 'refused') {
      this.#answer(nowMs, dialog, offer.status, offer.reason);
    } else {
      const call = `${this.#desk.options.edge}/${this.#desk.nextNumber()}`;
      const name = { user, contributionId };
      this.#wait({ call, dialog, request, media: offer.media, name });
    }
  }

  /** The decision: the client's session carries the participation from now on. */
  accept(nowMs: number, name: string, participation: Participation): void {
    const call = this.#take(name);
    if (call === undefined) return;
    const participant = this.#registry.owned(participation);
    participant.delivery.cancel(nowMs);
    acceptClient(this.#desk, participant, call, nowMs);
    if (participation.phase === 'restarting' && !participant.focus.isActive) {
      restartGroup(this.#desk, participant, nowMs);
    }
  }

  /** The decision: not now. */
  refuse(nowMs: number, name: string, status: number): void {
    const call = this.#take(name);
    if (call !== undefined) this.#answer(nowMs, call.dialog, status);
  }

  /** The decision: nothing is kept, so the focus has to answer. */
  relay(name: string): void {
    const call = this.#take(name);
    if (call === undefined) return;
    this.#desk.findUser(call.name.user, (nowMs, found) => {
      if (found === undefined) this.#answer(nowMs, call.dialog, 503);
      else this.#relay(nowMs, call, found);
    });
  }

  #wait(waiting: ClientCall): void {
    const { call, dialog, name } = waiting;
    this.#waiting.set(call, waiting);
    this.#desk.ownDialog(dialog, (_nowMs, later) => {
      if (later.kind === 'cancelled') this.#take(call);
    });
    this.#desk.setTimer(`call/${call}`, decisionTimeoutMs, (nowMs) => {
      if (this.#take(call) !== undefined) this.#answer(nowMs, dialog, 503);
    });
    this.#desk.findUser(name.user, (nowMs, found) => this.#found(nowMs, waiting, found));
  }

  #found(nowMs: number, waiting: ClientCall, found: UserFound | undefined): void {
    const { call, dialog, name } = waiting;
    if (!this.#waiting.has(call)) return;
    if (found === undefined) {
      this.#take(call);
      this.#answer(nowMs, dialog, 503);
      return;
    }
    const isKept = found.participations.some(
      (kept) => kept.contributionId === name.contributionId && kept.phase !== 'gone',
    );
    if (isKept || this.#registry.find(name) !== undefined) {
      this.#ask(nowMs, waiting);
      return;
    }
    this.#take(call);
    this.#relay(nowMs, waiting, found);
  }

  #ask(nowMs: number, { call, dialog, name, request }: ClientCall): void {
    const instance = instanceOf(request);
    const device = instance === undefined ? {} : { instance };
    const event = { kind: 'rejoin', call, ...device, atMs: nowMs } as const;
    this.#desk.report(name, { event }, (atMs, isStored) => {
      if (!isStored && this.#take(call) !== undefined) this.#answer(atMs, dialog, 503);
    });
  }

  #relay(nowMs: number, call: ClientCall, found: UserFound): void {
    const participant = this.#registry.hold({
      ...this.#registry.fresh(call.name, found),
      group: groupInfoOfClient(call, call.request.uri),
      roster: usersOfClient(call),
    });
    new Relay(this.#desk, participant, call).start(nowMs);
  }

  #take(name: string): ClientCall | undefined {
    const call = this.#waiting.get(name);
    if (call === undefined) return undefined;
    this.#waiting.delete(name);
    this.#desk.clearTimer(`call/${name}`);
    this.#desk.leaveDialog(call.dialog);
    return call;
  }

  #answer(nowMs: number, dialog: string, status: number, reason?: string): void {
    this.#desk.agent.respond(nowMs, dialog, {
      status,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}
