/**
 * How sessions get their connections and lose them (RFC 4975 5.4, RFC 6135 4). The active side opens a connection, or uses one that it has
 * opened to the same host and port, and at once sends a SEND over it; the passive side's session is bound by the first request that
 * names it. A connection that is gone takes its sessions with it; one without sessions is closed.
 */
import type { Connection } from './connection.ts';
import type { MsrpLoss } from './effect.ts';
import type { HostState, MsrpTarget } from './host-state.ts';
import { strayMs } from './limit.ts';
import type { Sender } from './sender.ts';
import { noPaths, type Session } from './session.ts';
import { msrpPort, parseMsrpUri } from './uri.ts';

/** The other side of a session, as its SDP says. */
export type Remote = {
  readonly path: readonly string[];
  /** Whether we are the active side. */
  readonly isActive: boolean;
  /** Where to connect, if not to the path's first URI (RFC 6714). */
  readonly target?: MsrpTarget;
};

export class Lifecycle {
  readonly #state: HostState;
  readonly #sender: Sender;

  constructor(state: HostState, sender: Sender) {
    this.#state = state;
    this.#sender = sender;
  }

  /** The peer's path is known: waits for its request, or connects. */
  start(nowMs: number, session: Session, remote: Remote): void {
    const wasUp = session.isUp;
    session.startWith(remote.path);
    if (wasUp) return;
    if (session.state === 'bound') {
      // The peer, being active, was faster than its SDP.
      this.#tellBound(session);
      this.#sender.begin(nowMs, session);
      return;
    }
    if (session.state === 'lost') session.state = 'open';
    if (remote.isActive && session.state === 'open') this.#connect(nowMs, session, remote);
  }

  /** The first request that names the session has come in on a connection. What waits is to go out after its answer. */
  bind(session: Session, connection: Connection): void {
    if (session.connection !== undefined) this.#leave(session, session.connection);
    this.#join(session, connection);
    session.state = 'bound';
    if (session.isStarted) this.#tellBound(session);
  }

  /** A connection of ours is up: its sessions are bound. */
  connected(nowMs: number, connection: Connection): void {
    connection.isUp = true;
    for (const session of connection.sessions) this.#bindActive(nowMs, session, connection);
  }

  /** A connection is gone, and with it all its sessions. */
  gone(connection: Connection, loss: MsrpLoss): void {
    connection.isGone = true;
    this.#end(connection, loss);
  }

  /** The session is over, though its connection may serve others. */
  lose(session: Session, connection: Connection, loss: MsrpLoss): void {
    this.#leave(session, connection, () => this.#lost(session, loss));
  }

  /** Ends a session for its owner, who hears nothing more of it. */
  close(session: Session): void {
    const { connection } = session;
    this.#state.sessions.delete(session.name);
    this.#state.byPath.delete(session.path);
    if (connection !== undefined) this.#leave(session, connection);
    this.#clear(session);
  }

  /** Closes a connection whose bytes can't be read. */
  drop(connection: Connection): void {
    this.#end(connection, 'closed');
    this.#state.effect({ kind: 'close', connection: connection.name });
  }

  /** A connection has asked for a session that nobody has: it is not kept for long without one. */
  doubt(connection: Connection): void {
    if (connection.isStrayTimerSet) return;
    connection.isStrayTimerSet = true;
    const timer = `stray/${connection.name}`;
    this.#state.effect({ kind: 'set-timer', timer, delayMs: strayMs });
  }

  /** The time of a doubted connection is over. */
  endDoubt(connection: Connection): void {
    connection.isStrayTimerSet = false;
    if (connection.sessions.size === 0) this.drop(connection);
  }

  /** A message of the session lacks some of its middle: it is looked at again. */
  awaitRest(session: Session, delayMs: number): void {
    if (session.isHoleTimerSet) return;
    session.isHoleTimerSet = true;
    this.#state.effect({ kind: 'set-timer', timer: `hole/${session.name}`, delayMs });
  }

