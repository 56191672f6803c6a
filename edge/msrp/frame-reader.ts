/**
 * Cuts a stream of bytes into frames (RFC 4975 7.1). Bytes given to `push` belong to the reader from then on: bodies are views of them.
 * Only a frame that spans two reads is copied, into a carry buffer that grows with what comes and is never written twice, so that views
 * of it stay good. Whatever is read is looked at once, however small the reads are. An idle reader holds nothing.
 *
 * A body that is under way is handed on in pieces, so that no buffer grows with a message; joining is not done here.
 */
import { utf8Decode } from '../bytes/text.ts';
import { matchEndLine, searchEndLine } from './end-line.ts';
import type { ContinuationFlag, MsrpFrame, ReadResult, RequestHead } from './frame.ts';
import { emptyPathMemory, mayStartFrame, parseHead } from './head.ts';
import { carryBytesMin, headBytesMax, pieceBytesMin } from './limit.ts';

const nothing = new Uint8Array(0);
const needMore: ReadResult = { kind: 'need-more' };

export class FrameReader {
  /** What is being read: from `at` to `end`. */
  #bytes: Uint8Array = nothing;
  #at = 0;
  #end = 0;
  /** Whether `bytes` is a carry buffer, with room after `end`. */
  #isCarry = false;
  /** What comes after `bytes`; its first `copied` bytes are in the carry already. */
  #next: Uint8Array | undefined;
  #copied = 0;
  /** Where the line being read starts, and where to look on. */
  #line = 0;
  #look = 0;
  /** The request whose body is being read, and how much of it has been handed on. */
  #head: RequestHead | undefined;
  #handedOn = 0;
  #refused: ReadResult | undefined;
  readonly #memory = emptyPathMemory();

