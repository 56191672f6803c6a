/**
 * Every edge is the way in for the clients that are connected to it (RFC 5626), whichever edge serves their user: requests go on to the
 * edge that a route or a contact names, or to the user's home; answers and requests for a client find its connection by a token.
 * Nothing is remembered: what is needed on the way back is in Via, Path and Record-Route (RFC 3261 16.11). Only used where there are
 * several edges.
 */
import { parseAddress } from '../address.ts';
import { contributionIdOf } from '../contribution-id.ts';
import type { Flow, Target } from '../effect.ts';
import { header, headerValues, withHeader, withoutHeader } from '../header.ts';
import { hasOriginatingRoute, originatingUser } from '../identity.ts';
import type { Header, SipMessage, SipRequest, SipResponse } from '../message.ts';
import { type Param, param } from '../params.ts';
import { callId, fromTag, toTag } from '../tags.ts';
import { addressOfRecord, parseUri } from '../uri.ts';
import { printVia, topVia, type Via } from '../via.ts';
import { flowToken, targetOfToken } from './flow-token.ts';

export type EdgeProxyOptions = {
  /** This edge's name and where other edges reach it. */
  readonly edge: string;
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  /** The edge that serves a user, or a group of our focus, at present; of the factory the one for a Contribution-ID. */
  readonly homeOf: (address: string, contributionId: string | undefined) => string;
  /** Another edge that is there. */
  readonly isAlive: (edge: string) => boolean;
  /** One of our users. */
  readonly isUser: (address: string) => boolean;
  /** Another edge, or a peer whose P-Asserted-Identity is believed. */
  readonly isTrusted: (flow: Flow) => boolean;
};

export type Routed =
  | { readonly kind: 'local'; readonly message: SipMessage }
  | { readonly kind: 'edge'; readonly edge: string; readonly message: SipRequest }
  | { readonly kind: 'flow'; readonly target: Target; readonly message: SipMessage }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

const ownerMark = 'owner';
const cookie = 'z9hG4bK';
const tooManyHops: Routed = { kind: 'refused', status: 483, reason: 'Too Many Hops' };
/** Methods whose dialogs have to come back over this edge. */
const dialogMethods = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

/** Where a request goes on. */
export function routeRequest(request: SipRequest, flow: Flow, options: EdgeProxyOptions): Routed {
  const passed = pastLost(request, options);
  const named = routeEdge(passed);
  if (named?.edge === options.edge && named.token !== undefined) {
    const popped = withoutFirst(passed, 'Route');
    return isFromClient(popped, named.token, flow)
      ? routeRequest(popped, flow, options)
      : toClient(popped, named.token, flow, options);
  }
  const target = named?.edge ?? edgeIn(passed.uri)?.edge;
  const isOfLost = passed !== request || isLost(target, options);
  const known = isLost(target, options) ? undefined : target;
  const edge =
    known ??
    chosenEdge(passed, flow, options) ??
    (isOfLost ? heirOfUser(passed, flow, options) : undefined);
  if (edge === undefined || edge === options.edge) return { kind: 'local', message: passed };
  const message = onward(recorded(passed, flow, options), flow, options);
  return message === undefined ? tooManyHops : { kind: 'edge', edge, message };
}

/**
 * Back from the client that this edge has recorded itself for: on to the next route. A client may have come over another connection; then
 * the edge that serves its user stands behind this one.
 */
function isFromClient(popped: SipRequest, token: string, flow: Flow): boolean {
  return targetOfToken(token)?.flow === flow.id || routeEdge(popped) !== undefined;
}

/**
 * Where a request goes on that came to its user's home, but is about something that another edge has. It is that edge's then: two that
 * disagree must not send it to and fro.
 */
export function routeToOwner(
  request: SipRequest,
  flow: Flow,
  edge: string,
  options: EdgeProxyOptions,
): Routed {
  const isOfClient = !isFromEdge(request, flow, options);
  const way = isOfClient ? recorded(request, flow, options) : request;
  const message = onward(way, flow, options, [{ name: ownerMark }]);
  return message === undefined ? tooManyHops : { kind: 'edge', edge, message };
}

/** A request that another edge has sent here as to its owner. */
export function isForOwner(request: SipRequest, flow: Flow, options: EdgeProxyOptions): boolean {
  const via = topVia(request);
  return options.isTrusted(flow) && via?.params.some(({ name }) => name === ownerMark) === true;
}

