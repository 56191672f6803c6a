/**
 * Dialogs (RFC 3261 12) as values: made of an INVITE or SUBSCRIBE and its answer, they say how a request within them looks and
 * whether one that came is in order. `DialogState` is all there is to a dialog, so that it can be kept elsewhere and taken up again.
 */
import { parseAddress, printAddress } from '../address.ts';
import type { DialogState, Target } from '../effect.ts';
import { headerValues } from '../header.ts';
import type { Header, SipMessage, SipRequest, SipResponse } from '../message.ts';
import { param } from '../params.ts';
import { parseUri } from '../uri.ts';
import { namesOf, sequenceOf, textOf } from './names.ts';
import { nextHop } from './target.ts';

/** Methods whose Contact moves the remote target (RFC 3261 12.2, RFC 3311 5.1, RFC 6665 4.1.2). */
const refreshers: readonly string[] = ['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'];

/** Whether a request of this method carries a Contact and may move the target of its dialog. */
export function isTargetRefresh(method: string): boolean {
  return refreshers.includes(method);
}

/** The name of a dialog at our side (RFC 3261 12). */
export function dialogKey(id: string, localTag: string, remoteTag: string): string {
  return `${id}\n${localTag}\n${remoteTag}`;
}

/** RFC 3261 12.1.2: the dialog that an answer to our request makes. Without a tag the remote tag is null, as in RFC 2543. */
export function dialogOfCaller(
  request: SipRequest,
  response: SipResponse,
  target: Target,
): DialogState {
  const remoteTarget = contactUri(response) ?? request.uri;
  // Our own Record-Route, put there so that the peer answers through us, is no hop on our way to it.
  const own = headerValues(request, 'Record-Route');
  const routes = headerValues(response, 'Record-Route')
    .filter((route) => !own.includes(route))
    .reverse();
  const { callId, fromTag, sequence } = namesOf(request);
  return {
    callId,
    localTag: fromTag,
    remoteTag: namesOf(response).toTag,
    local: untagged(textOf(request, 'From')),
    remote: untagged(textOf(request, 'To')),
    localContact: textOf(request, 'Contact'),
    remoteTarget,
    routes,
    localSequence: sequence,
    remoteSequence: -1,
    isCaller: true,
    target: nextHop(target, firstHop(routes, remoteTarget), request.uri),
  };
}

/** RFC 3261 12.1.1: the dialog that our answer to a request makes. */
export function dialogOfCallee(
  request: SipRequest,
  local: { readonly tag: string; readonly contact: string },
  target: Target,
): DialogState {
  const remoteTarget = contactUri(request) ?? parseAddress(textOf(request, 'From'))?.uri ?? '';
  const routes = headerValues(request, 'Record-Route');
  const { callId, fromTag, sequence } = namesOf(request);
  return {
    callId,
    localTag: local.tag,
    remoteTag: fromTag,
    local: untagged(textOf(request, 'To')),
    remote: untagged(textOf(request, 'From')),
    localContact: local.contact,
    remoteTarget,
    routes,
    localSequence: 0,
    remoteSequence: sequence,
    isCaller: false,
    target: nextHop(target, firstHop(routes, remoteTarget)),
  };
}

/** RFC 6665 4.4.1: the dialog that a NOTIFY makes for our SUBSCRIBE, when it comes before the 2xx. */
export function dialogOfNotify(
  subscribe: SipRequest,
  notify: SipRequest,
  target: Target,
): DialogState {
  const { fromTag, sequence } = namesOf(subscribe);
  const local = { tag: fromTag, contact: textOf(subscribe, 'Contact') };
  const made = dialogOfCallee(notify, local, target);
  return { ...made, localSequence: sequence, remoteSequence: -1, isCaller: true };
}

/** RFC 3261 12.2.1.1: the Request-URI and the headers of a request within a dialog, without Via. */
export function requestWithin(
  dialog: DialogState,
  method: string,
  sequence: number,
): { readonly uri: string; readonly headers: readonly Header[] } {
  const { uri, routes } = addressing(dialog);
  const headers: Header[] = routes.map((value) => ({ name: 'Route', value }));
  headers.push(
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: withTag(dialog.local, dialog.localTag) },
    { name: 'To', value: withTag(dialog.remote, dialog.remoteTag) },
    { name: 'Call-ID', value: dialog.callId },
    { name: 'CSeq', value: `${sequence} ${method}` },
  );
  return { uri, headers };
}

/** RFC 3261 12.2.2: a request in order has a higher number than the one before. */
export function isInOrder(dialog: DialogState, request: SipRequest): boolean {
  return sequenceOf(request) > dialog.remoteSequence;
}

/** RFC 3261 12.2.1.2, 12.2.2: the Contact of a target refresh, or of its 2xx, replaces the remote target. */
export function withRemoteTarget(
  dialog: DialogState,
  message: SipMessage,
  base: Target = dialog.target,
): DialogState {
  const remoteTarget = contactUri(message);
  if (remoteTarget === undefined) return dialog;
  const isDirect = base === dialog.target && dialog.routes.length === 0;
  const foundBy = isDirect ? dialog.remoteTarget : undefined;
  const target = nextHop(base, firstHop(dialog.routes, remoteTarget), foundBy);
  return { ...dialog, remoteTarget, target };
}

/** A dialog as it is taken up elsewhere: connections have numbers that mean another one there, or after a restart. */
export function withoutConnection(dialog: DialogState): DialogState {
  const { transport, host, port } = dialog.target;
  const isNamed = transport === 'udp' || transport === 'local';
  return isNamed ? dialog : { ...dialog, target: { transport, host, port } };
}

/** The URI of the first Contact. */
export function contactUri(message: SipMessage): string | undefined {
  const first = headerValues(message, 'Contact')[0];
  return first === undefined ? undefined : parseAddress(first)?.uri;
}

/** RFC 3261 12.2.1.1: a first route without `lr` is a strict router, which wants itself in the Request-URI. */
function addressing(dialog: DialogState): { uri: string; routes: readonly string[] } {
  const { routes, remoteTarget } = dialog;
  const first = routeUri(routes[0]);
  if (first === undefined || isLoose(first)) return { uri: remoteTarget, routes };
  return { uri: first, routes: [...routes.slice(1), `<${remoteTarget}>`] };
}

function isLoose(uri: string): boolean {
  const parsed = parseUri(uri);
  return parsed === undefined || param(parsed.params, 'lr') !== undefined;
}

function firstHop(routes: readonly string[], remoteTarget: string): string {
  return routeUri(routes[0]) ?? remoteTarget;
}

function routeUri(route: string | undefined): string | undefined {
  return route === undefined ? undefined : parseAddress(route)?.uri;
}

function withTag(value: string, tag: string): string {
  return tag === '' ? value : `${value};tag=${tag}`;
}

function untagged(value: string): string {
  const address = parseAddress(value);
  if (address === undefined) return value;
  const params = address.params.filter(({ name }) => name.toLowerCase() !== 'tag');
  return printAddress({ ...address, params });
}
