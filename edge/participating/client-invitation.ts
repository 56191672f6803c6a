/**
 * Our INVITE to a user's clients: one dialog a client, the first to accept wins and the others are cancelled (PFT-002). Used for
 * the focus's invitation and for deferred delivery. Silence beyond the answer timeout is a final answer of 408.
 */
import type { GroupInfo } from '../../shared/core/participation/event.ts';
import type { StoredMessage } from '../../shared/core/segment.ts';
import type { Direction } from '../sdp/msrp-media.ts';
import type { SipEvent } from '../sip/effect.ts';
import type { Header, SipResponse } from '../sip/message.ts';
import { acceptDevice, recordRoute, routesTo } from './contact.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { instanceOf, mediaOf } from './invitation-text.ts';
import { forksMax, inviteLeftMs } from './limit.ts';
import type { MediaLeg } from './media-leg.ts';
import { elsewhere } from './reason.ts';
import { kindOf } from './session-kind.ts';

export type InvitationPlan = {
  readonly user: string;
  readonly group: GroupInfo;
  readonly roster: readonly string[];
  readonly direction: Direction;
  readonly acceptTypes: readonly string[];
  /** The first message that waits, where the INVITE brings it. */
  readonly first?: StoredMessage;
  /** The only device that may get it (PFT-071). */
  readonly instance?: string;
};

export type JoinedClient = {
  readonly dialog: string;
  readonly leg: MediaLeg;
  readonly instance: string | undefined;
};

export type InvitationOutcome = {
  /** Called again if another client's acceptance crosses the CANCEL: the newer session stays (decision O-13). */
  readonly joined: (nowMs: number, client: JoinedClient) => void;
  /** Whether the session of a client that has joined is the client's still. */
  readonly isCurrent: (leg: MediaLeg) => boolean;
  readonly failed: (nowMs: number, status: number, response?: SipResponse) => void;
  readonly progress: (nowMs: number, response: SipResponse) => void;
  /** The media of a client that may join. */
  readonly newLeg: () => MediaLeg;
};

/** The report of a client that has joined. */
export function joinedOf({ instance }: Pick<JoinedClient, 'instance'>) {
  return { kind: 'client-joined', ...(instance === undefined ? {} : { instance }) } as const;
}

type Fork = { readonly dialog: string; readonly leg: MediaLeg; readonly binding: Binding };

const declined = 603;

/** A client and its place, as one text. */
function placeOf({ contact, callId, target, path, device }: Binding): string {
  return JSON.stringify([
    [contact, callId, device?.contact, device?.callId, path],
    [target.transport, target.host, target.port, target.flow],
  ]);
}

export class ClientInvitation {
  readonly #desk: Desk;
  readonly #plan: InvitationPlan;
  readonly #outcome: InvitationOutcome;
  readonly #forks = new Map<string, Fork>();
  readonly #timer: string;
  readonly #leftTimer: string;
  #worst: { readonly status: number; readonly response: SipResponse | undefined } | undefined;
  #places: readonly string[] = [];
  /** Those of clients that ring. */
  readonly #ringing = new Set<string>();
  #startedMs = 0;
  #isOver = false;
  #joined: MediaLeg | undefined;

  constructor(desk: Desk, plan: InvitationPlan, outcome: InvitationOutcome) {
    this.#desk = desk;
    this.#plan = plan;
    this.#outcome = outcome;
    this.#timer = `invitation/${desk.nextNumber()}`;
    this.#leftTimer = `${this.#timer}/left`;
  }

