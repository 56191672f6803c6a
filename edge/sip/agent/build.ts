/**
 * Makes whole messages of drafts: what every request and response has to carry beside the owner's headers (RFC 3261 8.1.1, 8.2.6),
 * and the ACK and CANCEL that repeat parts of an INVITE (RFC 3261 17.1.1.3, 9.1). Via is put on by the transactions.
 */
import { parseAddress } from '../address.ts';
import type { RequestDraft, ResponseDraft } from '../effect.ts';
import { splitList } from '../header.ts';
import {
  emptyBody,
  type Header,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../message.ts';
import { param } from '../params.ts';
import { sequenceOf, textOf } from './names.ts';
import type { AgentSettings } from './options.ts';
import { reasonPhrase } from './reason-phrase.ts';

export type Identity = { readonly callId: string; readonly tag: string; readonly sequence: number };

/** A request outside a dialog, without Via. What the draft has is kept. */
export function buildRequest(
  draft: RequestDraft,
  identity: Identity,
  settings: AgentSettings,
): SipRequest {
  const { method, uri } = draft;
  const first = (name: string, fallback: string) => ({
    name,
    value: fieldValue(draft.headers, name) ?? fallback,
  });
  const own: Header[] = [
    first('Max-Forwards', '70'),
    { name: 'From', value: tagged(first('From', '').value, identity.tag) },
    first('To', `<${uri}>`),
    first('Call-ID', identity.callId),
    first('CSeq', `${identity.sequence} ${method}`),
  ];
  const headers = withDefaults([...own, ...without(draft.headers, own)], method, settings);
  return { kind: 'request', method, uri, headers, body: draft.body ?? emptyBody };
}

/** Adds the headers that every request of a method carries, where the owner has not set them. */
export function withDefaults(
  headers: readonly Header[],
  method: string,
  settings: AgentSettings,
): readonly Header[] {
  const agent: Header = { name: 'User-Agent', value: settings.serverHeader };
  if (method !== 'INVITE' && method !== 'UPDATE') return [...headers, ...without([agent], headers)];
  const rest = headers.filter(({ name }) => !isNamed(name, 'Supported'));
  const named = headers.filter(({ name }) => isNamed(name, 'Supported'));
  return [...rest, ...without([agent, ...capabilities(settings, named)], rest)];
}

/** Allow, and Supported with what is supported here beside what the owner names. */
export function capabilities(
  settings: AgentSettings,
  named: readonly Header[] = [],
): readonly Header[] {
  const headers: Header[] = [allowed(settings)];
  const tags = new Set([...named.flatMap(({ value }) => splitList(value)), ...settings.supported]);
  if (tags.size > 0) headers.push({ name: 'Supported', value: [...tags].join(', ') });
  return headers;
}

/** RFC 3261 8.2.6: a response repeats Via, From, To, Call-ID and CSeq; all but 100 have our tag in To. */
export function buildResponse(
  request: SipRequest,
  draft: ResponseDraft,
  tag: string,
  settings: AgentSettings,
): SipResponse {
  const { status } = draft;
  const drafted = draft.headers ?? [];
  const headers: Header[] = repeated(request, 'Via');
  if (status > 100 && status < 300) {
    // RFC 3261 12.1.1: the route set of the caller. What the owner adds stands before it, as if put on by a proxy behind us.
    headers.push(...drafted.filter(({ name }) => isNamed(name, 'Record-Route')));
    headers.push(...repeated(request, 'Record-Route'));
  }
  headers.push(...repeated(request, 'From'));
  const to = textOf(request, 'To');
  headers.push({ name: 'To', value: status === 100 ? to : tagged(to, tag) });
  headers.push(...repeated(request, 'Call-ID'), ...repeated(request, 'CSeq'));
  if (status === 100) headers.push(...repeated(request, 'Timestamp'));
  headers.push(...drafted.filter(({ name }) => !isNamed(name, 'Record-Route')));
  headers.push(...without(remedies(request, status, settings), headers));
  const server = { name: 'Server', value: settings.serverHeader };
  headers.push(...without([server], headers));
  return {
    kind: 'response',
    status,
    reason: draft.reason ?? reasonPhrase(status),
    headers,
    body: draft.body ?? emptyBody,
  };
}

/** What a refusal has to say of what would be taken, where its owner hasn't said it. */
function remedies(
  { method, headers }: SipRequest,
  status: number,
  settings: AgentSettings,
): readonly Header[] {
  // RFC 3261 21.4.6: whoever asks for what is not done there hears what is.
  if (status === 405) return [allowed(settings, method)];
  // RFC 3261 21.4.13: and whoever describes a session in what is not read hears what is. An encoding is told of by its own header.
  const isOfType = status === 415 && method === 'INVITE';
  if (!isOfType || fieldValue(headers, 'Content-Encoding') !== undefined) return [];
  return [{ name: 'Accept', value: settings.accept.join(', ') }];
}

/** RFC 3261 17.1.1.3: the ACK of a final response of 300 or more has the INVITE's Via and the response's To. */
export function ackOfRefusal(invite: SipRequest, response: SipResponse): SipRequest {
  const ack = sameWay(invite, 'ACK');
  const to = { name: 'To', value: textOf(response, 'To') };
  return { ...ack, headers: ack.headers.map((field) => (field.name === 'To' ? to : field)) };
}

/** RFC 3261 9.1: a CANCEL has everything that names the INVITE, and nothing that it requires. */
export function cancelOf(invite: SipRequest, headers: readonly Header[]): SipRequest {
  const cancel = sameWay(invite, 'CANCEL');
  const own = repeated(invite, 'User-Agent');
  return { ...cancel, headers: [...cancel.headers, ...headers, ...own] };
}

function sameWay(invite: SipRequest, method: string): SipRequest {
  const headers = repeated(invite, 'Via').slice(0, 1);
  headers.push(...repeated(invite, 'Route'), { name: 'Max-Forwards', value: '70' });
  for (const name of ['From', 'To', 'Call-ID']) headers.push(...repeated(invite, name));
  headers.push({ name: 'CSeq', value: `${sequenceOf(invite)} ${method}` });
  return { kind: 'request', method, uri: invite.uri, headers, body: emptyBody };
}

/** The value of the first field of a name among headers that are no message yet. */
export function fieldValue(
  headers: readonly Header[] | undefined,
  name: string,
): string | undefined {
  return headers?.find((field) => isNamed(field.name, name))?.value;
}

/** All header fields of a name, as they stand. */
export function repeated(message: SipMessage, name: string): Header[] {
  return message.headers.filter((field) => isNamed(field.name, name));
}

/** The headers whose names are not among `others`. */
export function without(headers: readonly Header[], others: readonly Header[]): readonly Header[] {
  const names = new Set(others.map(({ name }) => name.toLowerCase()));
  return headers.filter(({ name }) => !names.has(name.toLowerCase()));
}

/** A From or To value with a tag: its own if it has one. */
export function tagged(value: string, tag: string): string {
  const has = param(parseAddress(value)?.params ?? [], 'tag') !== undefined;
  return has || tag === '' ? value : `${value};tag=${tag}`;
}

function allowed({ allow }: AgentSettings, except?: string): Header {
  return { name: 'Allow', value: allow.filter((method) => method !== except).join(', ') };
}

function isNamed(name: string, wanted: string): boolean {
  return name === wanted || name.toLowerCase() === wanted.toLowerCase();
}
