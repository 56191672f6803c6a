/** A client for the registrar's tests: it writes requests and answers challenges as RFC 7616 has it. */
import { createHash } from 'node:crypto';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import type { Hash } from '../../../edge/registrar/nonces.ts';
import type { Flow } from '../../../edge/sip/effect.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';
import { parseMessage } from '../../../edge/sip/parse.ts';

export const hash: Hash = (algorithm, text) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');

export const udpFlow: Flow = {
  id: 'udp:192.0.2.7:5070',
  transport: 'udp',
  host: '192.0.2.7',
  port: 5070,
};

export const tcpFlow: Flow = { id: 'tcp:1', transport: 'tcp', host: '192.0.2.7', port: 40_000 };

export type RequestParts = {
  readonly method?: string;
  readonly user?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: readonly string[];
};

export function request(parts: RequestParts = {}): SipRequest {
  const { method = 'REGISTER', user = 'alice', callId = 'call-1', cseq = 1, headers = [] } = parts;
  const lines = [
    `${method} sip:rejoin.test SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK1',
    'Max-Forwards: 70',
    `From: <sip:${user}@rejoin.test>;tag=1`,
    `To: <sip:${user}@rejoin.test>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ];
  const parsed = parseMessage(utf8Encode(lines.join('\r\n')));
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') {
    throw new Error(JSON.stringify(parsed));
  }
  return parsed.message;
}

export type AnswerParts = {
  readonly challenge: string;
  readonly username?: string;
  readonly password?: string;
  readonly method?: string;
  readonly uri?: string;
  readonly count?: number;
};

/** The credentials that answer a challenge. */
export function credentials(parts: AnswerParts): ReadonlyMap<string, string> {
  const { challenge, username = 'alice', password = 'demo', method = 'REGISTER' } = parts;
  const { uri = 'sip:rejoin.test', count = 1 } = parts;
  const algorithm = challenge.includes('algorithm=MD5') ? 'MD5' : 'SHA-256';
  const field = (name: string): string =>
    new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce] = [field('realm'), field('nonce')];
  const nc = count.toString(16).padStart(8, '0');
  const digest = (text: string): string => hash(algorithm, text);
  const secret = digest(`${username}:${realm}:${password}`);
  const response = digest(`${secret}:${nonce}:${nc}:c:auth:${digest(`${method}:${uri}`)}`);
  return new Map(
    Object.entries({
      ...{ username, realm, nonce, uri, algorithm, qop: 'auth', nc, cnonce: 'c', response },
    }),
  );
}

/** The credentials as an Authorization header line. */
export function authorization(parts: AnswerParts): string {
  const fields = [...credentials(parts)].map(([name, value]) =>
    name === 'nc' || name === 'qop' || name === 'algorithm'
      ? `${name}=${value}`
      : `${name}="${value}"`,
  );
  return `Authorization: Digest ${fields.join(', ')}`;
}

export function valuesOf(headers: readonly Header[] | undefined, name: string): readonly string[] {
  return (headers ?? []).filter((one) => one.name === name).map((one) => one.value);
}
