/**
 * The registrar of a provider without an IMS core (RFC 3261 10): which clients of which users are reachable where, and who
 * is asking. It does no I/O and has no timers: time comes in, what changed comes back, and storing it is the caller's. For
 * 10,000 idle clients it holds their bindings and one entry each in two indexes.
 */
import { parseAddress } from '../sip/address.ts';
import { parseCredentials } from '../sip/authorization.ts';
import type { Flow, ResponseDraft } from '../sip/effect.ts';
import { header, headerValues } from '../sip/header.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { type Binding, isSameClient, withoutFlow } from './binding.ts';
import { Digest, type DigestOptions } from './digest.ts';
import { ExpiryWheel } from './expiry-wheel.ts';
import { Interner } from './interner.ts';
import { type BindingChange, type RegisterLimits, register, registerLimits } from './register.ts';
import { registerByCore } from './third-party.ts';

export type RegistrarOptions = Omit<DigestOptions, 'realm'> & {
  /** Passwords by address of record. */
  readonly users: ReadonlyMap<string, string>;
  /** The SIP domain: the realm too. */
  readonly domain: string;
  readonly limits?: RegisterLimits;
  /** An IMS core registers the users: nobody does here. */
  readonly core?: CoreOptions;
};

export type CoreOptions = {
  /** Whether an address of record is one of a user's. */
  readonly isUser: (address: string) => boolean;
  /** Whose third-party REGISTER is believed. */
  readonly isTrusted: (flow: Flow) => boolean;
};

export type Handled = {
  readonly response: ResponseDraft;
  /** Absent unless the request was authenticated. */
  readonly user?: string;
  /** Empty if the request was refused, or only asked. */
  readonly changes: readonly BindingChange[];
};

export type Authenticated =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'challenge'; readonly response: ResponseDraft }
  | { readonly kind: 'refused'; readonly response: ResponseDraft };

const forbidden: ResponseDraft = { status: 403, reason: 'Forbidden' };
const byCoreOnly: ResponseDraft = { status: 403, reason: 'The IMS Core Registers Users' };

