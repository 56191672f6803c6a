/** Bodies in memory, for tests. Bytes are copied both ways, as with any real store. */
import type { BodyStore } from '../ports/body-store.ts';
import { checkBody, checkBodyName } from './body-name.ts';
import { bytesMaxDefault } from './limit.ts';

export type MemoryBodyStoreOptions = {
  readonly nowMs: () => number;
  /** Bytes of all bodies together. */
  readonly bytesMax?: number;
};

type Kept = { readonly bytes: Uint8Array; readonly putAtMs: number };

/** Makes an empty store of bodies. */
export function memoryBodyStore(options: MemoryBodyStoreOptions): BodyStore {
  return new MemoryBodyStore(options);
}

class MemoryBodyStore implements BodyStore {
  readonly #nowMs: () => number;
  readonly #bytesMax: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor({ nowMs, bytesMax = bytesMaxDefault }: MemoryBodyStoreOptions) {
    this.#nowMs = nowMs;
    this.#bytesMax = bytesMax;
  }

  async put(name: string, bytes: Uint8Array): Promise<'stored' | 'present'> {
    checkBody(name, bytes);
    if (this.#kept.has(name)) return 'present';
    if (this.#bytes + bytes.length > this.#bytesMax) throw new Error('the store of bodies is full');
    this.#kept.set(name, { bytes: Uint8Array.from(bytes), putAtMs: this.#nowMs() });
    this.#bytes += bytes.length;
    return 'stored';
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkBodyName(name);
    const kept = this.#kept.get(name);
    return kept && Uint8Array.from(kept.bytes);
  }

  async remove(name: string): Promise<void> {
    checkBodyName(name);
    this.#bytes -= this.#kept.get(name)?.bytes.length ?? 0;
    this.#kept.delete(name);
  }

  async expire(beforeMs: number): Promise<number> {
    const over = [...this.#kept].filter(([, { putAtMs }]) => putAtMs < beforeMs);
    for (const [name] of over) await this.remove(name);
    return over.length;
  }

  async close(): Promise<void> {
    this.#kept.clear();
    this.#bytes = 0;
  }
}
