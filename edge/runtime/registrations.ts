/**
 * The registrar's memory and the store: a user's bindings are read once, when the user is first asked for; every change is reported
 * and the client is answered when the report is durable. A refresh that changes nothing and finds nothing waiting costs one read
 * (design 4).
 */
import { registrationKey } from '../../shared/core/key.ts';
import type { Registration } from '../../shared/core/registration.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { Binding } from '../registrar/binding.ts';
import type { Registrar } from '../registrar/registrar.ts';

export class Registrations {
  readonly #registrar: Registrar;
  readonly #store: Store;
  readonly #nowMs: () => number;
  /** Users whose stored bindings the registrar has, and the reads under way. */
  readonly #loaded = new Map<string, Promise<void> | true>();

  constructor(registrar: Registrar, store: Store, nowMs: () => number) {
    this.#registrar = registrar;
    this.#store = store;
    this.#nowMs = nowMs;
  }

  isKnown(user: string): boolean {
    return this.#registrar.isKnown(user);
  }

  /** Present bindings of a user. */
  async bindings(user: string): Promise<readonly Binding[]> {
    await this.load(user);
    return this.#registrar.bindings(this.#nowMs(), user);
  }

  /** Has the registrar know what is stored of a user. */
  async load(user: string): Promise<void> {
    const known = this.#loaded.get(user);
    if (known === true) return;
    if (known !== undefined) {
      await known;
      return;
    }
    const reading = this.#read(user);
    this.#loaded.set(user, reading);
    try {
      await reading;
      this.#loaded.set(user, true);
    } catch (error) {
      // The next request tries again; this one hears of the fault.
      this.#loaded.delete(user);
      throw error;
    }
  }

  async #read(user: string): Promise<void> {
    const key = registrationKey(user);
    const item = await this.#store.read(key.partition, key.sort);
    const registration = item?.data as Registration | undefined;
    if (registration === undefined) return;
    this.#registrar.load(user, registration.bindings as readonly Binding[]);
  }
}