/** Routes over edges that are gone lead nowhere: on to what stands behind them. */
function pastLost(request: SipRequest, options: EdgeProxyOptions): SipRequest {
  return isLost(routeEdge(request)?.edge, options)
    ? pastLost(withoutFirst(request, 'Route'), options)
    : request;
}

function isLost(edge: string | undefined, options: EdgeProxyOptions): boolean {
  return edge !== undefined && edge !== options.edge && !options.isAlive(edge);
}

/**
 * What a lost edge had was taken over by the homes of the users whom it concerned (design 7): of the client who sends a request, or of
 * the user whom a peer sends it to.
 */
function heirOfUser(
  request: SipRequest,
  flow: Flow,
  options: EdgeProxyOptions,
): string | undefined {
  if (isFromEdge(request, flow, options)) return undefined;
  const names = options.isTrusted(flow) ? ['To', 'From'] : ['From'];
  const user = names
    .flatMap((name) => addressIn(request, name) ?? [])
    .find((address) => options.isUser(address));
  return user === undefined ? undefined : options.homeOf(user, undefined);
}

/** The edge for a request that names none. */
function chosenEdge(
  request: SipRequest,
  flow: Flow,
  options: EdgeProxyOptions,
): string | undefined {
  if (toTag(request) !== undefined || isFromEdge(request, flow, options)) return undefined;
  return homeOf(request, flow, options);
}

/** Where a response goes on: back over the flow that its request came by, if it passed here. */
export function routeResponse(
  response: SipResponse,
  flow: Flow,
  options: EdgeProxyOptions,
): Routed {
  const via = topVia(response);
  const token = via && isOwn(via, options) ? param(via.params, 'flow') : undefined;
  const target = token === undefined ? undefined : targetOfToken(token);
  if (target === undefined) return { kind: 'local', message: response };
  // What a client answers came from another edge: whoever names somebody else has made the way up.
  const isBack = options.isTrusted(flow) || options.isTrusted({ ...target, id: target.flow });
  return isBack
    ? { kind: 'flow', target, message: withoutFirst(response, 'Via') }
    : { kind: 'refused', status: 403, reason: 'Forbidden' };
}

function toClient(
  request: SipRequest,
  token: string,
  flow: Flow,
  options: EdgeProxyOptions,
): Routed {
  const target = targetOfToken(token);
  if (!options.isTrusted(flow)) return { kind: 'refused', status: 403, reason: 'Forbidden' };
  if (target === undefined) return { kind: 'refused', status: 430, reason: 'Flow Failed' };
  const uri = ownUri(options, token);
  const isDialog = dialogMethods.has(request.method) && toTag(request) === undefined;
  const message = isDialog ? prepended(request, { name: 'Record-Route', value: uri }) : request;
  const sent = onward(message, flow, options);
  return sent === undefined ? tooManyHops : { kind: 'flow', target, message: sent };
}

/** What the edge that serves the user needs to find the client again. */
function recorded(request: SipRequest, flow: Flow, options: EdgeProxyOptions): SipRequest {
  if (toTag(request) !== undefined) return request;
  const value = ownUri(options, flowToken(flow));
  const withPath = prepended(request, { name: 'Path', value });
  return dialogMethods.has(request.method)
    ? prepended(withPath, { name: 'Record-Route', value })
    : withPath;
}

/** RFC 3261 16.6 steps 3 and 8: one hop less, and a Via that leads back; undefined if no hop is left. */
function onward(
  request: SipRequest,
  flow: Flow,
  options: EdgeProxyOptions,
  marks: readonly Param[] = [],
): SipRequest | undefined {
  const hops = Number(header(request, 'Max-Forwards') ?? '70');
  if (hops <= 0) return undefined;
  const via: Via = {
    protocol: 'SIP/2.0',
    transport: 'TCP',
    host: options.host,
    port: options.port,
    params: [
      { name: 'branch', value: branchOf(request) },
      { name: 'edge', value: options.edge },
      { name: 'flow', value: flowToken(flow) },
      ...marks,
    ],
  };
  const passed = options.isTrusted(flow) ? request : withoutAssertions(request);
  const counted = withHeader(passed, 'Max-Forwards', String(hops - 1));
  return prepended(counted, { name: 'Via', value: printVia(via) });
}

/** RFC 3325 5, RFC 5502 6: who is not trusted asserts nothing. The next edge would believe it, since it comes from us. */
function withoutAssertions(request: SipRequest): SipRequest {
  return withoutHeader(withoutHeader(request, 'P-Asserted-Identity'), 'P-Served-User');
}

