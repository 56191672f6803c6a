/** What our INVITEs say: headers and bodies towards clients and the focus, and what is read from theirs. */
import type { GroupInfo, StoredHeader } from '../../shared/core/participation/event.ts';
import type { StoredMessage } from '../../shared/core/segment.ts';
import { findPart, type Part, parseMultipart, printMultipart } from '../bytes/multipart.ts';
import { type MsrpMedia, readMsrpMedia } from '../sdp/msrp-media.ts';
import { parseAddress } from '../sip/address.ts';
import { isForeignBody } from '../sip/foreign-body.ts';
import { header, headerValues } from '../sip/header.ts';
import type { Header, SipMessage, SipRequest } from '../sip/message.ts';
import { param } from '../sip/params.ts';
import { addressOfRecord } from '../sip/uri.ts';
import { readResourceLists, resourceListsType, writeResourceLists } from '../xml/resource-lists.ts';
import { repeatedHeaderBytesMax, rosterUsersMax } from './limit.ts';

export const sdpType = 'application/sdp';
export const listType = resourceListsType;
const cpimType = 'message/cpim';

/** Headers that belong to one dialog, hop or body: everything else of an invitation is repeated (000 steps 11-12). */
const notRepeated = new Set([
  'Via',
  'Route',
  'Record-Route',
  'Max-Forwards',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Content-Type',
  'Content-Length',
  'Content-Disposition',
  'Content-Encoding',
  'MIME-Version',
  'Session-Expires',
  'Min-SE',
  'Supported',
  'Require',
  'Proxy-Require',
  'Allow',
  'Allow-Events',
  'Accept',
  'User-Agent',
  'Server',
  'Authorization',
  'Proxy-Authorization',
  'P-Served-User',
  'Expires',
  'Date',
  'Timestamp',
  'RSeq',
  'RAck',
]);

/** The headers of an invitation that a later one repeats; bounded. */
export function repeatedHeaders(request: SipRequest): readonly StoredHeader[] {
  let bytes = 0;
  const kept: StoredHeader[] = [];
  for (const { name, value } of request.headers) {
    if (notRepeated.has(name)) continue;
    bytes += name.length + value.length;
    if (bytes > repeatedHeaderBytesMax) break;
    kept.push({ name, value });
  }
  return kept;
}

/** A name-addr without its tag. */
export function withoutTag(value: string): string {
  const address = parseAddress(value);
  return address === undefined ? value : `<${address.uri}>`;
}

/** The parts of a message's body; a body that is not in parts is one. */
export function partsOf(message: SipMessage): readonly Part[] {
  const type = header(message, 'Content-Type');
  if (type === undefined || message.body.length === 0) return [];
  return parseMultipart(type, message.body) ?? [];
}

/** The SDP of a message, bare or as a part; undefined if there is none. */
export function sdpOf(message: SipMessage): Uint8Array | undefined {
  return findPart(partsOf(message), sdpType)?.body;
}

export type OfferRead =
  | { readonly kind: 'media'; readonly media: MsrpMedia }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** The MSRP media that a message describes; an answer that never came describes none. */
export function mediaOf(message: SipMessage | undefined): OfferRead {
  const sdp = message && sdpOf(message);
  if (sdp === undefined) {
    const isForeign = message !== undefined && isForeignBody(message, [sdpType, resourceListsType]);
    return isForeign
      ? { kind: 'refused', status: 415, reason: 'Unsupported Media Type' }
      : { kind: 'refused', status: 488, reason: 'no session description' };
  }
  const read = readMsrpMedia(sdp);
  // Our own sessions run over TCP, and an answer has the transport of its offer (RFC 3264 6).
  if (read.kind === 'media' && read.media.isTls) {
    return { kind: 'refused', status: 488, reason: 'transport not supported' };
  }
  return read;
}

/**
 * Whether a re-INVITE asks for our offer (RFC 3261 14.2): it is of the session as it is, to which the ACK says nothing new. Whoever wants
 * another path offers one.
 */
export function isForOffer(request: SipRequest): boolean {
  return request.method === 'INVITE' && request.body.length === 0;
}

/** The inviter, the users that an invitation lists, and the invited user. */
export function invitedUsers(request: SipRequest, user: string): readonly string[] {
  // A focus that invites in its own name is no participant.
  const focus = addressOfRecord(focusContact(request) ?? '');
  const users = new Map<string, string>();
  for (const uri of [...inviterOf(request), ...listedUsers(request), user]) {
    const aor = addressOfRecord(uri);
    if (aor !== undefined && aor !== focus && users.size < rosterUsersMax) users.set(aor, uri);
  }
  return [...users.values()];
}

