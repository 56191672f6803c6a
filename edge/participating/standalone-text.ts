/**
 * Standalone messages as they are kept and sent: a whole SIP MESSAGE without what belongs to one hop (RFC 3261 27.5 names the type), so
 * that it reaches the recipient as its sender wrote it (004 5.2.5).
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import { parseCpim } from '../cpim/cpim.ts';
import { isImdn } from '../cpim/header.ts';
import { peekCpim } from '../cpim/peek.ts';
import type { RequestDraft } from '../sip/effect.ts';
import { header } from '../sip/header.ts';
import type { SipRequest } from '../sip/message.ts';
import { parseMessage } from '../sip/parse.ts';
import { printMessage } from '../sip/print.ts';
import { acceptDevice, routesTo } from './contact.ts';
import type { Binding } from './effect.ts';
import { repeatedHeaders, withoutTag } from './invitation-text.ts';

const sipType = 'message/sip';
const cpimType = 'message/cpim';
/** What every message has to have, and each hop has its own of. */
const ofTheHop = new Set(['Via', 'Call-ID', 'CSeq', 'Max-Forwards']);
const identities = new Set(['P-Asserted-Identity', 'P-Preferred-Identity']);

/** A message as it goes on: in the name of its sender. */
export function onward(request: SipRequest, sender: string): RequestDraft {
  const type = header(request, 'Content-Type');
  return {
    method: 'MESSAGE',
    uri: request.uri,
    headers: [
      { name: 'From', value: withoutTag(header(request, 'From') ?? `<${sender}>`) },
      { name: 'To', value: withoutTag(header(request, 'To') ?? `<${request.uri}>`) },
      ...repeatedHeaders(request).filter(({ name }) => !identities.has(name)),
      { name: 'P-Asserted-Identity', value: `<${sender}>` },
      ...(type === undefined ? [] : [{ name: 'Content-Type', value: type }]),
    ],
    body: request.body,
  };
}

/** A message as it is kept. A repetition by its sender has the same name, whatever request it comes in. */
export function storedOf(draft: RequestDraft, request: SipRequest, nowMs: number): StoredMessage {
  const { method, uri, headers, body = new Uint8Array() } = draft;
  const id = peekCpim(request.body)?.messageId;
  const sender = header(request, 'P-Asserted-Identity') ?? header(request, 'From') ?? '';
  const call = `${header(request, 'Call-ID') ?? ''} ${header(request, 'CSeq') ?? ''}`;
  const hops = request.headers.filter(({ name }) => ofTheHop.has(name));
  const isOneOfMany = id === undefined || isNotification(request);
  return {
    messageId: isOneOfMany ? call : `${withoutTag(sender)} ${id}`,
    contentType: sipType,
    body: printMessage({ kind: 'request', method, uri, headers: [...hops, ...headers], body }),
    receivedAtMs: nowMs,
  };
}

/** A notification as it is kept for a session of its own: the CPIM message. */
export function storedNotification(request: SipRequest, nowMs: number): StoredMessage {
  const messageId = header(request, 'Call-ID') ?? '';
  return { messageId, contentType: cpimType, body: request.body, receivedAtMs: nowMs };
}

/** A kept message as it is sent to one client; undefined if it is damaged. */
export function draftOf({ body }: StoredMessage, client: Binding): RequestDraft | undefined {
  const parsed = parseMessage(body);
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') return undefined;
  const { method, headers, body: content } = parsed.message;
  return {
    method,
    uri: client.contact,
    headers: [
      ...routesTo(client),
      ...headers.filter(({ name }) => name !== 'Content-Length' && !ofTheHop.has(name)),
      ...acceptDevice(client),
    ],
    body: content,
  };
}

/** Whether a message holds a disposition notification (RFC 5438). */
export function isNotification(request: SipRequest): boolean {
  const type = header(request, 'Content-Type') ?? '';
  if (!type.toLowerCase().startsWith(cpimType)) return false;
  const parsed = parseCpim(request.body);
  return parsed.kind === 'cpim' && isImdn(parsed.cpim);
}
