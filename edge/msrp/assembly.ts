/**
 * Joins the chunks of a session's messages (RFC 4975 7.3.1). A message is whole when its last chunk (`$`), which fixes its length, and all
 * octets before are there, or all octets up to the total that a chunk has named. Whatever a sender does, the number of unfinished
 * messages and their bytes stay bounded; beyond that it is told to stop (413).
 */
import type { FailureReport } from './effect.ts';
import type { ContinuationFlag, MsrpRequest, RequestHead } from './frame.ts';
import { runsMax, unfinishedMessageSizesMax, unfinishedMessagesMax } from './limit.ts';
import { Runs } from './runs.ts';

export type Joined = {
  readonly contentType: string;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
  readonly body: Uint8Array;
};

export type Added =
  /** Taken; the message is not whole yet, or is given up by its sender. */
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly message: Joined }
  /** To be answered with the status; what else comes of the message is dropped. */
  | { readonly kind: 'refused'; readonly status: number };

type Unfinished = {
  readonly runs: Runs;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
  contentType: string;
  /** Known from a total; fixed by `$`. */
  end: number | undefined;
  /** Not 0 once the message has been refused. */
  refusal: number;
};

const more: Added = { kind: 'more' };

export class Assembly {
  readonly #messageBytesMax: number;
  readonly #accepts: (contentType: string) => boolean;
  readonly #unfinished = new Map<string, Unfinished>();
  #lastWhole = '';

  constructor(messageBytesMax: number, accepts: (contentType: string) => boolean) {
    this.#messageBytesMax = messageBytesMax;
    this.#accepts = accepts;
  }

  /** Messages that have begun and not ended. */
  get size(): number {
    return this.#unfinished.size;
  }

  /** Whether chunks of the message have come before. */
  has(messageId: string): boolean {
    return this.#unfinished.has(messageId) || this.#lastWhole === messageId;
  }

  /** Takes a chunk, or the next piece of one, in. */
  add(request: MsrpRequest): Added {
    const { head, flag } = request;
    const { messageId } = head;
    const before = this.#unfinished.get(messageId);
    if (before === undefined && head.rangeStart > 1 && messageId === this.#lastWhole) return more;
    const message = before ?? this.#begin(head);
    if (message === undefined) return { kind: 'refused', status: 413 };
    if (message.refusal === 0) this.#take(message, request);
    if (message.refusal !== 0) return this.#drop(messageId, message, flag);
    if (flag === '#') {
      this.#unfinished.delete(messageId);
      return more;
    }
    const { end } = message;
    if (flag === undefined || end === undefined || !message.runs.isWhole(end)) return more;
    this.#unfinished.delete(messageId);
    if (end > 0 && message.contentType === '') return { kind: 'refused', status: 400 };
    this.#lastWhole = messageId;
    return { kind: 'whole', message: { ...reportsOf(message), body: message.runs.whole(end) } };
  }

  /** The rest of a refused message has gone by. */
  forget(messageId: string): void {
    this.#unfinished.delete(messageId);
  }

  /** Forgets everything. */
  clear(): void {
    this.#unfinished.clear();
    this.#lastWhole = '';
  }

  #begin(head: RequestHead): Unfinished | undefined {
    if (this.#unfinished.size >= unfinishedMessagesMax && !this.#forgetRefused()) return undefined;
    const message: Unfinished = {
      runs: new Runs(),
      isSuccessReportWanted: head.isSuccessReportWanted,
      failureReport: head.failureReport,
      contentType: '',
      end: undefined,
      refusal: 0,
    };
    this.#unfinished.set(head.messageId, message);
    return message;
  }

  /** A refused message is kept only to answer the rest of it alike, so it makes room for another. */
  #forgetRefused(): boolean {
    for (const [messageId, message] of this.#unfinished) {
      if (message.refusal !== 0) return this.#unfinished.delete(messageId);
    }
    return false;
  }

  #take(message: Unfinished, { head, body, at, flag }: MsrpRequest): void {
    const start = head.rangeStart - 1 + at;
    // RFC 4975 7.1.1: all chunks say the same type; the first one's counts.
    if (message.contentType === '' || start === 0) message.contentType = head.contentType;
    message.refusal = this.#refusalOf(message.contentType, start + body.length, head.total ?? 0);
    if (message.refusal !== 0) return;
    message.runs.write(start, body, Math.min(head.total ?? Infinity, this.#messageBytesMax));
    if (this.#isOverBounds(message)) message.refusal = 413;
    if (flag === '$') message.end = start + body.length;
    else message.end ??= head.total;
  }

  #refusalOf(contentType: string, end: number, total: number): number {
    if (end > this.#messageBytesMax || total > this.#messageBytesMax) return 413;
    // Chunks after the first may come without a type, and before it.
    if (contentType !== '' && !this.#accepts(contentType)) return 415;
    return 0;
  }

  #isOverBounds(message: Unfinished): boolean {
    if (message.runs.count > runsMax) return true;
    let allocated = 0;
    for (const { runs } of this.#unfinished.values()) allocated += runs.allocated;
    return allocated > unfinishedMessageSizesMax * this.#messageBytesMax;
  }

  #drop(messageId: string, message: Unfinished, flag: ContinuationFlag | undefined): Added {
    const status = message.refusal;
    if (flag === '$' || flag === '#') this.#unfinished.delete(messageId);
    else this.#unfinished.set(messageId, { ...message, runs: new Runs() });
    return { kind: 'refused', status };
  }
}

function reportsOf(message: Unfinished): Omit<Joined, 'body'> {
  const { contentType, isSuccessReportWanted, failureReport } = message;
  return { contentType, isSuccessReportWanted, failureReport };
}
