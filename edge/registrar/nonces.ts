/**
 * Nonces of digest authentication (RFC 7616 3.3). A nonce carries its time and a number, and a code that only we can make, so
 * that nothing is kept for those which are never used. For those which are, the highest count is kept, so that credentials
 * work once. The memory is bounded: what falls out of it is refused as stale from then on, never believed again.
 */

export type Hash = (algorithm: 'SHA-256' | 'MD5', text: string) => string;

export type NonceOptions = {
  readonly hash: Hash;
  /** Known to this process alone: other processes keep counts of their own. */
  readonly secret: string;
  readonly lifetimeMs: number;
  readonly noncesMax: number;
};

/** A count that was not used before is `fresh`. */
export type NonceUse = 'fresh' | 'stale' | 'replayed';

type Used = { readonly madeMs: number; count: number };

export class Nonces {
  readonly #options: NonceOptions;
  /** By number, the one first used longest ago first. */
  readonly #used = new Map<number, Used>();
  #last = 0;
  /** Nonces made until then are stale. */
  #floorMs = Number.NEGATIVE_INFINITY;

  constructor(options: NonceOptions) {
    this.#options = options;
  }

  /** A nonce that nobody has yet. */
  make(nowMs: number): string {
    this.#last++;
    const body = `${Math.floor(nowMs).toString(36)}.${this.#last.toString(36)}`;
    return `${body}.${this.#code(body)}`;
  }

  /** Takes note that a nonce is used with a count; to be asked only when the response that goes with it was right. */
  use(nowMs: number, nonce: string, count: number): NonceUse {
    const [madeText = '', numberText = '', code = ''] = nonce.split('.');
    if (!isSame(code, this.#code(`${madeText}.${numberText}`))) return 'stale';
    const madeMs = Number.parseInt(madeText, 36);
    const number = Number.parseInt(numberText, 36);
    if (madeMs <= this.#floorMs || nowMs - madeMs > this.#options.lifetimeMs) return 'stale';
    const used = this.#used.get(number);
    if (used === undefined) {
      this.#forget(nowMs);
      this.#used.set(number, { madeMs, count });
      return 'fresh';
    }
    // RFC 7616 3.4: counts only rise; one that came before is somebody's recording.
    if (count <= used.count) return 'replayed';
    used.count = count;
    return 'fresh';
  }

  /** Makes room: what is too old to be used anyway, and the oldest if that is not enough. */
  #forget(nowMs: number): void {
    for (const [number, { madeMs }] of this.#used) {
      const isOver = nowMs - madeMs > this.#options.lifetimeMs;
      if (!isOver && this.#used.size < this.#options.noncesMax) return;
      this.#used.delete(number);
      this.#floorMs = Math.max(this.#floorMs, madeMs);
    }
  }

  /** Hashed twice, so that what is known of one code doesn't lead to that of a longer text. */
  #code(body: string): string {
    const { hash, secret } = this.#options;
    return hash('SHA-256', `${secret}:${hash('SHA-256', `${secret}:${body}`)}`).slice(0, 32);
  }
}

/** Compares in a time that doesn't tell how much is right. */
export function isSame(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index++) {
    difference |= left.charCodeAt(index % Math.max(left.length, 1)) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
