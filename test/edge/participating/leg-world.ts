/** Media legs of two desks, whose MSRP hosts are coupled in virtual time. What each leg tells its owner is kept as text. */

import type { InboundMessage, OutboundMessage } from '../../../edge/msrp/effect.ts';
import { Desk, type ParticipatingOptions } from '../../../edge/participating/desk.ts';
import type { ParticipatingEffect } from '../../../edge/participating/effect.ts';
import {
  MediaLeg,
  type MediaOwner,
  type MediaTypes,
} from '../../../edge/participating/media-leg.ts';
import { type MsrpMedia, readMsrpMedia } from '../../../edge/sdp/msrp-media.ts';
import { World } from '../msrp/world.ts';
import { Side, World as SipWorld } from '../sip/agent/world.ts';
import { bytesOf } from './arrivals.ts';
import { optionsFor } from './desk-world.ts';

export const types: MediaTypes = {
  acceptTypes: ['message/cpim'],
  acceptWrappedTypes: ['text/plain'],
};

/** A leg, with everything it has told its owner. */
export class Ended {
  readonly leg: MediaLeg;
  readonly told: string[] = [];
  readonly messages: InboundMessage[] = [];
  onMessage: (nowMs: number, message: InboundMessage) => void = () => {};
  onAnswer: (nowMs: number, reference: number, status: number) => void = () => {};

  constructor(desk: Desk) {
    const owner: MediaOwner = {
      up: () => this.told.push('up'),
      down: (_nowMs, loss) => this.told.push(`down ${loss}`),
      message: (nowMs, message) => {
        this.told.push(`message ${message.messageId}`);
        this.messages.push(message);
        this.onMessage(nowMs, message);
      },
      answered: (nowMs, reference, status) => {
        this.told.push(`answered ${reference} ${status}`);
        this.onAnswer(nowMs, reference, status);
      },
      reported: (_nowMs, messageId, status) => this.told.push(`reported ${messageId} ${status}`),
      room: () => this.told.push('room'),
    };
    this.leg = new MediaLeg(desk, owner);
  }

  get last(): InboundMessage {
    const message = this.messages.at(-1);
    if (message === undefined) throw new Error('no message has come');
    return message;
  }
}

export class LegWorld {
  readonly msrp = new World();
  readonly ours: Desk;
  readonly theirs: Desk;
  readonly #seen = { a: 0, b: 0 };
  readonly #timers = new Map<string, number>();

  constructor(more: Partial<ParticipatingOptions> = {}) {
    const { agent } = new Side(new SipWorld(), 'agent');
    const desk = (side: 'a' | 'b'): Desk =>
      new Desk({ ...optionsFor(agent, this.msrp[side].host), ...more });
    this.ours = desk('a');
    this.theirs = desk('b');
  }

  /** Runs until nothing happens any more. */
  settle(): void {
    do this.msrp.settle();
    while (this.#tell('a', this.ours) || this.#tell('b', this.theirs));
  }

  /** Two legs agree on media: ours offers, theirs answers. */
  connect(our: Ended, their: Ended): void {
    const offer = mediaIn(our.leg.offer('sendrecv', types));
    const answer = mediaIn(their.leg.answer(0, offer, types));
    our.leg.complete(0, answer);
    this.settle();
  }

  /** Two legs with media between them. */
  pair(): { readonly our: Ended; readonly their: Ended } {
    const our = new Ended(this.ours);
    const their = new Ended(this.theirs);
    this.connect(our, their);
    return { our, their };
  }

  /** Timers of our desk that are set, with their delays. */
  get timers(): ReadonlyMap<string, number> {
    for (const effect of this.ours.drain()) this.#setTimer(effect);
    return this.#timers;
  }

  fire(prefix: string): void {
    const timer = [...this.timers.keys()].find((name) => name.startsWith(prefix));
    if (timer === undefined) throw new Error(`no timer ${prefix}`);
    this.#timers.delete(timer);
    this.ours.timer(0, timer);
    this.settle();
  }

  #setTimer(effect: ParticipatingEffect): void {
    if (effect.kind === 'set-timer') this.#timers.set(effect.timer, effect.delayMs);
    if (effect.kind === 'clear-timer') this.#timers.delete(effect.timer);
  }

  #tell(side: 'a' | 'b', desk: Desk): boolean {
    const { events } = this.msrp[side];
    const isNews = this.#seen[side] < events.length;
    while (this.#seen[side] < events.length) {
      const event = events[this.#seen[side]++];
      if (event === undefined) continue;
      const session = event.kind === 'message' ? event.message.session : event.session;
      desk.sessionOwner(session)?.(this.msrp.nowMs, event);
    }
    return isNews;
  }
}

export function mediaIn(sdp: Uint8Array): MsrpMedia {
  const read = readMsrpMedia(sdp);
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.media;
}

export function outbound(reference: number, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    reference,
    messageId: `message-${reference}`,
    contentType: 'message/cpim',
    body: bytesOf(20, reference),
    isSuccessReportWanted: false,
    failureReport: 'yes',
    ...more,
  };
}
