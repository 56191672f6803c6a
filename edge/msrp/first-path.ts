/**
 * Reads just as much of a connection as it takes to know which session it is for: the start-line and To-Path of its first request, which is
 * the first header (RFC 4975 7.1). What is read is kept as it came, for whoever reads it whole. Whether all of it is good is for that one to say.
 */
import { utf8Decode } from '../bytes/text.ts';
import type { Refused } from './frame.ts';
import { mayStartFrame, toPathOf } from './head.ts';
import { carryBytesMin, headBytesMax } from './limit.ts';
import { parseMsrpUri } from './uri.ts';

export type FirstPathResult =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'need-more' }
  | Refused;

const needMore: FirstPathResult = { kind: 'need-more' };

export class FirstPath {
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Where the line being read starts, and where to look on. */
  #line = 0;
  #look = 0;
  #hasStartLine = false;

  /** Everything that was read. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Takes what has been read from the connection, which stays as it is. Nothing is to be given after an answer. */
  read(bytes: Uint8Array): FirstPathResult {
    this.#keep(bytes);
    if (!this.#hasStartLine && !this.#mayStart()) return refused('no MSRP');
    for (;;) {
      const feed = this.#lineFeed();
      if (feed < 0) return this.#end >= headBytesMax ? refused('long head') : needMore;
      const line = utf8Decode(this.#bytes.subarray(this.#line, feed));
      if (!line.endsWith('\r')) return refused('line without CR');
      if (this.#hasStartLine) return sessionOf(line.slice(0, -1));
      this.#hasStartLine = true;
      this.#line = feed + 1;
    }
  }

  /** Some clients send CRLF to keep the connection open. */
  #mayStart(): boolean {
    while (this.#bytes[this.#line] === 13 && this.#bytes[this.#line + 1] === 10) this.#line += 2;
    this.#look = Math.max(this.#look, this.#line);
    return mayStartFrame(this.#bytes, this.#line, this.#end);
  }

  #lineFeed(): number {
    const end = Math.min(this.#end, headBytesMax);
    while (this.#look < end) {
      this.#look++;
      if (this.#bytes[this.#look - 1] === 10) return this.#look - 1;
    }
    return -1;
  }

  /** Mostly one read has it all, and nothing is copied. */
  #keep(bytes: Uint8Array): void {
    const end = this.#end + bytes.length;
    if (this.#end === 0) {
      this.#bytes = bytes;
    } else {
      if (end > this.#bytes.length) {
        const more = new Uint8Array(Math.max(carryBytesMin, 2 * end));
        more.set(this.bytes, 0);
        this.#bytes = more;
      }
      this.#bytes.set(bytes, this.#end);
    }
    this.#end = end;
  }
}

/** A path of several URIs asks for a relay, which this is not. */
function sessionOf(line: string): FirstPathResult {
  const uri = parseMsrpUri(toPathOf(line));
  return uri === undefined ? refused('paths') : { kind: 'session', sessionId: uri.sessionId };
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
