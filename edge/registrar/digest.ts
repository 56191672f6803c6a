/**
 * Digest authentication of clients (RFC 7616, RFC 8760 for SIP): the challenges, and whether credentials are right. SHA-256
 * is offered before MD5, which old clients still need; quality of protection is `auth`. Hashing and the secret come in. Whose
 * password it is, and what may be done with it, is for the registrar.
 */
import { credentialsValueMax, nonceLifetimeMs, noncesMax } from './limit.ts';
import { type Hash, isSame, Nonces } from './nonces.ts';

export type DigestOptions = {
  readonly realm: string;
  readonly hash: Hash;
  /** Random, of this process alone. */
  readonly secret: string;
  readonly nonceLifetimeMs?: number;
  readonly noncesMax?: number;
};

export type DigestCheck = {
  /** Names in lower case, values without quotes. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly method: string;
  /** If given, the credentials have to be for it. */
  readonly uri?: string;
  readonly password: string;
};

export type DigestOutcome = 'ok' | 'stale' | 'wrong' | 'replayed';

const algorithms = ['SHA-256', 'MD5'] as const;

export class Digest {
  readonly #options: DigestOptions;
  readonly #nonces: Nonces;

  constructor(options: DigestOptions) {
    this.#options = options;
    const { hash, secret } = options;
    this.#nonces = new Nonces({
      hash,
      secret,
      lifetimeMs: options.nonceLifetimeMs ?? nonceLifetimeMs,
      noncesMax: options.noncesMax ?? noncesMax,
    });
  }

  /** Values of WWW-Authenticate, the preferred algorithm first (RFC 8760 2.3); `isStale` if only the nonce was wrong. */
  challenges(nowMs: number, isStale: boolean): readonly string[] {
    const nonce = this.#nonces.make(nowMs);
    const stale = isStale ? ', stale=true' : '';
    return algorithms.map(
      (algorithm) =>
        `Digest realm="${this.#options.realm}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale}`,
    );
  }

  /** Whether credentials are right, and used for the first time. */
  verify(nowMs: number, check: DigestCheck): DigestOutcome {
    const { credentials, method, password } = check;
    const value = (name: string): string => credentials.get(name) ?? '';
    for (const text of credentials.values()) {
      if (text.length > credentialsValueMax) return 'wrong';
    }
    // RFC 7616 3.4: a client that names no algorithm means MD5.
    const name = (credentials.get('algorithm') ?? 'MD5').toUpperCase();
    const algorithm = algorithms.find((known) => known === name);
    const count = readCount(value('nc'));
    if (algorithm === undefined || count === undefined) return 'wrong';
    if (value('realm') !== this.#options.realm || value('qop').toLowerCase() !== 'auth') {
      return 'wrong';
    }
    // RFC 3261 22.4: proxies may have changed the Request-URI, so it is compared only if the caller asks for it.
    if (check.uri !== undefined && check.uri !== value('uri')) return 'wrong';
    const hash = (text: string): string => this.#options.hash(algorithm, text);
    const secret = hash(`${value('username')}:${this.#options.realm}:${password}`);
    const request = hash(`${method}:${value('uri')}`);
    const nonce = value('nonce');
    const middle = `${nonce}:${value('nc')}:${value('cnonce')}:auth`;
    const response = hash(`${secret}:${middle}:${request}`);
    if (!isSame(value('response').toLowerCase(), response)) return 'wrong';
    // RFC 7616 3.3: stale is told only to who knows the password.
    const use = this.#nonces.use(nowMs, nonce, count);
    return use === 'fresh' ? 'ok' : use;
  }
}

/** RFC 7616 3.4: eight hexadecimal digits. */
function readCount(text: string): number | undefined {
  return /^[0-9a-fA-F]{8}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}
