/**
 * What the client says, on its way to the focus. The client's answer is the focus's. What the focus has not answered when its
 * connection breaks is sent again over the next one, with the same Message-ID.
 */
import type { InboundMessage } from '../msrp/effect.ts';
import type { Desk } from './desk.ts';
import { upstreamMessagesMax } from './limit.ts';
import type { MediaLeg } from './media-leg.ts';

type Passing = { readonly message: InboundMessage };

export class Upstream {
  readonly #desk: Desk;
  readonly #passing = new Map<number, Passing>();
  /** Bytes of the messages for which the client wants a success report, by Message-ID; the oldest are forgotten first. */
  readonly #reportable = new Map<string, number>();
  #focus: MediaLeg | undefined;
  #count = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The focus's leg is up: what waits goes out, in order. */
  focusUp(nowMs: number, leg: MediaLeg): void {
    this.#focus = leg;
    for (const [reference, { message }] of this.#passing) this.#send(nowMs, reference, message);
  }

  focusDown(): void {
    this.#focus = undefined;
  }

  /** Nothing that the client has said waits for its answer. */
  get isEmpty(): boolean {
    return this.#passing.size === 0;
  }

  /** As many messages wait as may; the client's connection is not to be read. */
  get isFull(): boolean {
    return this.#passing.size >= upstreamMessagesMax;
  }

  /** Below this the client's connection is read again. */
  get hasRoom(): boolean {
    return this.#passing.size < upstreamMessagesMax / 2;
  }

  /** A message of the client. */
  forward(nowMs: number, message: InboundMessage): void {
    this.#count++;
    this.#passing.set(this.#count, { message });
    if (message.isSuccessReportWanted) this.#remember(message);
    if (this.#focus !== undefined) this.#send(nowMs, this.#count, message);
  }

  /** The focus has answered. */
  answered(nowMs: number, reference: number, status: number): void {
    const passing = this.#passing.get(reference);
    if (passing === undefined) return;
    this.#passing.delete(reference);
    this.#desk.msrp.answer(nowMs, passing.message.inbound, status);
  }

  /** The focus has reported on a message: the report is the client's, where it wants one (RFC 4975 7.1.2). */
  reported(nowMs: number, client: MediaLeg | undefined, messageId: string, status: number): void {
    const bytes = this.#reportable.get(messageId);
    if (bytes === undefined) return;
    this.#reportable.delete(messageId);
    client?.report(nowMs, messageId, { status, bytes });
  }

  #remember({ messageId, body }: InboundMessage): void {
    this.#reportable.set(messageId, body.length);
    const [oldest] = this.#reportable.keys();
    if (this.#reportable.size > upstreamMessagesMax && oldest !== undefined) {
      this.#reportable.delete(oldest);
    }
  }

  /** The focus is gone for good: each message is taken, and reported as failed (001 8.3.2.9.1.3). */
  fail(nowMs: number, client: MediaLeg | undefined, status: number): void {
    for (const { message } of this.#passing.values()) {
      this.#desk.msrp.answer(nowMs, message.inbound, 200);
      client?.report(nowMs, message.messageId, { status, bytes: message.body.length });
    }
    this.#passing.clear();
  }

  #send(nowMs: number, reference: number, message: InboundMessage): void {
    this.#focus?.send(nowMs, {
      reference,
      messageId: message.messageId,
      contentType: message.contentType,
      body: message.body,
      isSuccessReportWanted: message.isSuccessReportWanted,
      // A hop of its own: the client's answer depends on the focus's (decision O-02).
      failureReport: message.failureReport === 'no' ? 'no' : 'yes',
    });
  }
}
