/**
 * The in-process transport: SIP and MSRP bytes between the Participating Function and the focus when both run here. The bytes are
 * those of the wire, so that either side can be replaced by someone else's. Nothing is passed on while the sender's step runs; order
 * is kept for each direction.
 */
import type { SipMessage } from '../sip/message.ts';
import { parseMessage } from '../sip/parse.ts';

export type Side = 'participating' | 'controlling';

/** What one side has for the other. */
export class SipLoop {
  #waiting: { readonly to: Side; readonly bytes: Uint8Array }[] = [];

  send(to: Side, bytes: Uint8Array): void {
    this.#waiting.push({ to, bytes });
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Hands over what has been sent so far. */
  deliver(receive: (to: Side, message: SipMessage) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { to, bytes } of waiting) {
      const parsed = parseMessage(bytes);
      if (parsed.kind === 'message') receive(to, parsed.message);
    }
  }
}

type End = { readonly peer: string; isPaused: boolean; waiting: Uint8Array[]; bytes: number };

export type MsrpLoopInput = {
  readonly accepted: (connection: string) => void;
  readonly connected: (connection: string) => void;
  readonly closed: (connection: string) => void;
  readonly received: (connection: string, bytes: Uint8Array) => void;
  readonly backlog: (connection: string, bytes: number) => void;
};

/** Pairs of MSRP connections within this process: what is written to one end is received at the other. */
export class MsrpLoop {
  readonly #ends = new Map<string, End>();
  #closed: string[] = [];
  #opened: { readonly near: string; readonly far: string }[] = [];
  #count = 0;

  has(connection: string): boolean {
    return this.#ends.has(connection);
  }

  get isEmpty(): boolean {
    if (this.#opened.length > 0 || this.#closed.length > 0) return false;
    for (const end of this.#ends.values()) {
      if (!end.isPaused && end.waiting.length > 0) return false;
    }
    return true;
  }

  connect(near: string): void {
    this.#count++;
    const far = `loop:${this.#count}`;
    this.#ends.set(near, { peer: far, isPaused: false, waiting: [], bytes: 0 });
    this.#ends.set(far, { peer: near, isPaused: false, waiting: [], bytes: 0 });
    this.#opened.push({ near, far });
  }

  write(connection: string, parts: readonly Uint8Array[]): void {
    const peer = this.#peer(connection);
    if (peer === undefined) return;
    for (const part of parts) {
      peer.waiting.push(part);
      peer.bytes += part.length;
    }
  }

  pause(connection: string, isPaused: boolean): void {
    const end = this.#ends.get(connection);
    if (end !== undefined) end.isPaused = isPaused;
  }

  close(connection: string): void {
    const end = this.#ends.get(connection);
    if (end === undefined) return;
    this.#ends.delete(connection);
    if (this.#ends.has(end.peer)) this.#closed.push(end.peer);
  }

  /** Hands over what has happened so far. */
  deliver(input: MsrpLoopInput): void {
    const opened = this.#opened;
    this.#opened = [];
    for (const { near, far } of opened) {
      input.accepted(far);
      input.connected(near);
    }
    for (const [connection, end] of this.#ends) this.#deliverTo(connection, end, input);
    const closed = this.#closed;
    this.#closed = [];
    for (const connection of closed) {
      this.#ends.delete(connection);
      input.closed(connection);
    }
  }

  #deliverTo(connection: string, end: End, input: MsrpLoopInput): void {
    if (end.isPaused) {
      if (end.bytes > 0) input.backlog(end.peer, end.bytes);
      return;
    }
    const { waiting } = end;
    if (waiting.length === 0) return;
    end.waiting = [];
    end.bytes = 0;
    for (const part of waiting) input.received(connection, part);
    input.backlog(end.peer, 0);
  }

  #peer(connection: string): End | undefined {
    const end = this.#ends.get(connection);
    return end && this.#ends.get(end.peer);
  }
}
