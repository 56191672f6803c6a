/**
 * What a REGISTER does to a user's bindings (RFC 3261 10.3 from step 6 on), as a function from bindings to bindings. Either the
 * whole request is done or nothing of it. Who may register is decided before.
 */
import { ownText } from '../bytes/text.ts';
import type { Address } from '../sip/address.ts';
import { contacts, routes } from '../sip/contact.ts';
import { cseq } from '../sip/cseq.ts';
import type { Flow } from '../sip/effect.ts';
import { expires } from '../sip/expires.ts';
import { header, headerValues } from '../sip/header.ts';
import type { Header, SipRequest } from '../sip/message.ts';
import { param, printParams, unquote } from '../sip/params.ts';
import { callId } from '../sip/tags.ts';
import { parseUri } from '../sip/uri.ts';
import { type Binding, contactValue, isMoved, isSameClient, targetOf } from './binding.ts';
import {
  bindingsPerUserMax,
  bindingTextMax,
  defaultExpiresS,
  maxExpiresS,
  minExpiresS,
} from './limit.ts';

export type BindingChange = {
  readonly kind: 'added' | 'refreshed' | 'moved' | 'removed' | 'expired';
  readonly binding: Binding;
};

export type RegisterLimits = {
  readonly bindingsMax: number;
  readonly minExpiresS: number;
  readonly maxExpiresS: number;
  readonly defaultExpiresS: number;
};

export const registerLimits: RegisterLimits = {
  bindingsMax: bindingsPerUserMax,
  minExpiresS,
  maxExpiresS,
  defaultExpiresS,
};

export type RegisterOptions = {
  readonly nowMs: number;
  readonly flow: Flow;
  readonly limits: RegisterLimits;
  /** Gives equal texts of different clients the same string. */
  readonly intern: (text: string) => string;
};

export type Registered =
  | {
      readonly kind: 'updated';
      readonly bindings: readonly Binding[];
      readonly changes: readonly BindingChange[];
      readonly headers: readonly Header[];
    }
  | RegisterRefused;

export type RegisterRefused = {
  readonly kind: 'refused';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
};

type Update = { readonly bindings: readonly Binding[]; readonly changes: readonly BindingChange[] };

/** What the contacts of one request have in common. */
type Common = RegisterOptions & {
  readonly request: SipRequest;
  readonly callId: string;
  readonly cseq: number;
  readonly path: readonly string[];
};

/** The bindings after a REGISTER, or why it isn't done. */
export function register(
  bindings: readonly Binding[],
  request: SipRequest,
  options: RegisterOptions,
): Registered {
  const common: Common = {
    ...options,
    request,
    callId: ownText(callId(request) ?? ''),
    cseq: cseq(request)?.number ?? 0,
    path: routes(request, 'Path').map((address) => ownText(address.uri)),
  };
  const live = bindings.filter((binding) => binding.expiresAtMs > options.nowMs);
  const expired = bindings.filter((binding) => binding.expiresAtMs <= options.nowMs);
  const start: Update = {
    bindings: live,
    changes: expired.map((binding) => ({ kind: 'expired', binding })),
  };
  const listed = contacts(request);
  const outcome = listed === '*' ? removeAll(start, common) : updateEach(start, listed, common);
  if ('kind' in outcome) return outcome;
  return { kind: 'updated', ...outcome, headers: responseHeaders(outcome.bindings, common) };
}

/** RFC 3261 10.3 step 6: `*` takes everything back, and only that. */
function removeAll(start: Update, common: Common): Update | RegisterRefused {
  if (expires(common.request) !== 0) return refused(400, 'Expires Has To Be 0');
  if (start.bindings.some((binding) => isOutOfOrder(binding, common))) return outOfOrder;
  const removed = start.bindings.map((binding) => ({ kind: 'removed', binding }) as const);
  return { bindings: [], changes: [...start.changes, ...removed] };
}

function updateEach(
  start: Update,
  listed: readonly Address[],
  common: Common,
): Update | RegisterRefused {
  // What can't be read, or a `*` beside others, is left out of the list.
  if (listed.length !== headerValues(common.request, 'Contact').length) {
    return refused(400, 'Bad Contact');
  }
  let update = start;
  for (const address of listed) {
    const binding = readBinding(address, common);
    if ('kind' in binding) return binding;
    const next = applyBinding(update, binding, common);
    if ('kind' in next) return next;
    update = next;
  }
  return update;
}