  /** Takes what has been read from the connection. `next` is to be called until it needs more. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#next !== undefined) this.#carryOn(this.#next, this.#next.length);
    if (this.isWithinFrame) {
      this.#next = bytes;
      this.#copied = 0;
      return;
    }
    this.#bytes = bytes;
    this.#isCarry = false;
    this.#end = bytes.length;
    this.#startAt(0);
  }

  /** The next frame, or the next piece of one. After a refusal nothing else comes. */
  next(): ReadResult {
    if (this.#refused !== undefined) return this.#refused;
    for (;;) {
      const result = this.#head === undefined ? this.#readHead() : this.#readBody(this.#head);
      if (result.kind === 'refused') {
        this.#refused = result;
        this.#clear();
        return result;
      }
      if (result.kind === 'frame') {
        this.#leaveCarry();
        return result;
      }
      if (this.#next === undefined) {
        this.#settle();
        return needMore;
      }
      this.#carryOn(this.#next, Math.max(carryBytesMin, this.#copied));
    }
  }

  /** Whether the beginning of a frame waits for its rest. */
  get isWithinFrame(): boolean {
    return this.#head !== undefined || this.#at < this.#end;
  }

  #readHead(): ReadResult {
    this.#skipEmptyLines();
    if (!mayStartFrame(this.#bytes, this.#at, this.#end))
      return { kind: 'refused', reason: 'no MSRP' };
    for (;;) {
      const feed = this.#lineFeed();
      if (feed < 0) break;
      if (this.#bytes[feed - 1] !== 13) return { kind: 'refused', reason: 'line without CR' };
      const isEmptyLine = feed === this.#line + 1;
      if (isEmptyLine || this.#bytes[this.#line] === 45) return this.#finishHead(feed, isEmptyLine);
      this.#line = feed + 1;
    }
    return this.#end - this.#at > headBytesMax
      ? { kind: 'refused', reason: 'long head' }
      : needMore;
  }

  /** Some clients send CRLF to keep the connection open. */
  #skipEmptyLines(): void {
    while (
      this.#line === this.#at &&
      this.#bytes[this.#at] === 13 &&
      this.#at + 1 < this.#end &&
      this.#bytes[this.#at + 1] === 10
    ) {
      this.#startAt(this.#at + 2);
    }
  }

  #lineFeed(): number {
    const bytes = this.#bytes;
    const end = Math.min(this.#end, this.#at + headBytesMax);
    for (let at = this.#look; at < end; at++) {
      if (bytes[at] === 10) {
        this.#look = at + 1;
        return at;
      }
    }
    this.#look = end;
    return -1;
  }

  #finishHead(feed: number, isBodyNext: boolean): ReadResult {
    const text = utf8Decode(this.#bytes.subarray(this.#at, this.#line));
    const head = parseHead(text, this.#memory);
    if (head.kind === 'refused') return head;
    if (isBodyNext) {
      if (head.kind === 'response') return { kind: 'refused', reason: 'response with a body' };
      this.#head = head;
      this.#handedOn = 0;
      this.#startAt(feed + 1);
      return this.#readBody(head);
    }
    const length = matchEndLine(this.#bytes, this.#line, feed + 1, head.transactionId);
    if (length !== feed + 1 - this.#line) return { kind: 'refused', reason: 'end-line' };
    const flag = flagOf(this.#bytes[feed - 2]);
    this.#startAt(feed + 1);
    if (head.kind === 'response') return frame(head);
    return frame({ kind: 'request', head, body: nothing, at: 0, flag });
  }

  #readBody(head: RequestHead): ReadResult {
    const found = searchEndLine(this.#bytes, this.#look, this.#end, head.transactionId);
    if (found >= 0) {
      // The CRLF before the end-line is not of the body; with an empty body it may be that of the empty line.
      const body = this.#bytes.subarray(this.#at, Math.max(this.#at, found - 2));
      const after = found + 7 + head.transactionId.length;
      const flag = flagOf(this.#bytes[after]);
      this.#startAt(after + 3);
      this.#head = undefined;
      return frame({ kind: 'request', head, body, at: this.#handedOn, flag });
    }
    this.#look = -1 - found;
    const sure = this.#look - 2;
    if (sure - this.#at < this.#pieceBytesWanted()) return needMore;
    const body = this.#bytes.subarray(this.#at, sure);
    const at = this.#handedOn;
    this.#handedOn += body.length;
    this.#at = sure;
    return frame({ kind: 'request', head, body, at, flag: undefined });
  }

  /** A body that is already handed on in pieces needn't be copied together when another large read is there. */
  #pieceBytesWanted(): number {
    const coming = this.#handedOn === 0 ? 0 : (this.#next?.length ?? 0) - this.#copied;
    return coming > pieceBytesMin ? 1 : pieceBytesMin;
  }

  #startAt(at: number): void {
    this.#at = at;
    this.#line = at;
    this.#look = at;
  }

  #moveTo(at: number, from: number): void {
    this.#line += at - from;
    this.#look += at - from;
    this.#at = at;
  }

  /** Adds up to `count` bytes of what comes next to the carry buffer. */
  #carryOn(next: Uint8Array, count: number): void {
    const added = next.subarray(this.#copied, this.#copied + count);
    this.#reserve(added.length);
    this.#bytes.set(added, this.#end);
    this.#end += added.length;
    this.#copied += added.length;
    if (this.#copied === next.length) this.#next = undefined;
  }

  #reserve(count: number): void {
    if (this.#isCarry && this.#end + count <= this.#bytes.length) return;
    // Two bytes before a body are looked at by the search for the end-line.
    const keepFrom = Math.max(0, this.#at - 2);
    const kept = this.#end - keepFrom;
    const bytes = new Uint8Array(Math.max(carryBytesMin, 2 * (kept + count)));
    bytes.set(this.#bytes.subarray(keepFrom, this.#end), 0);
    this.#bytes = bytes;
    this.#isCarry = true;
    this.#moveTo(this.#at - keepFrom, this.#at);
    this.#end = kept;
  }

  /** Goes on in what comes next, once all that was carried over is read. */
  #leaveCarry(): void {
    if (this.#next === undefined) return;
    const carriedFrom = this.#end - this.#copied;
    const neededFrom = this.#head === undefined ? this.#at : this.#at - 2;
    if (neededFrom < carriedFrom) return;
    const moved = this.#at;
    this.#bytes = this.#next;
    this.#isCarry = false;
    this.#end = this.#next.length;
    this.#moveTo(moved - carriedFrom, moved);
    this.#next = undefined;
  }

  /** Before a wait: lets go of a large read of which little is left. */
  #settle(): void {
    if (!this.isWithinFrame) this.#clear();
    else if (!this.#isCarry) this.#reserve(0);
  }

  #clear(): void {
    this.#bytes = nothing;
    this.#isCarry = false;
    this.#end = 0;
    this.#startAt(0);
    this.#next = undefined;
  }
}

function frame(of: MsrpFrame): ReadResult {
  return { kind: 'frame', frame: of };
}

function flagOf(code: number | undefined): ContinuationFlag {
  if (code === 36) return '$';
  return code === 43 ? '+' : '#';
}
