/** The MSRP of an edge with real sockets on loopback, alone or among others: hosts for both sides, run by one step loop. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { MsrpEvent } from '../../../edge/msrp/effect.ts';
import { MsrpHost } from '../../../edge/msrp/host.ts';
import { nowMs } from '../../../edge/runtime/clock.ts';
import { type Side, sides } from '../../../edge/runtime/machines.ts';
import type { MsrpInput } from '../../../edge/runtime/msrp-carrier.ts';
import type { MsrpElsewhere } from '../../../edge/runtime/msrp-entrance.ts';
import { MsrpSockets } from '../../../edge/runtime/msrp-sockets.ts';
import { SessionPlaces } from '../../../edge/runtime/session-places.ts';
import type { EdgePlace } from '../../../shared/app/edges.ts';

const host = '127.0.0.1';
const localFocus = { host: 'focus.invalid', port: 2 };

/** The edges of a test, and what each knows of the others: all that has been opened and not closed. */
export class Town {
  readonly places = new Map<string, EdgePlace>();
  /** Ports of edges that took no connection. */
  readonly unreached: number[] = [];
  readonly #edges: MsrpEdge[] = [];
  /** Holds back what is told of the edges, as between two heartbeats. */
  looked: () => Promise<void> = async () => {};
  /** What the paths of all edges name, as behind a balancer; without it each names its own place. */
  shownPort: number | undefined;

  async open(name?: string): Promise<MsrpEdge> {
    const edge = new MsrpEdge(this, name);
    this.#edges.push(edge);
    return await edge.open();
  }

  async close(): Promise<void> {
    await Promise.all(this.#edges.map((edge) => edge.close()));
  }
}

export class MsrpEdge {
  readonly #town: Town;
  readonly #name: string | undefined;
  readonly sockets: MsrpSockets;
  readonly #hosts = new Map<Side, MsrpHost>();
  #places: SessionPlaces | undefined;
  port = 0;
  /** What each session has got, and what became of what it has sent. */
  readonly received = new Map<string, string[]>();
  readonly answered: number[] = [];
  readonly lost: string[] = [];
  /** Messages are taken, and not answered. */
  isMute = false;

  constructor(town: Town, name: string | undefined) {
    this.#town = town;
    this.#name = name;
    const elsewhere: MsrpElsewhere = {
      looked: () => town.looked(),
      unreached: ({ msrpPort }) => town.unreached.push(msrpPort),
      isEnded: () => undefined,
    };
    this.sockets = new MsrpSockets({
      input: (side) => this.#input(side),
      keepAliveMs: 0,
      find: (session) => this.#places?.find(session) ?? { kind: 'unknown' },
      ...(name !== undefined && { elsewhere }),
    });
  }

  async open(): Promise<this> {
    this.port = await this.sockets.listen({ host, port: 0, setting: 'a free port' });
    const own = { participating: { host, port: this.port }, controlling: localFocus };
    const edge = this.#name;
    const shown = { host, port: this.#town.shownPort ?? this.port };
    if (edge !== undefined) {
      this.#town.places.set(edge, { host, sipPort: 1, msrpPort: this.port });
    }
    this.#places = new SessionPlaces({
      edge: edge ?? 'alone',
      own,
      shown: () => shown,
      placeOf: (other) => this.#town.places.get(other),
      isOfFocus: (session) => this.side('controlling').path(session) !== '',
    });
    for (const side of sides) {
      const options = {
        newToken: () => randomBytes(12).toString('hex'),
        responseTimeoutMs: 10_000,
        messageBytesMax: 100_000_000,
        ...shown,
        ...(edge !== undefined && { edge }),
      };
      this.#hosts.set(side, new MsrpHost(options));
    }
    return this;
  }

  side(side: Side): MsrpHost {
    const known = this.#hosts.get(side);
    if (known === undefined) throw new Error('the edge is not open yet');
    return known;
  }

  get host(): MsrpHost {
    return this.side('participating');
  }

  /** A session that waits for a peer with a path. */
  offer(peerPath: string, side: Side = 'participating'): string {
    const session = this.side(side).open();
    this.step(() => this.side(side).start(nowMs(), session, { path: [peerPath], isActive: false }));
    return session;
  }

  /** A session that connects to a path. */
  join(path: string): string {
    const session = this.host.open();
    this.step(() => this.host.start(nowMs(), session, { path: [path], isActive: true }));
    return session;
  }

  send(session: string, reference: number, body: string | Uint8Array): void {
    this.step(() =>
      this.host.send(nowMs(), session, {
        reference,
        messageId: `m${reference}`,
        contentType: 'text/plain',
        body: typeof body === 'string' ? new Uint8Array(Buffer.from(body)) : body,
        isSuccessReportWanted: false,
        failureReport: 'yes',
      }),
    );
  }

  step(action: () => void): void {
    action();
    for (let isBusy = true; isBusy; ) {
      isBusy = sides.map((side) => this.#drain(side)).includes(true);
    }
  }

  async close(): Promise<void> {
    if (this.#name !== undefined) this.#town.places.delete(this.#name);
    await this.sockets.close();
  }

  #drain(side: Side): boolean {
    const effects = this.side(side).drain();
    for (const effect of effects) {
      if (effect.kind === 'msrp-event') this.#event(side, effect.event);
      else if (effect.kind !== 'set-timer' && effect.kind !== 'clear-timer')
        this.sockets.transports[side].execute(effect);
    }
    return effects.length > 0;
  }

  #event(side: Side, event: MsrpEvent): void {
    if (event.kind === 'lost') this.lost.push(event.session);
    if (event.kind === 'delivered') this.answered.push(event.reference);
    if (event.kind !== 'message') return;
    const { session, inbound, body } = event.message;
    const got = this.received.get(session) ?? [];
    this.received.set(session, [...got, Buffer.from(body).toString('latin1')]);
    if (!this.isMute) this.side(side).answer(nowMs(), inbound, 200);
  }

  #input(side: Side): MsrpInput {
    const on = (input: (msrp: MsrpHost) => void): void => this.step(() => input(this.side(side)));
    return {
      accepted: (name) => on((msrp) => msrp.accepted(nowMs(), name)),
      connected: (name) => on((msrp) => msrp.connected(nowMs(), name)),
      connectFailed: (name) => on((msrp) => msrp.connectFailed(nowMs(), name)),
      closed: (name) => on((msrp) => msrp.closed(nowMs(), name)),
      received: (name, bytes) => on((msrp) => msrp.received(nowMs(), name, bytes)),
      backlog: (name, bytes) => on((msrp) => msrp.backlog(nowMs(), name, bytes)),
    };
  }
}

/** A connection that says what a test writes, and notes what comes back. */
export class Caller {
  readonly socket: Socket;
  text = '';
  isEnded = false;
  isClosed = false;

  constructor(port: number) {
    this.socket = connect({ host, port, allowHalfOpen: true });
    this.socket.on('error', () => {});
    this.socket.on('data', (bytes) => {
      this.text += bytes.toString('latin1');
    });
    this.socket.on('end', () => {
      this.isEnded = true;
    });
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  /** A SEND to a path. */
  send(id: string, path: string, body = ''): void {
    const content = body === '' ? '' : `Content-Type: text/plain\r\n\r\n${body}\r\n`;
    this.socket.write(
      `MSRP ${id} SEND\r\nTo-Path: ${path}\r\nFrom-Path: msrp://127.0.0.1:9/c;tcp\r\n` +
        `Message-ID: ${id}\r\nByte-Range: 1-${body.length}/${body.length}\r\n` +
        `${content}-------${id}$\r\n`,
    );
  }
}
