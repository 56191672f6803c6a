/**
 * The registrar's memory and the store: a user's bindings are read once, when the user is first asked for; every change is reported and
 * the client is answered when the report is durable. A refresh that changes nothing and finds nothing waiting costs one read and no
 * function call (design 4).
 */
import { createHash, randomBytes } from 'node:crypto';
import { participationPrefix, registrationKey, userPartition } from '../../shared/core/key.ts';
import type { Source } from '../../shared/core/participation/event.ts';
import type { ParticipationRecord } from '../../shared/core/participation/fold.ts';
import type { Participation, ParticipationName } from '../../shared/core/participation/state.ts';
import type { Registration, RegistrationEvent } from '../../shared/core/registration.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { User } from '../../shared/users.ts';
import { type Binding, withoutFlow } from '../registrar/binding.ts';
import type { BindingChange } from '../registrar/register.ts';
import {
  type Authenticated,
  type CoreOptions,
  type Handled,
  Registrar,
} from '../registrar/registrar.ts';
import type { Flow } from '../sip/effect.ts';
import type { SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { moveMs, movePollMs, userItemsMax } from './limit.ts';
import { Unsettled } from './unsettled.ts';

export type RegistrationsOptions = {
  /** Names this edge. */
  readonly edge: string;
  readonly domain: string;
  readonly users: readonly User[];
  readonly store: Store;
  readonly nowMs: () => number;
  /** A participation of the user is held here whose client is away. */
  readonly isAway: (user: string) => boolean;
  /** Where there are other edges. */
  readonly elsewhere?: ClientWays;
  /** Where an IMS core registers the users. */
  readonly core?: CoreOptions;
};

/** What other edges know of clients, and what this one knows of theirs. */
export type ClientWays = {
  /** The user registers here. */
  readonly isHome: (user: string) => boolean;
  readonly outward: (binding: Binding) => Binding;
  readonly inward: (binding: Binding) => Binding;
};

const awayPhases = new Set(['buffering', 'reinviting', 'inactive', 'draining']);

export class Registrations {
  readonly #options: RegistrationsOptions;
  readonly #registrar: Registrar;
  /** Passwords by address of record; the registrar looks into it at every request. */
  readonly #passwords = new Map<string, string>();
  /** Users whose stored bindings the registrar has, and the reads under way. */
  readonly #loaded = new Map<string, Promise<void> | true>();
  readonly #unsettled = new Unsettled();
  #movedMs = Number.NEGATIVE_INFINITY;

  constructor(options: RegistrationsOptions) {
    const { domain, users, core } = options;
    this.#options = options;
    this.replaceUsers(users);
    this.#registrar = new Registrar({
      domain,
      users: this.#passwords,
      ...(core === undefined ? {} : { core }),
      secret: randomBytes(24).toString('hex'),
      hash: (algorithm, text) =>
        createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
          .update(text)
          .digest('hex'),
    });
  }

  /** Registered clients. */
  get size(): number {
    return this.#registrar.counts.bindings;
  }

  /** Takes other users from now on; what those who are gone have registered stays until it expires. */
  replaceUsers(users: readonly User[]): void {
    this.#passwords.clear();
    for (const { uri, password } of users) {
      this.#passwords.set(addressOfRecord(uri) ?? uri, password);
    }
  }

  isKnown(user: string): boolean {
    return this.#registrar.isKnown(user);
  }

  /** Present bindings of a user. */
  async bindings(user: string): Promise<readonly Binding[]> {
    for (;;) {
      await this.load(user);
      const bindings = this.#registrar.bindings(this.#options.nowMs(), user);
      if (bindings.length > 0 || !this.#isMoving) return bindings;
      await new Promise((resolve) => setTimeout(resolve, movePollMs));
    }
  }

  /** Users have just moved: where they have registered last may have been another edge, and be on its way into the store. */
  get #isMoving(): boolean {
    return this.#options.nowMs() - this.#movedMs < moveMs;
  }

  authenticate(nowMs: number, request: SipRequest, flow: Flow): Authenticated {
    return this.#registrar.authenticate(nowMs, request, flow);
  }

  /** Does a REGISTER whose user is loaded. */
  handle(nowMs: number, request: SipRequest, flow: Flow): Handled {
    const handled = this.#registrar.handle(nowMs, request, flow);
    // What it knows now is newer than what is stored.
    if (handled.user !== undefined && handled.changes.length > 0) {
      this.#loaded.set(handled.user, true);
    }
    return handled;
  }

  flowClosed(flow: string): void {
    this.#registrar.flowClosed(flow);
  }

  /** Forgets what has run out. Nobody is told: what is stored of a registration says itself when it ends. */
  expire(nowMs: number): void {
    for (const user of this.#registrar.expire(nowMs)) {
      if (!this.#isRemembered(user)) this.#loaded.delete(user);
    }
  }

  /** The report of what a user's bindings are now. */
  report(nowMs: number, user: string): RegistrationEvent {
    const { elsewhere } = this.#options;
    const bindings = this.#registrar.bindings(nowMs, user);
    const told = elsewhere === undefined ? bindings : bindings.map(elsewhere.outward);
    return { kind: 'registration', user, bindings: told, atMs: nowMs };
  }

  /** An event of a participation was reported: till the store shows it, nobody knows from there who is away. */
  reported(name: ParticipationName, source: Source): void {
    this.#unsettled.reported(name, source);
  }

  /**
   * Whether a change has to be reported: a refresh only if something waits or may wait, or if what is stored would soon be too old.
   */
  async isNews(user: string, changes: readonly BindingChange[]): Promise<boolean> {
    if (changes.length === 0) return false;
    if (changes.some(({ kind }) => kind !== 'refreshed') || this.#options.isAway(user)) return true;
    const { store, nowMs } = this.#options;
    const items = await store.list(userPartition(user), '', { limit: userItemsMax });
    const stored = items.find((item) => item.sort === registrationKey(user).sort);
    if (isOutdated(stored?.data as Registration | undefined, changes, nowMs())) return true;
    const participations = items
      .filter((item) => item.sort.startsWith(participationPrefix))
      .map((item) => (item.data as ParticipationRecord).state);
    const isSettled = this.#unsettled.isSettled(user, participations);
    return !isSettled || participations.some((state) => this.#mayBeAway(state));
  }

  /** What another edge has, or had before it was lost, may be at another point than the store shows. */
  #mayBeAway({ phase, edge }: Participation): boolean {
    return awayPhases.has(phase) || (edge !== undefined && edge !== this.#options.edge);
  }

  /** Forgets what is known of users who are not at home here; it is read again when they are asked for. */
  forgetStrangers(): void {
    const { elsewhere } = this.#options;
    if (elsewhere === undefined) return;
    this.#movedMs = this.#options.nowMs();
    for (const user of [...this.#loaded.keys()].filter((one) => !elsewhere.isHome(one))) {
      this.#loaded.delete(user);
      this.#registrar.forget(user);
    }
  }

  /** Has the registrar know what is stored of a user. */
  async load(user: string): Promise<void> {
    if (!this.isKnown(user)) return;
    const known = this.#loaded.get(user);
    // Another edge knows before this one does when its users register.
    const isHome = this.#options.elsewhere?.isHome(user) ?? true;
    const isTold = isHome && !this.#isMoving;
    if (known === true && isTold) return;
    // One reading is for all who ask meanwhile, unless the user may have registered elsewhere since it began (design 4).
    const isShared = isTold && known instanceof Promise;
    const reading = isShared ? known : this.#read(user, isHome);
    this.#loaded.set(user, reading);
    try {
      await reading;
      if (this.#isRemembered(user)) this.#loaded.set(user, true);
      else this.#loaded.delete(user);
    } catch (error) {
      // The next request tries again; this one hears of the fault.
      this.#loaded.delete(user);
      throw error;
    }
  }

  /** A core's users are any number; of those who were never registered here nothing is kept. */
  #isRemembered(user: string): boolean {
    const { core, nowMs } = this.#options;
    return core === undefined || this.#registrar.bindings(nowMs(), user).length > 0;
  }

  async #read(user: string, isHome: boolean): Promise<void> {
    const key = registrationKey(user);
    const item = await this.#options.store.read(key.partition, key.sort);
    const registration = item?.data as Registration | undefined;
    if (!isHome) this.#registrar.forget(user);
    if (registration === undefined) return;
    const bindings = registration.bindings as readonly Binding[];
    // Names of connections are of the process that had them, and of several edges only their ways tell whose they are.
    this.#registrar.load(user, bindings.map(this.#options.elsewhere?.inward ?? withoutFlow));
  }
}

/** Less than half of the refreshed time is left in the store. */
function isOutdated(
  stored: Registration | undefined,
  changes: readonly BindingChange[],
  nowMs: number,
): boolean {
  if (stored === undefined) return true;
  return changes.some(({ binding }) => {
    const kept = (stored.bindings as readonly Binding[]).find(
      ({ contact, instance }) => contact === binding.contact && instance === binding.instance,
    );
    return kept === undefined || kept.expiresAtMs - nowMs < (binding.expiresAtMs - nowMs) / 2;
  });
}
