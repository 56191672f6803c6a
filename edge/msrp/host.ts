/**
 * An MSRP endpoint without I/O: sessions, their connections, and messages both ways (RFC 4975). The runtime feeds it what happens on
 * connections and carries out what `drain` gives; the owner opens sessions, sends and answers. Nothing calls back: what the owner has to
 * know is among the effects.
 */
import type { Connection } from './connection.ts';
import type { MsrpEffect, OutboundMessage } from './effect.ts';
import { HostState, type MsrpCounts, type MsrpHostOptions } from './host-state.ts';
import { Lifecycle, type Remote } from './lifecycle.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { Session } from './session.ts';
import { sessionIdOf } from './session-id.ts';
import { printMsrpUri } from './uri.ts';

export type SessionOptions = {
  /** Content types taken; others get 415. Without it, anything. */
  readonly acceptTypes?: readonly string[];
  /** What the path names: `tcp`, or `ws` for a client that comes by WebSocket (RFC 7977). */
  readonly transport?: string;
};

export class MsrpHost {
  readonly #state: HostState;
  readonly #sender: Sender;
  readonly #lifecycle: Lifecycle;
  readonly #receiver: Receiver;

  constructor(options: MsrpHostOptions) {
    this.#state = new HostState(options);
    this.#sender = new Sender(this.#state);
    this.#lifecycle = new Lifecycle(this.#state, this.#sender);
    this.#receiver = new Receiver(this.#state, this.#lifecycle, this.#sender);
  }

  /** A peer has opened a connection, which the runtime names. */
  accepted(_nowMs: number, connection: string): void {
    this.#state.addConnection(connection);
  }

  /** A connection that the host has asked for is up. */
  connected(nowMs: number, connection: string): void {
    const known = this.#state.connections.get(connection);
    if (known !== undefined && !known.isUp) this.#lifecycle.connected(nowMs, known);
  }

  /** A connection that the host has asked for can't be had. */
  connectFailed(_nowMs: number, connection: string): void {
    const known = this.#state.connections.get(connection);
    if (known !== undefined) this.#lifecycle.gone(known, 'connect-failed');
  }

  /** A connection is gone, by whomever. */
  closed(_nowMs: number, connection: string, loss: 'closed' | 'way-ended' = 'closed'): void {
    const known = this.#state.connections.get(connection);
    if (known !== undefined) this.#lifecycle.gone(known, loss);
  }

  /** Bytes have been read. They belong to the host from now on: message bodies are views of them. */
  received(nowMs: number, connection: string, bytes: Uint8Array): void {
    const known = this.#state.connections.get(connection);
    if (known !== undefined) this.#receiver.received(nowMs, known, bytes);
  }

  /** How much the runtime has not written yet; to be said when it rises over the writes of a drain, and when it falls. */
  backlog(nowMs: number, connection: string, bytes: number): void {
    const known = this.#state.connections.get(connection);
    if (known === undefined) return;
    known.backlog = bytes;
    this.#sender.pump(nowMs, known);
  }

  /** A timer has fired. */
  timer(nowMs: number, timer: string): void {
    const slash = timer.indexOf('/');
    const kind = timer.slice(0, slash);
    const name = timer.slice(slash + 1);
    if (kind === 'response' || kind === 'hole') {
      const session = this.#state.sessions.get(name);
      if (session !== undefined) this.#sessionTimer(nowMs, kind, session);
    } else {
      const connection = this.#state.connections.get(name);
      if (connection !== undefined) this.#connectionTimer(nowMs, kind, connection);
    }
  }

  /** Everything that has been decided since the last time; at most one write a connection. */
  drain(): readonly MsrpEffect[] {
    return this.#state.drain();
  }

  /** Opens a session; its name is the session-id of its path. */
  open(options?: SessionOptions): string {
    const { newToken, host, port, edge, isTls, messageBytesMax } = this.#state.options;
    const name = sessionIdOf(newToken(), edge);
    const path = printMsrpUri({
      isSecure: isTls === true,
      host: host.includes(':') ? `[${host}]` : host,
      port,
      sessionId: name,
      transport: options?.transport ?? 'tcp',
    });
    const acceptTypes = options?.acceptTypes ?? ['*'];
    const session = new Session(name, { path, messageBytesMax, acceptTypes });
    this.#state.sessions.set(name, session);
    this.#state.byPath.set(path, session);
    return name;
  }

  /** The MSRP URI of a session, for `a=path`; empty if there is no such session. */
  path(session: string): string {
    return this.#state.sessions.get(session)?.path ?? '';
  }

  /** The peer's path is known: the active side connects, the passive side waits. After a loss, begins anew. */
  start(nowMs: number, session: string, remote: Remote): void {
    const known = this.#state.sessions.get(session);
    if (known !== undefined) this.#lifecycle.start(nowMs, known, remote);
  }

  /** Queues a message. False if the queue is full now: the owner waits for `room` (this one is taken). */
  send(nowMs: number, session: string, message: OutboundMessage): boolean {
    const known = this.#state.sessions.get(session);
    return known === undefined || this.#sender.send(nowMs, known, message);
  }

  /** The response to an inbound message: once, at any time, in any order. */
  answer(_nowMs: number, inbound: number, status: number, comment?: string): void {
    this.#receiver.answer(inbound, status, comment);
  }

  /** Reports on a whole message to its sender (RFC 4975 7.1.2). */
  report(
    _nowMs: number,
    session: string,
    messageId: string,
    status: number,
    byteCount: number,
  ): void {
    const known = this.#state.sessions.get(session);
    if (known !== undefined) this.#sender.report(known, { messageId, status, byteCount });
  }

  /** Stops reading the session's connection, and with it those of the sessions beside it. */
  pauseReading(session: string): void {
    this.#setPaused(session, true);
  }

  resumeReading(session: string): void {
    this.#setPaused(session, false);
  }

  /** Ends a session. A connection without sessions is closed when its output is written. */
  close(_nowMs: number, session: string): void {
    const known = this.#state.sessions.get(session);
    if (known !== undefined) this.#lifecycle.close(known);
  }

  /** Whether messages flow. */
  isBound(session: string): boolean {
    const known = this.#state.sessions.get(session);
    return known?.isUp === true;
  }

  /** References of messages given to `send` that have no outcome yet, in order. */
  unanswered(session: string): readonly number[] {
    return this.#state.sessions.get(session)?.references() ?? [];
  }

  /** What has happened since the start, and what there is now. */
  get counts(): Readonly<MsrpCounts> & { readonly sessions: number; readonly connections: number } {
    const { counts, sessions, connections } = this.#state;
    return { ...counts, sessions: sessions.size, connections: connections.size };
  }

  #sessionTimer(nowMs: number, kind: 'response' | 'hole', session: Session): void {
    const { connection } = session;
    if (connection === undefined) return;
    if (kind === 'hole') {
      session.isHoleTimerSet = false;
      this.#receiver.giveUp(session, connection);
      return;
    }
    const isGood = this.#sender.checkResponses(nowMs, session, connection);
    if (!isGood) this.#lifecycle.lose(session, connection, 'timeout');
  }

  #connectionTimer(nowMs: number, kind: string, connection: Connection): void {
    if (kind === 'stray') this.#lifecycle.endDoubt(connection);
    else {
      connection.isGoOnSet = false;
      this.#sender.pump(nowMs, connection);
    }
  }

  #setPaused(session: string, isPaused: boolean): void {
    const known = this.#state.sessions.get(session);
    if (known !== undefined) this.#lifecycle.pause(known, isPaused, known.isHeld);
  }
}
