/**
 * What the parts of an MSRP host share: its settings, sessions, connections and counts, and the effects that have been decided since the
 * last drain.
 */
import { Connection } from './connection.ts';
import type { FailureReport, MsrpEffect, MsrpEvent } from './effect.ts';
import { SlabPool } from './output.ts';
import type { Session } from './session.ts';
import type { MsrpUri } from './uri.ts';

/** Where to connect. */
export type MsrpTarget = { readonly host: string; readonly port: number };

export type MsrpHostOptions = {
  /** At least 80 bits of randomness, in characters of a URI. */
  readonly newToken: () => string;
  /** What our MSRP URIs name. */
  readonly host: string;
  readonly port: number;
  /** Where there are several edges, the one that our session-ids name. */
  readonly edge?: string;
  /** Where a URI that our own edges have given out is reached from here; undefined for others'. */
  readonly insideOf?: (uri: MsrpUri) => MsrpTarget | undefined;
  readonly isTls?: boolean;
  /** Without a response for so long after the last byte of a SEND the session is lost (decision D-02). */
  readonly responseTimeoutMs: number;
  /** Larger messages get 413. */
  readonly messageBytesMax: number;
  /** Each session that we connect gets a connection of its own: one that is not read then stops no other (back-pressure). */
  readonly hasOwnConnections?: boolean;
};

/** What has happened since the start. */
export type MsrpCounts = {
  messagesReceived: number;
  messagesSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** Responses that refuse, by status. */
  refusals: Map<number, number>;
  /** Connections closed for bytes that are not MSRP. */
  malformed: number;
  /** Responses that match no SEND. */
  strayResponses: number;
  lost: number;
};

/** A message that its owner has to answer. */
export type Unanswered = {
  readonly session: Session;
  readonly connection: Connection;
  readonly transactionId: string;
  readonly failureReport: FailureReport;
  readonly paths: Uint8Array;
};

export class HostState {
  readonly options: MsrpHostOptions;
  /** By session-id. */
  readonly sessions = new Map<string, Session>();
  /** By the whole path that we give out. */
  readonly byPath = new Map<string, Session>();
  readonly connections = new Map<string, Connection>();
  /** Connections that we have opened, by host and port. */
  readonly byAddress = new Map<string, Connection>();
  readonly unanswered = new Map<number, Unanswered>();
  readonly counts: MsrpCounts = {
    messagesReceived: 0,
    messagesSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    refusals: new Map(),
    malformed: 0,
    strayResponses: 0,
    lost: 0,
  };
  readonly #pool = new SlabPool();
  readonly #transactionPrefix: string;
  #effects: MsrpEffect[] = [];
  #touched: Connection[] = [];
  #transactions = 0;
  #inbounds = 0;
  #outbounds = 0;

  constructor(options: MsrpHostOptions) {
    this.options = options;
    this.#transactionPrefix = transactionPrefix(options.newToken());
  }

  emit(event: MsrpEvent): void {
    this.#effects.push({ kind: 'msrp-event', event });
  }

  effect(effect: MsrpEffect): void {
    this.#effects.push(effect);
  }

  /** Notes that a connection has output, which the next drain takes. */
  touch(connection: Connection): void {
    if (connection.isTouched) return;
    connection.isTouched = true;
    this.#touched.push(connection);
  }

  /** All effects since the last time; output first, one write a connection. */
  drain(): readonly MsrpEffect[] {
    const effects: MsrpEffect[] = [];
    for (const connection of this.#touched) {
      connection.isTouched = false;
      const { parts, bytes } = connection.output.take();
      if (connection.isGone) continue;
      connection.written += bytes;
      this.counts.bytesSent += bytes;
      effects.push({ kind: 'write', connection: connection.name, parts, bytes });
    }
    this.#touched = [];
    if (effects.length === 0) {
      const decided = this.#effects;
      this.#effects = [];
      return decided;
    }
    for (const effect of this.#effects) effects.push(effect);
    this.#effects = [];
    return effects;
  }

  /** A transaction-id: random for all of the host's life, and counted. */
  nextTransactionId(): string {
    this.#transactions++;
    return this.#transactionPrefix + this.#transactions.toString(36);
  }

  nextInbound(): number {
    this.#inbounds++;
    return this.#inbounds;
  }

  addConnection(name: string, address?: string): Connection {
    const connection = new Connection(name, this.#pool, address);
    this.connections.set(name, connection);
    const isShared = this.options.hasOwnConnections !== true;
    if (address !== undefined && isShared) this.byAddress.set(address, connection);
    return connection;
  }

  nextConnectionName(): string {
    this.#outbounds++;
    return `out/${this.#outbounds}`;
  }

  countRefusal(status: number): void {
    const { refusals } = this.counts;
    refusals.set(status, (refusals.get(status) ?? 0) + 1);
  }
}

/** RFC 4975 9 wants a letter or digit first and knows no `_` and `~`. Twenty characters of a token are enough: 64 bits and more. */
function transactionPrefix(token: string): string {
  let prefix = 't';
  for (const char of token.slice(0, 20)) {
    const code = char.charCodeAt(0) | 32;
    const isWordChar = (char >= '0' && char <= '9') || (code >= 97 && code <= 122);
    prefix += isWordChar ? char : '.';
  }
  return `${prefix}.`;
}
