/** The other side of a call written by hand, for what no agent of ours would send. */
import { utf8Encode } from '../../../../edge/bytes/text.ts';
import type { Transport } from '../../../../edge/sip/effect.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../../edge/sip/message.ts';
import type { World } from './world.ts';

/** The other side by hand. */
export class Peer {
  readonly received: SipMessage[] = [];
  readonly host: string;
  readonly #world: World;

  constructor(world: World, host: string) {
    this.#world = world;
    this.host = host;
    world.listen(host, (message) => this.received.push(message));
  }

  /** Sends lines of text as a message, at once. */
  send(
    to: string,
    lines: readonly string[],
    options: { transport?: Transport; body?: string } = {},
  ): void {
    const { transport = 'udp', body = '' } = options;
    const text = [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
    this.#world.carry(this.host, utf8Encode(text), { transport, host: to, port: 5060 });
    this.#world.run(2);
  }

  /** Answers a request that was received. */
  answer(to: string, request: SipRequest, status: number, more: readonly string[] = []): void {
    const copied = request.headers
      .filter(({ name }) => ['Via', 'From', 'To', 'Call-ID', 'CSeq'].includes(name))
      .map(
        ({ name, value }) =>
          `${name}: ${name === 'To' && status > 100 && !value.includes(';tag=') ? `${value};tag=peer` : value}`,
      );
    const overridden = copied.filter((line) => !more.some((one) => sameName(one, line)));
    this.send(to, [`SIP/2.0 ${status} Answer`, ...overridden, ...more]);
  }

  requests(method?: string): SipRequest[] {
    return this.received.filter(
      (one): one is SipRequest =>
        one.kind === 'request' && (method === undefined || one.method === method),
    );
  }

  responses(): SipResponse[] {
    return this.received.filter((one): one is SipResponse => one.kind === 'response');
  }
}

function sameName(left: string, right: string): boolean {
  return left.split(':')[0] === right.split(':')[0];
}
export type Written = {
  readonly callId?: string;
  readonly fromTag?: string;
  readonly toTag?: string | undefined;
  readonly sequence?: number;
  readonly branch?: string;
  readonly more?: readonly string[];
};

/** The lines of a request of a peer. */
export function written(method: string, from: string, to: string, parts: Written = {}): string[] {
  const { callId = 'call', fromTag = 'from', toTag = '', sequence = 1, more = [] } = parts;
  const { branch = `${method}${sequence}` } = parts;
  const tag = toTag === '' ? '' : `;tag=${toTag}`;
  return [
    `${method} sip:a@${to} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:5060;branch=z9hG4bK${branch};rport`,
    'Max-Forwards: 70',
    `From: <sip:b@${from}>;tag=${fromTag}`,
    `To: <sip:a@${to}>${tag}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
    `Contact: <sip:b@${from}:5060>`,
    ...more,
  ];
}