/** The same for a request and its repetitions, its CANCEL and its ACK: nothing is remembered here (RFC 3261 16.11). */
function branchOf(request: SipRequest): string {
  const via = topVia(request);
  const branch = via && param(via.params, 'branch');
  const isUnique = branch !== undefined && branch.length > cookie.length;
  const sequence = header(request, 'CSeq')?.split(' ')[0];
  const made = [callId(request), fromTag(request), sequence].join('');
  const rest = isUnique ? branch.slice(branch.startsWith(cookie) ? cookie.length : 0) : made;
  return `${cookie}-edge-${rest.replace(/[^A-Za-z0-9.~!%*_+`'-]/g, '-')}`;
}

/** Who serves a request that names no edge: the home of the user it comes from, or, of a peer's own, of the user it is for. */
function homeOf(request: SipRequest, flow: Flow, options: EdgeProxyOptions): string | undefined {
  const address = subjectOf(request, flow, options);
  if (address === undefined || !isOurs(address, options)) return undefined;
  return options.homeOf(address, contributionIdOf(request));
}

/** The user whose home is asked for. */
function subjectOf(request: SipRequest, flow: Flow, options: EdgeProxyOptions): string | undefined {
  if (request.method === 'REGISTER') return addressIn(request, 'To');
  const called = addressOfRecord(request.uri);
  const caller = addressIn(request, 'From');
  if (!options.isTrusted(flow)) return caller;
  if (request.method === 'CANCEL') {
    // RFC 3261 9.1: a CANCEL goes where its INVITE went, and has nothing of it but what names it, and its routes.
    return options.isUser(called ?? '') && !hasOriginatingRoute(request) ? called : caller;
  }
  const isAsserted = header(request, 'P-Asserted-Identity') !== undefined;
  return isAsserted ? (originatingUser(request) ?? called) : caller;
}

function isOurs(address: string, { domain }: EdgeProxyOptions): boolean {
  return parseUri(address)?.host.toLowerCase() === domain.toLowerCase();
}

/** Another edge has chosen this one; two that disagree about a home must not send a request to and fro. */
function isFromEdge(request: SipRequest, flow: Flow, options: EdgeProxyOptions): boolean {
  const via = topVia(request);
  return options.isTrusted(flow) && via !== undefined && param(via.params, 'edge') !== undefined;
}

function isOwn(via: Via, { host, port, edge }: EdgeProxyOptions): boolean {
  return via.host === host && via.port === port && param(via.params, 'edge') === edge;
}

/** The edge that the first route of a request leads to. */
function routeEdge(request: SipRequest): ReturnType<typeof edgeIn> {
  const route = headerValues(request, 'Route')[0];
  return route === undefined ? undefined : edgeIn(parseAddress(route)?.uri);
}

function edgeIn(
  text: string | undefined,
): { readonly edge: string; readonly token: string | undefined } | undefined {
  const uri = text === undefined ? undefined : parseUri(text);
  if (uri === undefined) return undefined;
  const edge = param(uri.params, 'edge');
  return edge === undefined ? undefined : { edge, token: param(uri.params, 'flow') };
}

/** How an edge is named in URIs that lead over it. */
export type EdgePlaceName = Pick<EdgeProxyOptions, 'host' | 'port' | 'edge'>;

/** A URI that leads over an edge to one of its connections. */
export function edgeUri({ host, port, edge }: EdgePlaceName, token: string): string {
  return `sip:${host}:${port};transport=tcp;lr;edge=${edge};flow=${token}`;
}

function ownUri(options: EdgeProxyOptions, token: string): string {
  return `<${edgeUri(options, token)}>`;
}

function addressIn(request: SipRequest, name: string): string | undefined {
  const value = header(request, name);
  const uri = value === undefined ? undefined : parseAddress(value)?.uri;
  return uri === undefined ? undefined : addressOfRecord(uri);
}

/** The message without the first value of a header. */
function withoutFirst<M extends SipMessage>(message: M, name: string): M {
  const [, ...rest] = headerValues(message, name);
  const first = rest[0];
  if (first === undefined) return withoutHeader(message, name);
  return withHeader(message, name, rest.join(', '));
}

function prepended(request: SipRequest, added: Header): SipRequest {
  return { ...request, headers: [added, ...request.headers] };
}
