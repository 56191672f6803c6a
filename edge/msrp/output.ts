/**
 * What is to be written to one connection, collected into few, large parts: heads and small bodies are copied side by side into blocks,
 * large bodies are parts of their own. A block is filled once and never written again, since the runtime may hold parts of it
 * for long; what is left of it serves the next output of any connection.
 */
import { copiedBytesMax, slabBytes, slabRestBytesMin, slabsMax } from './limit.ts';

const nothing = new Uint8Array(0);

/** The started blocks that all outputs of a host share. */
export class SlabPool {
  readonly #rests: Uint8Array[] = [];

  take(bytesMin: number): Uint8Array {
    const rest = this.#rests.pop();
    if (rest !== undefined && rest.length >= bytesMin) return rest;
    return new Uint8Array(Math.max(slabBytes, bytesMin));
  }

  give(rest: Uint8Array): void {
    if (rest.length >= slabRestBytesMin && this.#rests.length < slabsMax) this.#rests.push(rest);
  }
}

export class Output {
  readonly #pool: SlabPool;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #slab: Uint8Array = nothing;
  #start = 0;
  #at = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Bytes collected so far. */
  get bytes(): number {
    return this.#partBytes + this.#at - this.#start;
  }

  /** Makes sure that `count` bytes can be put without another block. */
  reserve(count: number): void {
    if (this.#slab.length - this.#at >= count) return;
    this.#endPart();
    this.#slab = this.#pool.take(count);
    this.#start = 0;
    this.#at = 0;
  }

  /** Puts ASCII text; room for it must be reserved. */
  text(text: string): void {
    const slab = this.#slab;
    let at = this.#at;
    for (let index = 0; index < text.length; index++) slab[at++] = text.charCodeAt(index);
    this.#at = at;
  }

  /** Puts a few bytes; room for them must be reserved. */
  raw(bytes: Uint8Array): void {
    this.#slab.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Puts a whole number; room for it must be reserved. */
  number(value: number): void {
    if (value < 10) this.#slab[this.#at++] = 48 + value;
    else this.text(String(value));
  }

  /** Puts a body: copied if it is small, as it is otherwise. */
  body(bytes: Uint8Array): void {
    if (bytes.length <= copiedBytesMax) {
      this.reserve(bytes.length);
      this.raw(bytes);
      return;
    }
    this.#endPart();
    this.#parts.push(bytes);
    this.#partBytes += bytes.length;
  }

  /** Hands over what has been collected. */
  take(): { readonly parts: readonly Uint8Array[]; readonly bytes: number } {
    this.#endPart();
    const taken = { parts: this.#parts, bytes: this.#partBytes };
    this.#pool.give(this.#slab.subarray(this.#at));
    this.#parts = [];
    this.#partBytes = 0;
    this.#slab = nothing;
    this.#start = 0;
    this.#at = 0;
    return taken;
  }

  #endPart(): void {
    if (this.#at === this.#start) return;
    this.#parts.push(this.#slab.subarray(this.#start, this.#at));
    this.#partBytes += this.#at - this.#start;
    this.#start = this.#at;
  }
}
