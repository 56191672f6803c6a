/**
 * What the host knows of one MSRP session: whom it talks to, on which connection, what waits to be sent, what has been sent without a
 * response, and what has come in without an answer of the owner. The rules are in `sender`, `receiver` and `lifecycle`.
 */
import { Assembly } from './assembly.ts';
import type { Connection } from './connection.ts';
import type { OutboundMessage } from './effect.ts';
import { printPaths } from './print-frame.ts';

/** A message on its way out. */
export type Outgoing = {
  readonly message: OutboundMessage;
  /** Its place among all that has been given to the session. */
  readonly sequence: number;
  /** Body bytes in chunks that have been printed. */
  sentBytes: number;
  /** Chunks without a response. */
  openChunks: number;
};

/** A SEND without a response. */
export type Transaction = {
  /** Undefined for a SEND without a message: one that binds, or one that ends what has been refused. */
  readonly outgoing: Outgoing | undefined;
  readonly sentAtMs: number;
  /** Where it ends in all that the connection has been given. */
  readonly endsAt: number;
};

/**
 *   open     its path has been given out; the peer's first request binds it
 *   waiting  it waits for a connection that we open
 *   bound    it has its connection
 *   lost     over, until it is started again
 */
export type SessionState = 'open' | 'waiting' | 'bound' | 'lost';

/** What a session that isn't started has for paths. */
export const noPaths = new Uint8Array(0);

export type SessionSetting = {
  readonly path: string;
  readonly messageBytesMax: number;
  readonly acceptTypes: readonly string[];
};

export class Session {
  readonly name: string;
  readonly path: string;
  readonly assembly: Assembly;
  state: SessionState = 'open';
  connection: Connection | undefined;
  /** The path headers of our requests; empty until the peer's path is known. */
  paths: Uint8Array = noPaths;

  readonly queue: Outgoing[] = [];
  queuedBytes = 0;
  sequence = 0;
  /** By transaction-id, oldest first. */
  readonly inFlight = new Map<string, Transaction>();
  /** Whether the owner has been told that the queue is full. */
  isFull = false;
  isTimerSet = false;
  /** Whether it is looked at again for messages whose rest has not come. */
  isHoleTimerSet = false;

  /** References of messages that the owner has still to answer. */
  readonly unanswered = new Set<number>();
  /** Whether the owner, or the host, wants its connection not to be read. */
  isPaused = false;
  isHeld = false;

  readonly #acceptTypes: ReadonlySet<string>;
  #acceptedType = '';

  constructor(name: string, setting: SessionSetting) {
    this.name = name;
    this.path = setting.path;
    this.#acceptTypes = new Set(setting.acceptTypes.map((type) => type.toLowerCase()));
    this.assembly = new Assembly(setting.messageBytesMax, (type) => this.accepts(type));
  }

  /** Whether the peer's path is known. */
  get isStarted(): boolean {
    return this.paths.length > 0;
  }

  /** Whether messages flow. */
  get isUp(): boolean {
    return this.state === 'bound' && this.isStarted;
  }

  /** Notes the peer's path: our requests carry it as To-Path. */
  startWith(remotePath: readonly string[]): void {
    this.paths = printPaths(remotePath.join(' '), this.path);
  }

  /** Whether the owner takes the type; parameters don't matter (RFC 4975 8.6). */
  accepts(contentType: string): boolean {
    if (contentType === this.#acceptedType || this.#acceptTypes.has('*')) return true;
    const semicolon = contentType.indexOf(';');
    const type = semicolon < 0 ? contentType : contentType.slice(0, semicolon);
    if (!this.#acceptTypes.has(type.trim().toLowerCase())) return false;
    this.#acceptedType = contentType;
    return true;
  }

  /** References of messages that have been given to the session and have no outcome yet, in order. */
  references(): readonly number[] {
    const waiting = new Set(this.queue);
    for (const { outgoing } of this.inFlight.values()) {
      if (outgoing !== undefined) waiting.add(outgoing);
    }
    return Array.from(waiting)
      .sort((left, right) => left.sequence - right.sequence)
      .map(({ message }) => message.reference);
  }

  /** Drops all that belongs to the connection. */
  reset(): void {
    this.connection = undefined;
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.inFlight.clear();
    this.unanswered.clear();
    this.isFull = false;
    this.isHeld = false;
    this.assembly.clear();
  }
}