  /**
   * A client of the user shows that it is there: it registers again, or re-joins. `moved` follows if nobody has answered at all and those to
   * ask are others by now, or elsewhere, or may have been out of reach. Whoever shows right after the INVITE has a while for it
   * before: another one would wait beside it. A client that rings is waited for as long as it is where it was.
   */
  clientShows(
    eligible: (bindings: readonly Binding[]) => readonly Binding[],
    moved: (nowMs: number) => void,
  ): void {
    this.#desk.findClients(this.#plan.user, (nowMs, found) => {
      if (this.#isOver || found === undefined) return;
      const places = eligible(found.bindings).map(placeOf);
      if (this.#ringing.size > 0) {
        if (!places.some((place) => this.#ringing.has(place))) moved(nowMs);
        return;
      }
      const leftMs = this.#startedMs + inviteLeftMs - nowMs;
      const isMoved = places.join() !== this.#places.join();
      if (isMoved || leftMs <= 0) moved(nowMs);
      else {
        this.#desk.setTimer(this.#leftTimer, leftMs, (atMs) => {
          if (this.isUnanswered) moved(atMs);
        });
      }
    });
  }

  /** Nobody has answered at all. */
  get isUnanswered(): boolean {
    return !this.#isOver && this.#ringing.size === 0;
  }

  /** Sends the INVITEs. */
  start(nowMs: number, bindings: readonly Binding[]): void {
    this.#places = bindings.map(placeOf);
    this.#startedMs = nowMs;
    for (const binding of bindings.slice(0, forksMax)) this.#invite(nowMs, binding);
    if (this.#forks.size === 0) {
      this.#end();
      this.#outcome.failed(nowMs, 480);
      return;
    }
    this.#desk.setTimer(this.#timer, this.#desk.options.answerTimeoutMs, (atMs) => {
      this.cancel(atMs);
      this.#outcome.failed(atMs, 408);
    });
  }

  /** Gives up without an outcome; a client that accepts all the same gets a BYE. */
  cancel(nowMs: number): void {
    for (const fork of this.#forks.values()) {
      this.#desk.agent.cancel(nowMs, fork.dialog);
      fork.leg.close(nowMs);
    }
    this.#end();
  }

  #isJoinedStill(): boolean {
    return this.#joined !== undefined && this.#outcome.isCurrent(this.#joined);
  }

  /** Their media are kept until they have answered: an acceptance may be on its way. */
  #cancelOthers(nowMs: number): void {
    for (const { dialog } of this.#forks.values()) {
      this.#desk.agent.cancel(nowMs, dialog, [elsewhere]);
    }
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#desk.clearTimer(this.#timer);
    this.#desk.clearTimer(this.#leftTimer);
  }

  #invite(nowMs: number, binding: Binding): void {
    const { agent } = this.#desk;
    const leg = this.#outcome.newLeg();
    const sdp = leg.offer(this.#plan.direction, {
      acceptTypes: this.#plan.acceptTypes,
      acceptWrappedTypes: this.#plan.group.acceptWrappedTypes,
    });
    const { headers, body } = kindOf(this.#plan.group).body(this.#desk, this.#plan, sdp);
    const dialog = agent.invite(
      nowMs,
      {
        method: 'INVITE',
        uri: binding.contact,
        headers: [...routesTo(binding), ...this.#headers(binding), ...headers],
        body,
      },
      binding.target,
    );
    const fork: Fork = { dialog, leg, binding };
    this.#forks.set(dialog, fork);
    this.#desk.ownDialog(dialog, (atMs, event) => this.#event(atMs, fork, event));
  }

  #headers(binding: Binding): readonly Header[] {
    const { group, instance } = this.#plan;
    return [
      recordRoute(this.#desk),
      ...kindOf(group).headers(this.#desk, this.#plan),
      ...acceptDevice(binding, instance),
    ];
  }

  #event(nowMs: number, fork: Fork, event: SipEvent): void {
    switch (event.kind) {
      case 'progress':
        this.#ringing.add(placeOf(fork.binding));
        if (!this.#isOver) this.#outcome.progress(nowMs, event.response);
        return;
      case 'answered':
        this.#answered(nowMs, fork, event.response);
        return;
      case 'refused':
        this.#refused(nowMs, fork, event);
    }
  }

  #answered(nowMs: number, fork: Fork, response: SipResponse): void {
    if (this.#isOver && !this.#isJoinedStill()) {
      this.#desk.agent.bye(nowMs, fork.dialog, [elsewhere]);
      this.#forget(nowMs, fork);
      return;
    }
    const answer = mediaOf(response);
    if (answer.kind === 'refused') {
      this.#desk.agent.bye(nowMs, fork.dialog);
      this.#refused(nowMs, fork, { status: answer.status });
      return;
    }
    this.#forks.delete(fork.dialog);
    if (!this.#isOver) this.#cancelOthers(nowMs);
    this.#joined = fork.leg;
    fork.leg.complete(nowMs, answer.media);
    this.#outcome.joined(nowMs, {
      dialog: fork.dialog,
      leg: fork.leg,
      instance: instanceOf(response) ?? fork.binding.instance,
    });
  }

  #refused(
    nowMs: number,
    fork: Fork,
    event: { readonly status: number; readonly response?: SipResponse },
  ): void {
    this.#forget(nowMs, fork);
    if (this.#isOver) return;
    if (this.#worst === undefined || event.status === declined) {
      this.#worst = { status: event.status, response: event.response };
    }
    // A user who declines on one device has declined (RFC 3261 16.7: 6xx ends a forked request).
    if (event.status === declined) this.cancel(nowMs);
    else if (this.#forks.size > 0) return;
    this.#end();
    this.#outcome.failed(nowMs, this.#worst.status, this.#worst.response);
  }

  #forget(nowMs: number, fork: Fork): void {
    this.#forks.delete(fork.dialog);
    this.#desk.leaveDialog(fork.dialog);
    fork.leg.close(nowMs);
  }
}
