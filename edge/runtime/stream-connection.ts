/**
 * One stream connection, incoming or outgoing, plain or TLS. It is kept small, because ten thousand idle ones are usual: no timer, no
 * buffer and no listener of its own. What its bytes mean is for the owner; deadlines are looked at by `stream-host.ts`.
 */
import type { Socket } from 'node:net';

export type ConnectionState = 'connecting' | 'open' | 'closed';

/** Why a connection ends; `peer` as long as nothing else is known. */
export type Closing = 'asked' | 'peer' | 'fault' | 'deadline' | 'stalled' | 'backlog';

export class StreamConnection {
  readonly name: string;
  readonly isInbound: boolean;
  readonly host: string;
  readonly port: number;
  readonly socket: Socket;
  state: ConnectionState;
  /** Whether it has ever been up. */
  hasOpened: boolean;
  /** When the sweep ends it, by the host's clock; the owner moves it. */
  deadlineMs: number;
  /** Since when bytes have waited without any being taken. */
  stalledMs = Number.POSITIVE_INFINITY;
  /** What of the host's total this connection holds. */
  countedBytes = 0;
  closing: Closing = 'peer';

  constructor(
    socket: Socket,
    about: {
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly isInbound: boolean;
      readonly deadlineMs: number;
    },
  ) {
    this.socket = socket;
    this.name = about.name;
    this.host = about.host;
    this.port = about.port;
    this.isInbound = about.isInbound;
    this.deadlineMs = about.deadlineMs;
    this.hasOpened = about.isInbound;
    this.state = about.isInbound ? 'open' : 'connecting';
  }

  /** Bytes that the peer has not taken yet. */
  get backlogBytes(): number {
    return this.socket.writableLength;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }
}