export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #digest: Digest;
  readonly #limits: RegisterLimits;
  readonly #interner = new Interner();
  readonly #wheel = new ExpiryWheel();
  readonly #bindings = new Map<string, readonly Binding[]>();
  /** Whose bindings have a connection; of several users on one, the last. The others find out when they send over it. */
  readonly #flows = new Map<string, string>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#digest = new Digest({ ...options, realm: options.domain });
    this.#limits = options.limits ?? registerLimits;
  }

  /** Whether an address of record is one of our users. */
  isKnown(user: string): boolean {
    const { core, users } = this.#options;
    return core === undefined ? users.has(user) : core.isUser(user);
  }

  /** Does a client's REGISTER, or a core's for one, or says why not. */
  handle(nowMs: number, request: SipRequest, flow: Flow): Handled {
    const { core } = this.#options;
    const subject =
      core === undefined
        ? this.#byDigest(nowMs, request)
        : thirdPartySubject(request, core.isTrusted(flow), core.isUser);
    if (subject.kind !== 'user') return { response: subject.response, changes: [] };
    const { user } = subject;
    // RFC 3261 10.3 step 3: nobody registers for somebody else.
    if (addressIn(request, 'To') !== user) return { response: forbidden, user, changes: [] };
    const intern = (text: string): string => this.#interner.intern(text);
    const options = { nowMs, limits: this.#limits, intern };
    const present = this.#of(user);
    const outcome =
      core === undefined
        ? register(present, request, { ...options, flow })
        : registerByCore(present, request, { ...options, user });
    if (outcome.kind === 'refused') {
      const { status, reason, headers } = outcome;
      return { response: { status, reason, headers }, user, changes: [] };
    }
    this.#set(user, outcome.bindings);
    return { response: { status: 200, headers: outcome.headers }, user, changes: outcome.changes };
  }

  /** Who sends a request other than REGISTER: known by the way it came, or by credentials. */
  authenticate(nowMs: number, request: SipRequest, flow: Flow): Authenticated {
    if (this.#options.core !== undefined) return { kind: 'refused', response: byCoreOnly };
    const from = addressIn(request, 'From');
    const isAnonymous = from?.endsWith('.invalid') ?? false;
    // RFC 3325 9.1: who wants to stay anonymous to others tells us by another header.
    const claimed = isAnonymous ? addressIn(request, 'P-Preferred-Identity') : from;
    if (claimed !== undefined && this.#isOnFlow(nowMs, claimed, request, flow)) {
      return { kind: 'user', user: claimed };
    }
    const authenticated = this.#byDigest(nowMs, request);
    if (authenticated.kind === 'user' && !isAnonymous && from !== authenticated.user) {
      return { kind: 'refused', response: forbidden };
    }
    return authenticated;
  }

  /** The present bindings of a user. */
  bindings(nowMs: number, user: string): readonly Binding[] {
    const bindings = this.#of(user);
    return bindings.every((binding) => binding.expiresAtMs > nowMs)
      ? bindings
      : bindings.filter((binding) => binding.expiresAtMs > nowMs);
  }

  /** Takes over what is stored of a user, the connections being this process's; what the user has registered here meanwhile is newer. */
  load(user: string, stored: readonly Binding[]): void {
    const present = this.#of(user);
    const missing = stored.filter(
      (binding) => !present.some((newer) => isSameClient(newer, binding)),
    );
    const known = ({ params, ...binding }: Binding): Binding => ({
      ...binding,
      params: this.#interner.intern(params),
    });
    this.#set(user, [...present, ...missing.map(known)]);
  }

  /** Forgets a user's bindings, which somebody else keeps now. */
  forget(user: string): void {
    this.#set(user, []);
  }

  /** A connection is gone: its clients are tried at their contacts from now on. */
  flowClosed(flow: string): void {
    const user = this.#flows.get(flow);
    if (user === undefined) return;
    const closed = (binding: Binding): Binding =>
      binding.target.flow === flow ? withoutFlow(binding) : binding;
    this.#set(user, this.#of(user).map(closed));
  }

  /** Forgets the bindings whose time is over; answers the users who have none any more. */
  expire(nowMs: number): readonly string[] {
    const due = this.#wheel.take(nowMs);
    for (const user of due) this.#set(user, this.bindings(nowMs, user));
    return due.filter((user) => !this.#bindings.has(user));
  }

  /** For the metrics. */
  get counts(): { readonly users: number; readonly bindings: number } {
    let bindings = 0;
    for (const list of this.#bindings.values()) bindings += list.length;
    return { users: this.#bindings.size, bindings };
  }

  /** All bindings of a user, also those whose time is over. */
  #of(user: string): readonly Binding[] {
    return this.#bindings.get(user) ?? [];
  }

  #set(user: string, bindings: readonly Binding[]): void {
    for (const { target } of this.#of(user)) {
      if (target.flow !== undefined) this.#flows.delete(target.flow);
    }
    if (bindings.length === 0) this.#bindings.delete(user);
    else this.#bindings.set(user, bindings);
    for (const { target, expiresAtMs } of bindings) {
      if (target.flow !== undefined) this.#flows.set(target.flow, user);
      this.#wheel.add(user, expiresAtMs);
    }
  }

  /** Whether a request came straight over the connection of one of the user's clients, or from its UDP address. */
  #isOnFlow(nowMs: number, user: string, request: SipRequest, flow: Flow): boolean {
    // Behind a proxy many users share one way.
    if (headerValues(request, 'Via').length !== 1) return false;
    return this.bindings(nowMs, user).some(({ target, path }) => {
      if (path.length > 0) return false;
      if (flow.transport !== 'udp') return target.flow === flow.id;
      return target.transport === 'udp' && target.host === flow.host && target.port === flow.port;
    });
  }

  #byDigest(nowMs: number, request: SipRequest): Authenticated {
    const { domain, users } = this.#options;
    const credentials = this.#credentials(request);
    if (credentials === undefined) return this.#challenge(nowMs, false);
    const user = userOf(credentials.get('username') ?? '', domain);
    const password = users.get(user);
    if (password === undefined) return this.#challenge(nowMs, false);
    const { method } = request;
    const outcome = this.#digest.verify(nowMs, { credentials, method, password });
    // A replayed or old nonce is no reason to ask the person for the password again (RFC 7616 3.3).
    return outcome === 'ok' ? { kind: 'user', user } : this.#challenge(nowMs, outcome !== 'wrong');
  }

  /** The credentials that are for us, among those for other realms on the way. */
  #credentials(request: SipRequest): ReadonlyMap<string, string> | undefined {
    for (const value of headerValues(request, 'Authorization')) {
      const read = parseCredentials(value);
      if (read?.scheme === 'digest' && read.params.get('realm') === this.#options.domain) {
        return read.params;
      }
    }
    return undefined;
  }

  #challenge(nowMs: number, isStale: boolean): Authenticated {
    const headers: readonly Header[] = this.#digest
      .challenges(nowMs, isStale)
      .map((value) => ({ name: 'WWW-Authenticate', value }));
    return { kind: 'challenge', response: { status: 401, reason: 'Unauthorized', headers } };
  }
}

/** Whom a core registers with us. A client that registers itself names itself in From, a core its own address (3GPP TS 24.229 5.4.1.7). */
function thirdPartySubject(
  request: SipRequest,
  isTrusted: boolean,
  isUser: (address: string) => boolean,
): Authenticated {
  const user = addressIn(request, 'To');
  if (!isTrusted || user === addressIn(request, 'From')) {
    return { kind: 'refused', response: byCoreOnly };
  }
  return user !== undefined && isUser(user)
    ? { kind: 'user', user }
    : { kind: 'refused', response: { status: 404, reason: 'Not Found' } };
}

function addressIn(request: SipRequest, name: string): string | undefined {
  const value = header(request, name);
  const address = value === undefined ? undefined : parseAddress(value);
  return address && addressOfRecord(address.uri);
}

/** Clients give the user part alone, the private identity of IMS (`user@domain`) or a URI as user name. */
function userOf(username: string, domain: string): string {
  // RFC 3261 25.1: a user name may have any letters, a URI has others than those of ASCII escaped. RFC 7616 4: accents come in one way.
  const written = username.normalize('NFC').toWellFormed();
  const name = written.replace(/[\u0080-\u{10ffff}]+/gu, encodeURIComponent);
  if (name.toLowerCase().startsWith('sip:')) return addressOfRecord(name) ?? '';
  return addressOfRecord(`sip:${name}${name.includes('@') ? '' : `@${domain}`}`) ?? '';
}
