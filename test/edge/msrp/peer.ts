/** A host with a peer that is played by hand, over the connection `in`. */
import type { MsrpEffect } from '../../../edge/msrp/effect.ts';
import type { MsrpHost, SessionOptions } from '../../../edge/msrp/host.ts';
import type { MsrpHostOptions } from '../../../edge/msrp/host-state.ts';
import { bytesOf, lines, newHost, written } from './world.ts';

export const peerPath = 'msrp://peer.example.com:9/pSession;tcp';

export type SendText = {
  readonly method?: string;
  readonly toPath?: string;
  readonly fromPath?: string;
  readonly id?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly flag?: string;
};

export class Peer {
  nowMs = 0;
  readonly host: MsrpHost;
  readonly session: string;

  /** With a session that has been started, as the passive side, and not bound yet. */
  constructor(options?: SessionOptions, more?: Partial<MsrpHostOptions>) {
    this.host = newHost('h.example.com', more);
    this.session = this.host.open(options);
    this.host.start(0, this.session, { path: [peerPath], isActive: false });
    this.host.accepted(0, 'in');
  }

  get path(): string {
    return this.host.path(this.session);
  }

  /** Gives the host bytes, and tells what it makes of them. */
  receive(text: string, connection = 'in'): readonly MsrpEffect[] {
    this.host.received(this.nowMs, connection, bytesOf(text));
    return this.host.drain();
  }

  /** The text of a request for the session. */
  request(parts: SendText): string {
    const id = parts.id ?? 'peer1234';
    const body = parts.body === undefined ? [] : ['', parts.body];
    return lines(
      `MSRP ${id} ${parts.method ?? 'SEND'}`,
      `To-Path: ${parts.toPath ?? this.path}`,
      `From-Path: ${parts.fromPath ?? peerPath}`,
      ...(parts.headers ?? ['Message-ID: peer.1']),
      ...body,
      `-------${id}${parts.flag ?? '$'}`,
    );
  }

  /** Sends a request; the answer is what the host has written. */
  ask(parts: SendText, connection = 'in'): string {
    return written(this.receive(this.request(parts), connection), connection);
  }

  /** The text of a response of the host. */
  response(
    status: string,
    more?: { readonly id?: string; readonly toPath?: string; readonly fromPath?: string },
  ): string {
    const id = more?.id ?? 'peer1234';
    return lines(
      `MSRP ${id} ${status}`,
      `To-Path: ${more?.toPath ?? peerPath}`,
      `From-Path: ${more?.fromPath ?? this.path}`,
      `-------${id}$`,
    );
  }

  bind(): readonly MsrpEffect[] {
    return this.receive(this.request({}));
  }

  /** Answers each SEND that the host has written. */
  answerAll(text: string, status: string): readonly MsrpEffect[] {
    return this.receive(
      idsOf(text)
        .map((id) => this.response(status, { id, toPath: this.path, fromPath: peerPath }))
        .join(''),
    );
  }
}

/** The transaction-ids of the SENDs in a text. */
export function idsOf(text: string): string[] {
  return Array.from(text.matchAll(/MSRP (\S+) SEND\r\n/g), (match) => match[1]!);
}

export const textHeaders = ['Message-ID: peer.1', 'Byte-Range: 1-2/2', 'Content-Type: text/plain'];
