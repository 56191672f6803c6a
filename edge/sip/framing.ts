/**
 * SIP messages out of a byte stream (RFC 3261 18.3): one head, then as many bytes as Content-Length says. An idle stream holds
 * nothing; a slow one is searched once, however small its pieces are.
 */
import { concatBytes } from '../bytes/search.ts';
import { numberHeader } from './expires.ts';
import { headerValues } from './header.ts';
import { bodyBytesMax, headBytesMax } from './limit.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { type Refused, readMessage } from './parse.ts';

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
const none = new Uint8Array(0);

export class SipFramer {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** How far the end of the head was searched for. */
  #searched = 0;
  /** A message whose head was read and whose body is awaited. */
  #awaited: { readonly message: SipMessage; readonly length: number } | undefined;
  /** Bytes of the body of a refused message that are still to come. */
  #skipped = 0;

  /** Bytes that are held. */
  get size(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  next(): Framed {
    if (this.#awaited !== undefined) return this.#body(this.#awaited);
    if (!this.#skip() || this.#length === 0) return { kind: 'need-more' };
    const bytes = this.#joined();
    if (bytes[0] === carriageReturn || bytes[0] === lineFeed) return this.#blanks(bytes);
    const end = this.#headEnd(bytes);
    if (end < 0) {
      return this.#length > headBytesMax
        ? this.#fatal('the headers are too long')
        : { kind: 'need-more' };
    }
    const read = readMessage(bytes.subarray(0, end + 2));
    this.#take(bytes, end + 4);
    return read.kind === 'refused' ? this.#refused(read) : this.#headRead(read.message);
  }

  #headRead(message: SipMessage): Framed {
    const length = numberHeader(message, 'Content-Length') ?? 0;
    if (length > bodyBytesMax) {
      const request = message.kind === 'request' ? { request: message, status: 413 } : {};
      return { kind: 'refused', reason: 'the body is too long', ...request, isFatal: true };
    }
    if (length === 0) return { kind: 'message', message };
    this.#awaited = { message, length };
    return this.#body(this.#awaited);
  }

  /** Where the next message begins is known as long as the length is: the stream goes on behind the body. */
  #refused(read: Refused): Framed {
    const lengths = read.request === undefined ? [] : headerValues(read.request, 'Content-Length');
    const length = Number(lengths[0] ?? '0');
    const isKnown =
      read.request !== undefined && lengths.length <= 1 && /^\d*$/.test(lengths[0] ?? '');
    if (!isKnown || length > bodyBytesMax) return { ...read, isFatal: true };
    this.#skipped = length;
    return { ...read, isFatal: false };
  }

  /** Takes away what belongs to a refused message; false while more of it is to come. */
  #skip(): boolean {
    if (this.#skipped === 0 || this.#length === 0) return this.#skipped === 0;
    const bytes = this.#joined();
    const count = Math.min(this.#skipped, bytes.length);
    this.#skipped -= count;
    this.#take(bytes, count);
    return this.#skipped === 0;
  }

  #body(awaited: { readonly message: SipMessage; readonly length: number }): Framed {
    if (this.#length < awaited.length) return { kind: 'need-more' };
    const bytes = this.#joined();
    const body = bytes.subarray(0, awaited.length);
    this.#take(bytes, awaited.length);
    this.#awaited = undefined;
    return { kind: 'message', message: { ...awaited.message, body } };
  }

  #blanks(bytes: Uint8Array): Framed {
    const isWhole = bytes.length >= 4 || bytes[0] === lineFeed;
    const isPing = bytes[1] === lineFeed && bytes[2] === carriageReturn && bytes[3] === lineFeed;
    if (isPing) this.#take(bytes, 4);
    else if (bytes[1] === lineFeed) {
      // The second half of a ping may still be on its way.
      if (!isWhole && (bytes[2] === undefined || bytes[2] === carriageReturn)) {
        return { kind: 'need-more' };
      }
      this.#take(bytes, 2);
    } else if (bytes.length === 1 && bytes[0] === carriageReturn) return { kind: 'need-more' };
    else this.#take(bytes, 1);
    return { kind: 'keep-alive', isPing };
  }

  /** Where the head ends, before its last CRLF, or -1. */
  #headEnd(bytes: Uint8Array): number {
    let at = bytes.indexOf(carriageReturn, this.#searched);
    while (at >= 0 && at + 3 < bytes.length) {
      const isEnd =
        bytes[at + 1] === lineFeed &&
        bytes[at + 2] === carriageReturn &&
        bytes[at + 3] === lineFeed;
      if (isEnd) return at;
      at = bytes.indexOf(carriageReturn, at + 1);
    }
    this.#searched = at < 0 ? bytes.length : at;
    return -1;
  }

  #joined(): Uint8Array {
    const first = this.#pieces[0];
    if (first !== undefined && this.#pieces.length === 1) return first;
    const bytes = concatBytes(this.#pieces);
    this.#pieces = [bytes];
    return bytes;
  }

  #take(bytes: Uint8Array, count: number): void {
    const rest = bytes.length > count ? bytes.subarray(count) : none;
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    this.#searched = 0;
  }

  #fatal(reason: string): Framed {
    this.#pieces = [];
    this.#length = 0;
    return { kind: 'refused', reason, isFatal: true };
  }
}