  /** Whether a session wants its connection to be read, or not, has changed. */
  pause(session: Session, isPaused: boolean, isHeld: boolean): void {
    const before = isStopped(session);
    session.isPaused = isPaused;
    session.isHeld = isHeld;
    const { connection } = session;
    if (connection === undefined || before === isStopped(session)) return;
    if (before) this.#resume(connection);
    else this.#pause(connection);
  }

  #connect(nowMs: number, session: Session, remote: Remote): void {
    const uri = parseMsrpUri(remote.path[0] ?? '');
    if (uri === undefined) {
      this.#lost(session, 'connect-failed');
      return;
    }
    const target = remote.target ?? this.#state.options.insideOf?.(uri);
    const host = target?.host ?? uri.host.replace('[', '').replace(']', '');
    const port = target?.port ?? uri.port ?? msrpPort;
    const isTls = uri.isSecure;
    const address = `${isTls ? 'tls' : 'tcp'}:${host.toLowerCase()}:${port}`;
    const known = this.#state.byAddress.get(address);
    session.state = 'waiting';
    if (known !== undefined) {
      this.#join(session, known);
      if (known.isUp) this.#bindActive(nowMs, session, known);
      return;
    }
    const name = this.#state.nextConnectionName();
    const connection = this.#state.addConnection(name, address);
    this.#state.effect({ kind: 'connect', connection: name, host, port, isTls });
    this.#join(session, connection);
  }

  #bindActive(nowMs: number, session: Session, connection: Connection): void {
    session.state = 'bound';
    this.#sender.sendBinding(nowMs, session, connection);
    this.#tellBound(session);
    this.#sender.begin(nowMs, session);
  }

  #tellBound(session: Session): void {
    this.#state.emit({ kind: 'bound', session: session.name });
  }

  #join(session: Session, connection: Connection): void {
    session.connection = connection;
    connection.sessions.add(session);
    if (isStopped(session)) this.#pause(connection);
  }

  /** Takes a session off its connection; `then` comes before an unused connection is closed. */
  #leave(session: Session, connection: Connection, then?: () => void): void {
    connection.sessions.delete(session);
    connection.ready.delete(session);
    const isUnused = connection.sessions.size === 0;
    if (isUnused) this.#forget(connection);
    else if (isStopped(session)) this.#resume(connection);
    then?.();
    if (isUnused) this.#state.effect({ kind: 'close', connection: connection.name });
  }

  #end(connection: Connection, loss: MsrpLoss): void {
    this.#forget(connection);
    for (const session of connection.sessions) this.#lost(session, loss);
    connection.sessions.clear();
  }

  #lost(session: Session, loss: MsrpLoss): void {
    const references = session.references();
    this.#clear(session);
    session.state = 'lost';
    session.paths = noPaths;
    this.#state.counts.lost++;
    this.#state.emit({ kind: 'lost', session: session.name, loss, references });
  }

  #clear(session: Session): void {
    for (const inbound of session.unanswered) this.#state.unanswered.delete(inbound);
    session.reset();
    if (session.isTimerSet) this.#clearTimer(`response/${session.name}`);
    if (session.isHoleTimerSet) this.#clearTimer(`hole/${session.name}`);
    session.isTimerSet = false;
    session.isHoleTimerSet = false;
  }

  #forget(connection: Connection): void {
    connection.isClosed = true;
    this.#state.connections.delete(connection.name);
    const { address } = connection;
    if (address !== undefined) this.#state.byAddress.delete(address);
    if (connection.isGoOnSet) this.#clearTimer(`go-on/${connection.name}`);
    if (connection.isStrayTimerSet) this.#clearTimer(`stray/${connection.name}`);
  }

  #clearTimer(timer: string): void {
    this.#state.effect({ kind: 'clear-timer', timer });
  }

  #pause(connection: Connection): void {
    connection.pauses++;
    if (connection.pauses > 1) return;
    this.#state.effect({ kind: 'pause', connection: connection.name });
  }

  #resume(connection: Connection): void {
    connection.pauses--;
    if (connection.pauses > 0) return;
    this.#state.effect({ kind: 'resume', connection: connection.name });
  }
}

function isStopped(session: Session): boolean {
  return session.isPaused || session.isHeld;
}
