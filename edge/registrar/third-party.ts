/**
 * What a third-party REGISTER of an IMS core does to a user's bindings (3GPP TS 24.229 5.4.1.7): the core has registered the user and
 * tells us. Our bindings are the user's devices as far as the request names them, each reached through the core at the user's own
 * address; a user of whose devices nothing is told has one binding without an instance. Each request stands for one event at the core's
 * registrar, and the newest counts: one that lists everything (the 200 in its body) replaces all, one that shows only a device's own
 * REGISTER changes that device. Whose requests are believed is for the registrar.
 */
import { parseMultipart } from '../bytes/multipart.ts';
import { concatBytes } from '../bytes/search.ts';
import { ownText, utf8Encode } from '../bytes/text.ts';
import type { Address } from '../sip/address.ts';
import { contacts } from '../sip/contact.ts';
import { cseq } from '../sip/cseq.ts';
import type { Target } from '../sip/effect.ts';
import { expires } from '../sip/expires.ts';
import { header, headerValues } from '../sip/header.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import { param, printParams, unquote } from '../sip/params.ts';
import { parseMessage } from '../sip/parse.ts';
import { callId } from '../sip/tags.ts';
import { parseUri, type SipUri } from '../sip/uri.ts';
import { parseVia } from '../sip/via.ts';
import { type Binding, isDeviceMoved, isMoved, targetAt } from './binding.ts';
import { bindingTextMax } from './limit.ts';
import {
  type BindingChange,
  ownParams,
  type Registered,
  type RegisterOptions,
  refused,
} from './register.ts';

export type ThirdPartyOptions = Omit<RegisterOptions, 'flow'> & {
  /** The address of record that is registered. */
  readonly user: string;
};

/** What the bindings of one request have in common. */
type Common = {
  readonly options: ThirdPartyOptions;
  /** As the core has granted it. */
  readonly grantedS: number;
  readonly binding: Omit<Binding, 'params' | 'instance' | 'device'>;
};

const embeddedType = /^\s*message\/sip\s*(;|$)/i;
const blankLine = utf8Encode('\r\n\r\n');

/** The bindings after a third-party REGISTER, or why it isn't done. */
export function registerByCore(
  bindings: readonly Binding[],
  request: SipRequest,
  options: ThirdPartyOptions,
): Registered {
  const listed = contacts(request);
  const core = listed === '*' ? undefined : listed[0];
  const uri = core && parseUri(core.uri);
  if (core === undefined || uri === undefined || uri.scheme === 'tel') {
    return refused(400, 'Bad Contact');
  }
  const common = readCommon(request, { address: core, uri }, options);
  const headers = [
    { name: 'Contact', value: `<${core.uri}>;expires=${common.grantedS}` },
    { name: 'Expires', value: String(common.grantedS) },
  ];
  const live = bindings.filter((binding) => binding.expiresAtMs > options.nowMs);
  // RFC 3261 10.3 step 7, but for the 500, for which a core may take the user off (3GPP TS 24.229 5.4.1.7): an old one is only answered.
  if (isOld(live, common)) return { kind: 'updated', bindings: live, changes: [], headers };
  const next = bindingsAfter(live, request, common);
  if (next.some(isTooLong)) return refused(403, 'Contact Too Long');
  return { kind: 'updated', bindings: next, changes: changesOf(bindings, next), headers };
}

function readCommon(
  request: SipRequest,
  { address, uri }: { readonly address: Address; readonly uri: SipUri },
  options: ThirdPartyOptions,
): Common {
  const { limits, nowMs, user } = options;
  const stated = expires(request) ?? secondsIn(address) ?? limits.defaultExpiresS;
  const grantedS = Math.min(stated, limits.maxExpiresS);
  const contact = ownText(address.uri);
  return {
    options,
    grantedS,
    binding: {
      contact: user,
      isByCore: true,
      callId: ownText(callId(request) ?? ''),
      cseq: cseq(request)?.number ?? 0,
      expiresAtMs: nowMs + grantedS * 1000,
      q: 1,
      target: targetOfCore(request, uri),
      // RFC 3261 16.4: a proxy that takes loose routes is named in Route; another one is only the next hop.
      path: param(uri.params, 'lr') === undefined ? [] : [contact],
    },
  };
}

/** Over the transport that the core's Contact names, or else the one that the core has used; edges on the way have another. */
function targetOfCore(request: SipRequest, uri: SipUri): Target {
  const via = parseVia(headerValues(request, 'Via').at(-1) ?? '');
  const used = (['tcp', 'tls'] as const).find((known) => known === via?.transport.toLowerCase());
  return targetAt(uri, used ?? 'udp');
}

function isOld(live: readonly Binding[], { binding }: Common): boolean {
  return live.some((known) => known.callId === binding.callId && binding.cseq <= known.cseq);
}