function applyBinding(update: Update, binding: Binding, common: Common): Update | RegisterRefused {
  const index = update.bindings.findIndex((known) => isSameClient(known, binding));
  const known = update.bindings[index];
  const isRemoval = binding.expiresAtMs <= common.nowMs;
  if (known === undefined) {
    if (isRemoval) return update;
    if (update.bindings.length >= common.limits.bindingsMax)
      return refused(403, 'Too Many Bindings');
    return {
      bindings: [...update.bindings, binding],
      changes: [...update.changes, { kind: 'added', binding }],
    };
  }
  if (isOutOfOrder(known, common)) return outOfOrder;
  if (isRemoval) {
    return {
      bindings: update.bindings.toSpliced(index, 1),
      changes: [...update.changes, { kind: 'removed', binding: known }],
    };
  }
  // RFC 3261 10.2: a client keeps its Call-ID until it begins anew, and then it may have lost what it had.
  const isNew = isMoved(known, binding) || known.callId !== binding.callId;
  const kind = isNew ? 'moved' : 'refreshed';
  return {
    bindings: update.bindings.with(index, binding),
    changes: [...update.changes, { kind, binding }],
  };
}

/** One contact of the request as a binding; one that is to be taken back has expired already. */
function readBinding(address: Address, common: Common): Binding | RegisterRefused {
  const { nowMs, flow, path, request, intern } = common;
  const uri = parseUri(address.uri);
  if (uri === undefined || uri.scheme === 'tel') return refused(400, 'Bad Contact');
  const seconds = expiresOf(address, common);
  if (typeof seconds !== 'number') return seconds;
  const instance = unquote(param(address.params, '+sip.instance') ?? '');
  const regId = Number(param(address.params, 'reg-id') ?? '');
  const params = printParams(
    address.params.filter(({ name }) => !ownParams.has(name.toLowerCase())),
  );
  const userAgent = header(request, 'User-Agent');
  const text = [address.uri, instance, params, common.callId, userAgent, ...path].join('');
  if (text.length > bindingTextMax) return refused(403, 'Contact Too Long');
  return {
    contact: ownText(address.uri),
    ...(instance === '' ? {} : { instance: ownText(instance) }),
    // RFC 5626 4.2: reg-id means something only beside an instance.
    ...(instance !== '' && Number.isInteger(regId) && regId > 0 ? { regId } : {}),
    params: intern(params),
    callId: common.callId,
    cseq: common.cseq,
    expiresAtMs: nowMs + seconds * 1000,
    q: preference(param(address.params, 'q')),
    target: targetOf(uri, flow, path),
    path,
    ...(userAgent === undefined ? {} : { userAgent: intern(userAgent) }),
  };
}

/** Contact parameters that have a place of their own in a binding. */
export const ownParams = new Set(['expires', 'q', '+sip.instance', 'reg-id']);

/** RFC 3261 10.3 step 7: the contact's own time, else that of the request, else ours; shortened to what we keep. */
function expiresOf(address: Address, common: Common): number | RegisterRefused {
  const { limits, request } = common;
  const text = param(address.params, 'expires');
  const stated = text === undefined ? expires(request) : Number(text);
  // RFC 3261 10.2.1.1: a time that can't be read counts as an hour.
  const asked = isSeconds(text, stated) ? stated : limits.defaultExpiresS;
  if (asked > 0 && asked < limits.minExpiresS) {
    const headers = [{ name: 'Min-Expires', value: String(limits.minExpiresS) }];
    return { kind: 'refused', status: 423, reason: 'Interval Too Brief', headers };
  }
  return Math.min(asked, limits.maxExpiresS);
}

function isSeconds(text: string | undefined, stated: number | undefined): stated is number {
  return stated !== undefined && (text === undefined || /^\d+$/.test(text));
}

/** RFC 3261 20.10: between 0 and 1. */
function preference(text: string | undefined): number {
  return text !== undefined && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}

/** RFC 3261 10.3 step 7: of two requests of one call the later has the higher CSeq. */
function isOutOfOrder(known: Binding, common: Common): boolean {
  return known.callId === common.callId && common.cseq <= known.cseq;
}

/** RFC 3261 10.3 step 8, RFC 3327 5.3, RFC 5626 6. */
function responseHeaders(bindings: readonly Binding[], common: Common): readonly Header[] {
  const { request, nowMs, path } = common;
  const headers: Header[] = bindings.map((binding) => ({
    name: 'Contact',
    value: contactValue(binding, nowMs),
  }));
  if (path.length > 0)
    headers.push({ name: 'Path', value: headerValues(request, 'Path').join(', ') });
  const isOutbound = bindings.some((binding) => binding.regId !== undefined);
  const supported = headerValues(request, 'Supported');
  if (isOutbound && supported.includes('outbound'))
    headers.push({ name: 'Require', value: 'outbound' });
  return headers;
}

/** A REGISTER that is not done. */
export function refused(status: number, reason: string): RegisterRefused {
  return { kind: 'refused', status, reason, headers: [] };
}

const outOfOrder = refused(500, 'CSeq Out Of Order');
