/**
 * A conference focus for load: SIP by a user agent of its own, media by a raw socket with frames built beforehand, so that it can send many
 * times what the product takes. Each invites one user into one group and keeps a window of SENDs in flight.
 */
import { connect, type Socket } from 'node:net';
import type { MsrpEvent } from '../edge/msrp/effect.ts';
import { parseMsrpUri } from '../edge/msrp/uri.ts';
import { nowMs } from '../edge/runtime/clock.ts';
import { readMsrpMedia } from '../edge/sdp/msrp-media.ts';
import { writeMsrpSdp } from '../edge/sdp/write.ts';
import type { SipEvent } from '../edge/sip/effect.ts';
import { newToken, Party, type PartyOptions } from '../test/kit/party.ts';
import { until } from '../test/kit/wait.ts';

const bodyBytes = 500;
const answered = Buffer.from(' 200 ');

export type LoadOptions = {
  readonly user: string;
  /** The CPIM message of a number, in ASCII; one of 500 bytes in all unless given. */
  readonly bodyOf?: BodyOf;
};

type BodyOf = (id: string, user: string, number: number) => string;

export class LoadFocus extends Party {
  readonly #user: string;
  readonly #bodyOf: BodyOf;
  readonly #session = newToken();
  #socket: Socket | undefined;
  #dialog = '';
  #toPath = '';
  #rest: Buffer = Buffer.alloc(0);
  #sent = 0;
  #acknowledged = 0;
  #answeredAtMs = 0;
  #wanted = 0;
  #window = 1;

  constructor(options: PartyOptions & LoadOptions) {
    super(options);
    this.#user = options.user;
    this.#bodyOf = options.bodyOf ?? plainBody;
  }

  /** Invites the user and opens the media. */
  async invite(): Promise<void> {
    const identity = `sip:g${newToken()}@${this.address}`;
    const headers = [
      { name: 'From', value: '<sip:alice@rejoin.test>' },
      { name: 'To', value: `<${this.#user}>` },
      { name: 'Contact', value: `<${identity}>;isfocus` },
      { name: 'P-Asserted-Identity', value: '<sip:alice@rejoin.test>' },
      { name: 'Contribution-ID', value: newToken() },
      { name: 'Conversation-ID', value: newToken() },
      { name: 'Content-Type', value: 'application/sdp' },
    ];
    const draft = { method: 'INVITE', uri: this.#user, headers, body: this.#offer() };
    this.step(() => {
      this.#dialog = this.agent.invite(nowMs(), draft, this.server);
    });
    await until(`${this.#user} is answered for`, () => this.#toPath !== '', 15_000);
    const uri = parseMsrpUri(this.#toPath);
    if (uri === undefined) throw new Error(`no MSRP URI: ${this.#toPath}`);
    this.#socket = connect(uri.port ?? 2855, uri.host);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (data) => this.#received(data));
    await this.send(1, 1);
  }

  /** Sends messages, a window of them in flight, and resolves when all have their 200. */
  async send(count: number, window: number): Promise<void> {
    this.#wanted += count;
    this.#window = window;
    this.#fill();
    await until('every SEND has its 200', () => this.#acknowledged >= this.#wanted, 120_000);
  }

  /** When the last answer came. */
  get answeredAtMs(): number {
    return this.#answeredAtMs;
  }

  /** Ends the session. */
  hangUp(): void {
    this.step(() => this.agent.bye(nowMs(), this.#dialog));
  }

  override async close(): Promise<void> {
    this.#socket?.destroy();
    await super.close();
  }

  override onSip(event: SipEvent): void {
    if (event.kind === 'request') {
      const headers = [{ name: 'Expires', value: '600' }];
      const { transaction, request } = event;
      if (request.method !== 'SUBSCRIBE') this.agent.respond(nowMs(), transaction, { status: 200 });
      else this.agent.acceptSubscription(nowMs(), transaction, { status: 200, headers });
    }
    if (event.kind !== 'answered') return;
    const read = readMsrpMedia(event.response.body);
    if (read.kind === 'media') this.#toPath = read.media.path[0] ?? '';
  }

  override onMsrp(_event: MsrpEvent): void {}

  #offer(): Uint8Array {
    return writeMsrpSdp({
      host: '127.0.0.1',
      port: this.msrpPort,
      path: [`msrp://127.0.0.1:${this.msrpPort}/${this.#session};tcp`],
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['text/plain'],
      setup: 'active',
      direction: 'sendrecv',
      sessionId: 1,
      version: 1,
      isTls: false,
    });
  }

  #fill(): void {
    let text = '';
    while (this.#sent < this.#wanted && this.#sent - this.#acknowledged < this.#window) {
      text += this.#frame(this.#sent);
      this.#sent++;
    }
    if (text !== '') this.#socket?.write(text, 'latin1');
  }

  #frame(number: number): string {
    const id = `t${this.#session.slice(0, 8)}${number}`;
    const body = this.#bodyOf(id, this.#user, number);
    const from = `msrp://127.0.0.1:${this.msrpPort}/${this.#session};tcp`;
    return (
      `MSRP ${id} SEND\r\nTo-Path: ${this.#toPath}\r\nFrom-Path: ${from}\r\nMessage-ID: m${id}\r\n` +
      `Byte-Range: 1-${body.length}/${body.length}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------${id}$\r\n`
    );
  }

  /** Counts the answers by their status, one that is cut by the end of a read included. */
  #received(read: Buffer): void {
    const data = this.#rest.length === 0 ? read : Buffer.concat([this.#rest, read]);
    this.#rest = data.subarray(-(answered.length - 1));
    for (let at = data.indexOf(answered); at >= 0; at = data.indexOf(answered, at + 1)) {
      this.#acknowledged++;
      this.#answeredAtMs = performance.now();
    }
    this.#fill();
  }
}

function plainBody(id: string, user: string): string {
  const head = `From: <sip:alice@rejoin.test>\r\nTo: <${user}>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ${id}\r\n\r\nContent-Type: text/plain\r\n\r\n`;
  return head.padEnd(bodyBytes, 'x');
}
