/**
 * What the host knows of one connection: the sessions on it, what is being read and what is to be written, and who waits for room. One
 * connection may serve many sessions (RFC 4975 5.4).
 */
import type { RequestHead } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { Output, type SlabPool } from './output.ts';
import { printPaths } from './print-frame.ts';
import type { Session } from './session.ts';
import { parseMsrpUri } from './uri.ts';

/** A SEND whose body comes in pieces. */
export type Ongoing = {
  /** Undefined if no session of ours was meant. */
  readonly session: Session | undefined;
  /** It has been refused: what else comes of it is dropped. */
  readonly isRefused: boolean;
};

export class Connection {
  readonly name: string;
  /** Host and port that we have opened it to; undefined if the peer has opened it. */
  readonly address: string | undefined;
  readonly reader = new FrameReader();
  readonly output: Output;
  readonly sessions = new Set<Session>();
  /** Sessions with something queued, in turn. */
  readonly ready = new Set<Session>();
  isUp: boolean;
  /** No longer of the host; what it still has to write is written. */
  isClosed = false;
  /** Not even that. */
  isGone = false;
  /** Sessions that want it not to be read. */
  pauses = 0;
  /** Unwritten bytes, as the runtime has said last. */
  backlog = 0;
  /** Bytes handed to the runtime. */
  written = 0;
  isGoOnSet = false;
  isTouched = false;
  /** Requests for no session of ours since the last good one. */
  strays = 0;
  /** It is given up after a while unless it has a session by then. */
  isStrayTimerSet = false;
  ongoing: Ongoing | undefined;
  #goodFrom = '';
  #answerTo = '';
  #answerFrom = '';
  #answerPaths: Uint8Array = new Uint8Array(0);

  constructor(name: string, pool: SlabPool, address?: string) {
    this.name = name;
    this.address = address;
    this.isUp = address === undefined;
    this.output = new Output(pool);
  }

  /** The path headers of responses to a request; a connection's requests mostly have the same. */
  answerPaths({ toPath, fromPath }: RequestHead): Uint8Array {
    if (toPath !== this.#answerTo || fromPath !== this.#answerFrom) {
      this.#answerTo = toPath;
      this.#answerFrom = fromPath;
      // RFC 4975 7.2: a response goes to the leftmost URI of From-Path.
      this.#answerPaths = printPaths(firstOf(fromPath), firstOf(toPath));
    }
    return this.#answerPaths;
  }

  /** Whether the sender's path can be answered to. */
  hasGoodPath({ fromPath }: RequestHead): boolean {
    if (fromPath === this.#goodFrom) return true;
    if (!fromPath.split(' ').every((uri) => parseMsrpUri(uri) !== undefined)) return false;
    this.#goodFrom = fromPath;
    return true;
  }

  /** Bytes that have reached the network, as far as is known. */
  get flushed(): number {
    return this.written - this.backlog;
  }
}

/** The leftmost URI of a path. */
function firstOf(path: string): string {
  const blank = path.indexOf(' ');
  return blank < 0 ? path : path.slice(0, blank);
}