function listedUsers(request: SipRequest): readonly string[] {
  const list = findPart(partsOf(request), listType);
  const read = list && readResourceLists(list.body);
  return read?.kind === 'recipients' ? read.recipients.map(({ uri }) => uri) : [];
}

function inviterOf(request: SipRequest): readonly string[] {
  const inviter = header(request, 'Referred-By') ?? headerValues(request, 'P-Asserted-Identity')[0];
  const uri = inviter === undefined ? undefined : parseAddress(inviter)?.uri;
  return uri === undefined ? [] : [uri];
}

/**
 * Body and Content headers of an INVITE that offers media, lists the participants (decision C-08), and brings the first message that
 * waits, where there is one.
 */
export function invitationBody(
  sdp: Uint8Array,
  more: { readonly roster: readonly string[]; readonly first?: StoredMessage | undefined },
  boundary: string,
): { readonly headers: readonly Header[]; readonly body: Uint8Array } {
  const { roster, first } = more;
  if (roster.length === 0 && first === undefined) {
    return { headers: [{ name: 'Content-Type', value: sdpType }], body: sdp };
  }
  const disposition = 'recipient-list-history; handling=optional';
  const list = {
    headers: [{ name: 'Content-Disposition', value: disposition }],
    contentType: listType,
    body: writeResourceLists(roster.map((uri) => ({ uri, copyControl: 'to' }))),
  };
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: sdpType, body: sdp },
      ...(roster.length === 0 ? [] : [list]),
      ...(first === undefined
        ? []
        : [{ headers: [], contentType: first.contentType, body: first.body }]),
    ],
    boundary,
  );
  return { headers: [{ name: 'Content-Type', value: contentType }], body };
}

/** Whether the Contact of a message says that its sender is a focus, and the focus's address. */
export function focusContact(message: SipMessage): string | undefined {
  const contact = header(message, 'Contact');
  const address = contact === undefined ? undefined : parseAddress(contact);
  if (address === undefined) return undefined;
  return address.params.some(({ name }) => name.toLowerCase() === 'isfocus')
    ? address.uri
    : undefined;
}

/** The `+sip.instance` of a message's Contact. */
export function instanceOf(message: SipMessage): string | undefined {
  const contact = header(message, 'Contact');
  const address = contact === undefined ? undefined : parseAddress(contact);
  const value = address && param(address.params, '+sip.instance');
  return value?.replace(/^"|"$/g, '');
}

/** A message within an INVITE: the first one of a session between two users. */
export function firstMessageOf(request: SipRequest): Part | undefined {
  return findPart(partsOf(request), cpimType);
}

/** What is kept of an invitation into a session. */
export function groupInfoOf(message: SipRequest, identity: string, media: MsrpMedia): GroupInfo {
  return {
    ...(focusContact(message) === undefined ? { kind: 'one-to-one' as const } : {}),
    identity,
    headers: repeatedHeaders(message),
    from: withoutTag(header(message, 'From') ?? ''),
    acceptTypes: media.acceptTypes,
    acceptWrappedTypes: media.acceptWrappedTypes,
  };
}

/** Whether an INVITE lists who is to be invited. */
export function isListed(request: SipRequest): boolean {
  return findPart(partsOf(request), listType) !== undefined;
}

/** Body and headers of an INVITE that creates or re-starts a group (RFC 5366). */
export function restartBody(
  sdp: Uint8Array,
  roster: readonly string[],
  boundary: string,
): { readonly headers: readonly Header[]; readonly body: Uint8Array } {
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: sdpType, body: sdp },
      {
        headers: [{ name: 'Content-Disposition', value: 'recipient-list' }],
        contentType: listType,
        body: writeResourceLists(roster.map((uri) => ({ uri, copyControl: 'to' }))),
      },
    ],
    boundary,
  );
  const headers = [
    { name: 'Require', value: 'recipient-list-invite' },
    { name: 'Content-Type', value: contentType },
  ];
  return { headers, body };
}

/** A feature tag as a Contact or Accept-Contact parameter. */
export function tagParam(featureTag: string): string {
  return `+g.3gpp.icsi-ref="${featureTag}"`;
}

/** From and To of a request in a user's name. */
export function namedHeaders(from: string, to: string): readonly Header[] {
  return [
    { name: 'From', value: `<${from}>` },
    { name: 'To', value: `<${to}>` },
  ];
}
