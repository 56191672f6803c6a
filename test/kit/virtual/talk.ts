/** What a scripted party says and hears over MSRP, in all its sessions. */
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import type { InboundMessage, MsrpEvent } from '../../../edge/msrp/effect.ts';
import type { Call, Got, Manners } from './call.ts';
import type { Node } from './node.ts';

export type Said = {
  readonly messageId: string;
  readonly type?: string;
  /** A success report is asked for. */
  readonly wants?: boolean;
  readonly failureReport?: 'yes' | 'no';
};

export class Talk {
  readonly got: Got[] = [];
  /** What became of what was said, by Message-ID. */
  readonly outcomes = new Map<string, number>();
  readonly reports: { readonly messageId: string; readonly status: number }[] = [];
  readonly losses: string[] = [];
  readonly #node: () => Node;
  readonly #manners: Manners;
  readonly #references = new Map<number, string>();
  #unanswered: number[] = [];
  #count = 0;

  constructor(node: () => Node, manners: Manners) {
    this.#node = node;
    this.#manners = manners;
  }

  /** What was said to it, in order: the texts within the messages. */
  get texts(): readonly string[] {
    return this.got.map(({ text }) => text.split('\r\n\r\n').at(-1) ?? '');
  }

  /** Message-IDs of what was said to it, in order. */
  get ids(): readonly string[] {
    return this.got.map(({ messageId }) => messageId);
  }

  say(call: Call, body: string | Uint8Array, said: Said): void {
    const { messageId, type = 'message/cpim', wants = false, failureReport = 'yes' } = said;
    this.#count++;
    const reference = this.#count;
    this.#references.set(reference, messageId);
    const node = this.#node();
    node.do(() =>
      node.msrp.send(node.nowMs, call.session, {
        reference,
        messageId,
        contentType: type,
        body: typeof body === 'string' ? utf8Encode(body) : body,
        isSuccessReportWanted: wants,
        failureReport,
      }),
    );
  }

  /** Answers the messages that were left without an answer, or the first of them. */
  answer(status = 200, count = this.#unanswered.length): void {
    const waiting = this.#unanswered.splice(0, count);
    const node = this.#node();
    node.do(() => {
      for (const inbound of waiting) node.msrp.answer(node.nowMs, inbound, status);
    });
  }

  event(event: MsrpEvent, call: Call | undefined): void {
    switch (event.kind) {
      case 'message':
        this.#heard(event.message);
        return;
      case 'bound':
        if (call !== undefined) call.isUp = true;
        return;
      case 'report':
        this.reports.push({ messageId: event.messageId, status: event.status });
        return;
      case 'delivered':
        this.#outcome(event.reference, 200);
        return;
      case 'failed':
        this.#outcome(event.reference, event.status);
        return;
      case 'lost':
        this.losses.push(event.loss);
        if (call !== undefined) call.isUp = false;
        return;
      default:
    }
  }

  #heard(message: InboundMessage): void {
    const { session, inbound, messageId, contentType, body } = message;
    this.got.push({ session, messageId, contentType, text: utf8Decode(body) });
    const { message: manner } = this.#manners;
    if (manner === 'leave') this.#unanswered.push(inbound);
    else this.#node().msrp.answer(this.#node().nowMs, inbound, manner);
  }

  #outcome(reference: number, status: number): void {
    this.outcomes.set(this.#references.get(reference) ?? '', status);
  }
}
