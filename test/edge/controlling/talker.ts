/** The MSRP side of a member in a test: what it says, what it hears, and what becomes of both. */
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import { parseCpim } from '../../../edge/cpim/cpim.ts';
import type { FailureReport, InboundMessage, MsrpEvent } from '../../../edge/msrp/effect.ts';
import { parseMsrpUri } from '../../../edge/msrp/uri.ts';
import { type MsrpDescription, writeMsrpSdp } from '../../../edge/sdp/write.ts';
import { uriOf } from './focus.ts';
import { Node, type World } from './network.ts';

const messageBytesMax = 10_000_000;

export class Talker {
  readonly name: string;
  readonly uri: string;
  readonly node: Node;
  readonly world: World;
  /** What to answer to messages; `leave` for nothing. */
  onMessage: number | 'leave' = 200;
  /** Changes to the descriptions that are sent. */
  sdp: Partial<MsrpDescription> = {};
  readonly received: InboundMessage[] = [];
  readonly reports: string[] = [];
  /** Statuses of what was said, by Message-ID; `lost` without an answer. */
  readonly outcomes = new Map<string, number | 'lost'>();
  session = '';
  identity = '';
  readonly #said: { readonly id: string }[] = [];
  #count = 0;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.uri = uriOf(name);
    this.node = new Node(world, name, messageBytesMax);
    this.node.onMsrp = (_nowMs, event) => this.#msrp(event);
  }

  get nowMs(): number {
    return this.world.nowMs;
  }

  /** Whether messages flow. */
  get isUp(): boolean {
    return this.node.msrp.isBound(this.session);
  }

  /** The texts that came, in order. */
  get texts(): string[] {
    return this.received.map(({ body }) => textOf(body));
  }

  /** A session description of a new session. */
  describe(setup: 'actpass' | 'active' | 'passive'): Uint8Array {
    this.session = this.node.msrp.open();
    return this.describeAgain(setup);
  }

  /** The same for the session that there is. */
  describeAgain(setup: 'actpass' | 'active' | 'passive'): Uint8Array {
    const path = this.node.msrp.path(this.session);
    const uri = parseMsrpUri(path);
    return writeMsrpSdp({
      host: uri?.host ?? '',
      port: uri?.port ?? 0,
      path: [path],
      acceptTypes: ['message/cpim', 'application/im-iscomposing+xml'],
      acceptWrappedTypes: ['*'],
      setup,
      direction: 'sendrecv',
      sessionId: 1,
      version: 1,
      isTls: false,
      ...this.sdp,
    });
  }

  /** Says something; answers the Message-ID. */
  say(
    text: string,
    options: {
      readonly to?: readonly string[];
      readonly from?: string;
      readonly id?: string;
      readonly type?: string;
      readonly outer?: string;
      readonly raw?: Uint8Array;
      readonly isReportWanted?: boolean;
      readonly failureReport?: FailureReport;
    } = {},
  ): string {
    const { to = [this.identity], from = this.uri, type = 'text/plain' } = options;
    const id = options.id ?? `${this.name}-${++this.#count}`;
    const recipients = to.map((one) => `To: <${one}>\r\n`).join('');
    const cpim = `From: <${from}>\r\n${recipients}\r\nContent-Type: ${type}\r\n\r\n${text}`;
    this.#said.push({ id });
    this.node.do(() =>
      this.node.msrp.send(this.nowMs, this.session, {
        reference: this.#said.length - 1,
        messageId: id,
        contentType: options.outer ?? 'message/cpim',
        body: options.raw ?? utf8Encode(cpim),
        isSuccessReportWanted: options.isReportWanted === true,
        failureReport: options.failureReport ?? 'yes',
      }),
    );
    return id;
  }

  /** Begins the session, actively, with the path of a description. */
  startFrom(sdp: string): void {
    const path = /a=path:(\S+)/.exec(sdp)?.[1] ?? '';
    const remote = { path: [path], isActive: true };
    this.node.do(() => this.node.msrp.start(this.nowMs, this.session, remote));
  }

  /** Answers all messages that were left. */
  acknowledge(status = 200): void {
    this.node.do(() => {
      for (const { inbound } of this.received) this.node.msrp.answer(this.nowMs, inbound, status);
    });
  }

  #msrp(event: MsrpEvent): void {
    switch (event.kind) {
      case 'message':
        this.received.push(event.message);
        if (this.onMessage !== 'leave') {
          this.node.msrp.answer(this.nowMs, event.message.inbound, this.onMessage);
        }
        return;
      case 'delivered':
        this.#outcome(event.reference, 200);
        return;
      case 'failed':
        this.#outcome(event.reference, event.status);
        return;
      case 'report':
        this.reports.push(`${event.messageId} ${event.status}`);
        return;
      case 'lost':
        for (const reference of event.references) this.#outcome(reference, 'lost');
        return;
      default:
    }
  }

  #outcome(reference: number, status: number | 'lost'): void {
    const said = this.#said[reference];
    if (said === undefined) return;
    // A 200 over a newer session stands, whatever becomes of the older one.
    if (status !== 'lost' || this.outcomes.get(said.id) !== 200) this.outcomes.set(said.id, status);
  }
}

/** The text of a CPIM message, or the whole body of something else. */
export function textOf(body: Uint8Array): string {
  const parsed = parseCpim(body);
  return utf8Decode(parsed.kind === 'cpim' ? parsed.cpim.content : body);
}
