/**
 * SIP messages out of a byte stream (RFC 3261 18.3): a head, then as many bytes as Content-Length says. An idle stream holds nothing. A
 * slow one is searched once and copied a bounded number of times, however small its pieces are. After a message that can't be used
 * the stream goes on, as long as it's known where the next one begins.
 */
import { utf8Decode } from '../bytes/text.ts';
import { bodyBytesMax, headBytesMax } from './limit.ts';
import { emptyBody, type SipMessage, type SipRequest } from './message.ts';
import { endOfHead, type Refused, readHead, refuse, withBody } from './parse.ts';

export type Framed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** CRLF CRLF asks for a CRLF (RFC 5626 3.5.1). */
  | { readonly kind: 'keep-alive'; readonly isPing: boolean }
  | { readonly kind: 'need-more' }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly request?: SipRequest;
      readonly status?: number;
      /** Nobody knows where the next message begins. */
      readonly isFatal: boolean;
    };

const carriageReturn = 13;
const lineFeed = 10;
const needMore: Framed = { kind: 'need-more' };
const ping: Framed = { kind: 'keep-alive', isPing: true };
const pong: Framed = { kind: 'keep-alive', isPing: false };

export class SipFramer {
  /** What is held stands from #start to #end; behind it is room if #isOwn. */
  #bytes: Uint8Array = emptyBody;
  #start = 0;
  #end = 0;
  /** Whether the bytes are a copy of ours, and not what was pushed. */
  #isOwn = false;
  /** How many of the bytes held were searched for the end of a head. */
  #searched = 0;
  /** A message whose head was read and whose body is awaited. */
  #awaited: { readonly message: SipMessage; readonly length: number } | undefined;
  /** Bytes of the body of a refused message that are still to come. */
  #skipped = 0;

  /** Bytes that are held. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Takes bytes of the stream; they must not be changed afterwards. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.size === 0) this.#hold(bytes);
    else this.#append(bytes);
  }

  /** What comes next in the stream. To be asked until more is needed; nothing comes behind a fatal refusal. */
  next(): Framed {
    if (this.#awaited !== undefined) return this.#body(this.#awaited);
    if (this.#skipped > 0) this.#skip();
    if (this.size === 0) return needMore;
    const first = this.#bytes[this.#start];
    if (first === carriageReturn || first === lineFeed) return this.#blanks();
    return this.#head();
  }

  #head(): Framed {
    // Three of the four bytes that end a head may have been there before.
    const from = this.#start + Math.max(this.#searched - 3, 0);
    const end = endOfHead(this.#bytes.subarray(0, this.#end), from);
    const length = (end < 0 ? this.#end : end) - this.#start;
    if (length > headBytesMax) {
      return { kind: 'refused', reason: 'the headers are too long', isFatal: true };
    }
    if (end < 0) {
      this.#searched = length;
      return needMore;
    }
    const head = readHead(utf8Decode(this.#bytes.subarray(this.#start, end - 4)));
    this.#take(length);
    if (head.kind === 'refused') return this.#refused(head.refused, head.length);
    // RFC 3261 18.3: on a stream Content-Length has to be there. Without it there is no body.
    return this.#await(head.message, head.length ?? 0);
  }

  #await(message: SipMessage, length: number): Framed {
    if (length > bodyBytesMax) {
      return { ...refuse('the body is too long', message, 413), isFatal: true };
    }
    if (length === 0) return { kind: 'message', message };
    this.#awaited = { message, length };
    return this.#body(this.#awaited);
  }

  /** Goes on behind the body of a message that was refused, if its length is known. */
  #refused(refused: Refused, length = Number.POSITIVE_INFINITY): Framed {
    if (length > bodyBytesMax) return { ...refused, isFatal: true };
    this.#skipped = length;
    return { ...refused, isFatal: false };
  }

  #skip(): void {
    const count = Math.min(this.#skipped, this.size);
    this.#skipped -= count;
    this.#take(count);
  }

  #body({ message, length }: { readonly message: SipMessage; readonly length: number }): Framed {
    if (this.size < length) return needMore;
    // A copy, so that a small body that someone keeps doesn't keep all that was read with it.
    const body = this.#bytes.slice(this.#start, this.#start + length);
    this.#take(length);
    this.#awaited = undefined;
    return { kind: 'message', message: withBody(message, body) };
  }

  /** RFC 5626 4.4.1: one CRLF is a pong, two are a ping. RFC 3261 7.5: other empty lines count for nothing. */
  #blanks(): Framed {
    const bytes = this.#bytes.subarray(this.#start, Math.min(this.#start + 4, this.#end));
    const [first, second, third, fourth] = bytes;
    const isLine = first === carriageReturn && second === lineFeed;
    if (first === carriageReturn && second === undefined) return needMore;
    if (!isLine) {
      this.#take(1);
      return pong;
    }
    // The second half of a ping may still be on its way.
    const isHalf = third === undefined || (third === carriageReturn && fourth === undefined);
    if (isHalf) return needMore;
    const isPing = third === carriageReturn && fourth === lineFeed;
    this.#take(isPing ? 4 : 2);
    return isPing ? ping : pong;
  }

  #hold(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = bytes.length;
    this.#isOwn = false;
    this.#searched = 0;
  }

  /** Room doubles, so that each byte is copied a few times at most. */
  #append(bytes: Uint8Array): void {
    const size = this.size + bytes.length;
    if (!this.#isOwn || this.#end + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, this.size * 2));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = grown;
      this.#end = this.size;
      this.#start = 0;
      this.#isOwn = true;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #take(count: number): void {
    this.#start += count;
    this.#searched = 0;
    if (this.size === 0) this.#hold(emptyBody);
  }
}
