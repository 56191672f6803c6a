/** The client's side of digest authentication (RFC 7616): an answer to a challenge. */
import { createHash, randomBytes } from 'node:crypto';
import { parseChallenge } from '../../edge/sip/authorization.ts';

export type Request = {
  readonly method: string;
  readonly uri: string;
  readonly user: string;
  readonly password: string;
};

/** The Authorization value for the first challenge that can be answered. */
export function answerChallenge(challenges: readonly string[], request: Request): string {
  const challenge = challenges.map((value) => parseChallenge(value)?.params).find(Boolean);
  if (challenge === undefined) throw new Error('no challenge that can be answered');
  const algorithm = challenge.get('algorithm') ?? 'MD5';
  const hash = (text: string): string =>
    createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const realm = challenge.get('realm') ?? '';
  const nonce = challenge.get('nonce') ?? '';
  const cnonce = randomBytes(8).toString('hex');
  const secret = hash(`${request.user}:${realm}:${request.password}`);
  const what = hash(`${request.method}:${request.uri}`);
  const response = hash(`${secret}:${nonce}:00000001:${cnonce}:auth:${what}`);
  return (
    `Digest username="${request.user}", realm="${realm}", nonce="${nonce}", uri="${request.uri}", ` +
    `response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${cnonce}"`
  );
}