function bindingsAfter(
  live: readonly Binding[],
  request: SipRequest,
  common: Common,
): readonly Binding[] {
  if (common.grantedS === 0) return [];
  const told = toldContacts(request);
  const devices = new Map(told.isAll ? [] : keptDevices(live, common));
  for (const address of told.contacts) {
    const seconds = grantedTo(address, told.isAll, common);
    const instance = instanceIn(address);
    if (seconds === 0) devices.delete(instance);
    else
      devices.set(
        instance,
        bindingOf(address, { seconds, callId: told.callIds.get(instance) }, common),
      );
  }
  if (devices.size === 0) return [{ ...common.binding, params: '' }];
  return [...devices.values()].slice(0, common.options.limits.bindingsMax);
}

/** The other devices stay as long as they were granted; the core is where it is now. */
function keptDevices(
  live: readonly Binding[],
  { binding }: Common,
): readonly (readonly [string, Binding])[] {
  return live.flatMap((known) => {
    const { instance, expiresAtMs } = known;
    return instance === undefined ? [] : [[instance, { ...known, ...binding, expiresAtMs }]];
  });
}

/** What a device asks for in its own REGISTER is not what it was granted, but for 0. */
function grantedTo(address: Address, isAll: boolean, { grantedS }: Common): number {
  const seconds = secondsIn(address) ?? grantedS;
  return isAll || seconds === 0 ? Math.min(seconds, grantedS) : grantedS;
}

function bindingOf(
  address: Address,
  granted: { readonly seconds: number; readonly callId: string | undefined },
  common: Common,
): Binding {
  const { nowMs, intern } = common.options;
  const instance = instanceIn(address);
  const params = address.params.filter(({ name }) => !ownParams.has(name.toLowerCase()));
  return {
    ...common.binding,
    ...(instance === '' ? {} : { instance: ownText(instance) }),
    params: intern(printParams(params)),
    device: {
      contact: ownText(address.uri),
      ...(granted.callId === undefined ? {} : { callId: ownText(granted.callId) }),
    },
    expiresAtMs: nowMs + granted.seconds * 1000,
  };
}

/** The contacts in the body: all that are registered if it holds the 200, or those of one device's own REGISTER; all of none if neither. */
function toldContacts(request: SipRequest): {
  readonly contacts: readonly Address[];
  readonly isAll: boolean;
  /** Call-IDs of devices whose own REGISTER is there, by instance. */
  readonly callIds: ReadonlyMap<string, string | undefined>;
} {
  const messages = embeddedMessages(request);
  const ok = messages.find((message) => message.kind === 'response' && message.status === 200);
  const own = messages.find(({ kind }) => kind === 'request');
  const [all, some] = [contactsOf(ok), contactsOf(own)];
  const ownCallId = own === undefined ? undefined : callId(own);
  const callIds = new Map(some.map((address) => [instanceIn(address), ownCallId]));
  return all.length > 0 || some.length === 0
    ? { contacts: all, isAll: true, callIds }
    : { contacts: some, isAll: false, callIds };
}

function contactsOf(message: SipMessage | undefined): readonly Address[] {
  const listed = message === undefined ? [] : contacts(message);
  return listed === '*' ? [] : listed;
}

/** What can't be read is left out: the core is answered quickly, and the user is registered all the same. */
function embeddedMessages(request: SipRequest): readonly SipMessage[] {
  const parts = parseMultipart(header(request, 'Content-Type') ?? '', request.body) ?? [];
  return parts
    .filter(({ contentType }) => embeddedType.test(contentType))
    .flatMap(({ body }) => {
      // Many leave out the empty line behind the headers of a message without a body.
      const parsed = parseMessage(concatBytes([body, blankLine]));
      return parsed.kind === 'message' ? [parsed.message] : [];
    });
}

function changesOf(
  before: readonly Binding[],
  after: readonly Binding[],
): readonly BindingChange[] {
  const isSame = (left: Binding, right: Binding): boolean => left.instance === right.instance;
  const present = after.map((binding): BindingChange => {
    const known = before.find((one) => isSame(one, binding));
    if (known === undefined) return { kind: 'added', binding };
    const hasMoved = isMoved(known, binding) || isDeviceMoved(known, binding);
    return { kind: hasMoved ? 'moved' : 'refreshed', binding };
  });
  const removed = before
    .filter((binding) => !after.some((one) => isSame(one, binding)))
    .map((binding): BindingChange => ({ kind: 'removed', binding }));
  return [...present, ...removed];
}

function isTooLong({ contact, device, instance, params, callId: id, path }: Binding): boolean {
  const texts = [contact, device?.contact, device?.callId, instance, params, id, ...path];
  return texts.join('').length > bindingTextMax;
}

function instanceIn({ params }: Address): string {
  return unquote(param(params, '+sip.instance') ?? '');
}

function secondsIn({ params }: Address): number | undefined {
  const text = param(params, 'expires') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
