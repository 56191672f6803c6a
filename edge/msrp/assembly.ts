/**
 * Joins the chunks of a session's messages (RFC 4975 7.3.1). A message is whole when its last chunk (`$`), which fixes its length, and all
 * octets before are there, or all octets up to the total that a chunk has named. Chunks may come in any order, so the last one may leave
 * a hole: it is held without an answer until the hole is filled, or for so long that it is given up. What contradicts itself about the
 * message's length is refused (400). Whatever a sender does, the number of unfinished messages and their bytes stay bounded; beyond that
 * it is told to stop (413).
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
  | ({ readonly kind: 'more' } & Hopeless)
  /** Taken, and not to be answered until the rest is there. */
  | ({ readonly kind: 'held' } & Hopeless)
  /** `last` is the request whose response is that to the message. */
  | { readonly kind: 'whole'; readonly message: Joined; readonly last: RequestHead }
  /** To be answered with the status; what else comes of the message is dropped. */
  | ({ readonly kind: 'refused'; readonly status: number } & Hopeless);

/** A request that was held and is to be refused now. */
type Hopeless = { readonly hopeless?: RequestHead };

type Unfinished = {
  readonly runs: Runs;
  readonly isSuccessReportWanted: boolean;
  readonly failureReport: FailureReport;
  contentType: string;
  /** Named by a chunk. */
  total: number | undefined;
  /** Fixed by `$`. */
  end: number | undefined;
  /** The request with `$`, while a hole is before it. */
  held: RequestHead | undefined;
  /** It has been held for a while. */
  isOverdue: boolean;
  /** Not 0 once the message has been refused. */
  refusal: number;
};

const more: Added = { kind: 'more' };
const nothingWhole = { messageId: '', end: 0 };

export class Assembly {
  readonly #messageBytesMax: number;
  readonly #accepts: (contentType: string) => boolean;
  readonly #unfinished = new Map<string, Unfinished>();
  #lastWhole = nothingWhole;

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
    return this.#unfinished.has(messageId) || this.#lastWhole.messageId === messageId;
  }

  /** Takes a chunk, or the next piece of one, in. */
  add(request: MsrpRequest): Added {
    const { head, flag } = request;
    const { messageId } = head;
    const before = this.#unfinished.get(messageId);
    if (before === undefined && head.rangeStart > 1 && messageId === this.#lastWhole.messageId) {
      return endOf(request) > this.#lastWhole.end ? { kind: 'refused', status: 400 } : more;
    }
    const message = before ?? this.#begin(head);
    if (message === undefined) return { kind: 'refused', status: 413 };
    if (flag === '#' && message.refusal === 0) {
      this.#unfinished.delete(messageId);
      return { ...more, ...hopelessOf(message) };
    }
    if (message.refusal === 0) this.#take(message, request);
    if (message.refusal !== 0) return this.#drop(messageId, message, flag);
    return flag === undefined ? more : this.#finish(message, request);
  }

  /** What has been held since the last call but one is given up: its requests. To be called from time to time while something is held. */
  giveUp(): { readonly overdue: readonly RequestHead[]; readonly isAnyHeld: boolean } {
    const overdue: RequestHead[] = [];
    let isAnyHeld = false;
    for (const [messageId, message] of this.#unfinished) {
      const { held, isOverdue } = message;
      if (held === undefined) continue;
      message.isOverdue = true;
      if (isOverdue) {
        this.#unfinished.delete(messageId);
        overdue.push(held);
      } else isAnyHeld = true;
    }
    return { overdue, isAnyHeld };
  }

  /** The rest of a refused message has gone by. */
  forget(messageId: string): void {
    this.#unfinished.delete(messageId);
  }

  /** Forgets everything. */
  clear(): void {
    this.#unfinished.clear();
    this.#lastWhole = nothingWhole;
  }

  #begin(head: RequestHead): Unfinished | undefined {
    if (this.#unfinished.size >= unfinishedMessagesMax && !this.#forgetRefused()) return undefined;
    const message: Unfinished = {
      runs: new Runs(),
      isSuccessReportWanted: head.isSuccessReportWanted,
      failureReport: head.failureReport,
      contentType: '',
      total: undefined,
      end: undefined,
      held: undefined,
      isOverdue: false,
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

  #take(message: Unfinished, request: MsrpRequest): void {
    const { head, body, flag } = request;
    const end = endOf(request);
    // RFC 4975 7.1.1: all chunks say the same type; the first one's counts.
    if (message.contentType === '' || end === body.length) message.contentType = head.contentType;
    message.refusal = this.#refusalOf(message.contentType, end, head.total ?? 0);
    if (message.refusal === 0 && isContradictory(message, request)) message.refusal = 400;
    if (message.refusal !== 0) return;
    message.total ??= head.total;
    if (flag === '$') message.end = end;
    const likelyEnd = Math.min(message.total ?? Infinity, this.#messageBytesMax);
    message.runs.write(end - body.length, body, likelyEnd);
    if (this.#isOverBounds(message)) message.refusal = 413;
  }

  /** A chunk has come to its end: is the message whole? */
  #finish(message: Unfinished, { head, flag }: MsrpRequest): Added {
    const { messageId } = head;
    const end = message.end ?? message.total;
    if (end === undefined || !message.runs.isWhole(end)) {
      if (flag !== '$') return more;
      const before = hopelessOf(message);
      message.held = head;
      return { kind: 'held', ...before };
    }
    this.#unfinished.delete(messageId);
    if (end > 0 && message.contentType === '') {
      return { kind: 'refused', status: 400, ...hopelessOf(message) };
    }
    this.#lastWhole = { messageId, end };
    const last = message.held ?? head;
    return {
      kind: 'whole',
      message: { ...reportsOf(message), body: message.runs.whole(end) },
      last,
    };
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
    else this.#unfinished.set(messageId, { ...message, runs: new Runs(), held: undefined });
    return { kind: 'refused', status, ...hopelessOf(message) };
  }
}

/** Where a piece ends in its message. */
function endOf({ head, body, at }: MsrpRequest): number {
  return head.rangeStart - 1 + at + body.length;
}

/** RFC 4975 7.1.1, 7.3.1: a total is the length of the whole message, and `$` stands at its end. Nothing may say otherwise, or lie beyond. */
function isContradictory(message: Unfinished, request: MsrpRequest): boolean {
  const { head, flag } = request;
  const total = message.total ?? head.total;
  const known = message.end ?? total;
  const end = flag === '$' ? endOf(request) : known;
  if (head.total !== undefined && head.total !== total) return true;
  if (known !== undefined && end !== known) return true;
  return end !== undefined && Math.max(endOf(request), message.runs.end) > end;
}

function hopelessOf({ held }: Unfinished): Hopeless {
  return held === undefined ? {} : { hopeless: held };
}

function reportsOf(message: Unfinished): Omit<Joined, 'body'> {
  const { contentType, isSuccessReportWanted, failureReport } = message;
  return { contentType, isSuccessReportWanted, failureReport };
}
