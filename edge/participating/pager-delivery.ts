/**
 * Standalone messages on their way to a user's clients, by SIP MESSAGE, one after another: those that come while a client is there, and
 * those that were kept until one is. A message counts as delivered when one client has taken it (004 5.2.5.2).
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import type { OutboundMessage } from '../msrp/effect.ts';
import type { Desk } from './desk.ts';
import type { Binding } from './effect.ts';
import { forksMax } from './limit.ts';
import type { Participant } from './participant.ts';
import { draftOf } from './standalone-text.ts';

const unavailable = 480;
const noAnswer = 408;

export class PagerDelivery {
  readonly #desk: Desk;
  readonly #participant: Participant;
  #bindings: readonly Binding[] = [];
  #isSending = false;
  #isOut = false;
  /** What is kept is being delivered by order of the functions: they hear of its end. */
  #isOrdered = false;

  constructor(desk: Desk, participant: Participant) {
    this.#desk = desk;
    this.#participant = participant;
  }

  /** Clients are being sent to, or are looked for. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** Where the bridge sends to. */
  get leg(): { readonly send: (nowMs: number, message: OutboundMessage) => boolean } {
    return { send: (nowMs, message) => this.#send(nowMs, message) };
  }

  /** What is kept is to be delivered; told again, it is a further registration. */
  start(nowMs: number): void {
    if (this.#isOrdered) {
      this.again(nowMs);
      return;
    }
    this.#isOrdered = true;
    this.#isOut = true;
    this.#desk.findClients(this.#participant.name.user, (atMs, found) => {
      const bindings = found?.bindings ?? [];
      if (bindings.length > 0) this.goOn(atMs, bindings);
      else this.#refused(atMs);
    });
  }

  /** Clients are there. */
  goOn(nowMs: number, bindings: readonly Binding[]): void {
    this.#isOut = true;
    this.#bindings = bindings.slice(0, forksMax);
    this.#participant.bridge.clientUp(nowMs);
  }

  /** A further registration: the next message goes to its clients too. */
  again(_nowMs: number): void {
    this.#desk.findClients(this.#participant.name.user, (_atMs, found) => {
      const bindings = found?.bindings ?? [];
      if (this.#bindings.length > 0 && bindings.length > 0) this.#bindings = bindings;
    });
  }

  cancel(_nowMs: number): void {
    this.#bindings = [];
    this.#isOut = false;
    this.#isOrdered = false;
  }

  /** Everything kept is delivered: what comes is passed on as it comes. */
  caughtUp(): boolean {
    this.#desk.setTimer(`quiet/${this.#desk.nextNumber()}`, 0, (nowMs) => {
      if (this.#isOut && !this.#isSending && this.#participant.bridge.isQuiet) this.#end(nowMs);
    });
    return true;
  }

  #send(nowMs: number, message: OutboundMessage): boolean {
    this.#isSending = true;
    const attempt = new Attempt(this.#desk, this.#bindings, (atMs, status) =>
      this.#answered(atMs, message, status),
    );
    attempt.start(nowMs, message);
    // The next one only when this one is answered: requests of their own have no order.
    return false;
  }

  #answered(nowMs: number, { reference }: OutboundMessage, status: number): void {
    const { bridge } = this.#participant;
    const isAway = this.#desk.options.deferringCodes.includes(status);
    this.#isSending = false;
    if (this.#bindings.length === 0) return;
    if (isAway) {
      this.#lost(nowMs);
      return;
    }
    const is2xx = status >= 200 && status < 300;
    if (is2xx) this.#desk.emit({ kind: 'count', what: 'delivered', messages: 1 });
    bridge.clientAnswered(nowMs, reference, is2xx ? 200 : status);
    bridge.clientRoom(nowMs);
    if (!this.#isSending && bridge.isQuiet) this.#end(nowMs);
  }

  /** Nothing is under way: nothing has to be held here. */
  #end(nowMs: number): void {
    const participant = this.#participant;
    const { cursor } = participant.bridge;
    if (this.#isOrdered) participant.report(nowMs, { kind: 'drained', cursor });
    this.cancel(nowMs);
    participant.over(nowMs, true);
  }

  /** No client can be reached: what is under way is kept. */
  #lost(nowMs: number): void {
    const participant = this.#participant;
    const wasOrdered = this.#isOrdered;
    this.#isSending = false;
    this.cancel(nowMs);
    participant.bridge.clientDown(nowMs);
    if (wasOrdered) {
      const { last } = participant.bridge;
      participant.report(nowMs, { kind: 'client-lost', trigger: 'unreachable', last });
    }
    participant.keep(nowMs);
  }

  #refused(nowMs: number): void {
    this.cancel(nowMs);
    this.#participant.report(nowMs, { kind: 'client-refused', status: unavailable });
    this.#participant.keep(nowMs);
  }
}

/** One message to all clients of a user: the first to take it decides, the answer of all others counts if none does. */
class Attempt {
  readonly #desk: Desk;
  readonly #bindings: readonly Binding[];
  readonly #then: (nowMs: number, status: number) => void;
  #open = 0;
  #status = noAnswer;
  #isSettled = false;

  constructor(
    desk: Desk,
    bindings: readonly Binding[],
    then: (nowMs: number, status: number) => void,
  ) {
    this.#desk = desk;
    this.#bindings = bindings;
    this.#then = then;
  }

  start(nowMs: number, message: Pick<StoredMessage, 'messageId' | 'contentType' | 'body'>): void {
    this.#open = this.#bindings.length;
    for (const binding of this.#bindings) {
      const draft = draftOf({ ...message, receivedAtMs: nowMs }, binding);
      if (draft === undefined) {
        this.#settle(nowMs, 200);
        return;
      }
      const transaction = this.#desk.agent.request(nowMs, draft, binding.target);
      this.#desk.onResponse(transaction, (atMs, { status }) => this.#answered(atMs, status));
    }
  }

  #answered(nowMs: number, status: number): void {
    this.#open--;
    const isTaken = status >= 200 && status < 300;
    // A refusal says more than silence.
    if (this.#status === noAnswer || isTaken) this.#status = status;
    if (isTaken || this.#open === 0) this.#settle(nowMs, this.#status);
  }

  #settle(nowMs: number, status: number): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#then(nowMs, status);
  }
}
