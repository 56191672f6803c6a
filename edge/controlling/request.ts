/**
 * What callers ask of the focus, read from their requests: who they are, which session they offer, whom they want in the group. No
 * decision is taken here; what can't be read is said with the status that it deserves.
 */
import { findPart, parseMultipart } from '../bytes/multipart.ts';
import { type MsrpMedia, readMsrpMedia } from '../sdp/msrp-media.ts';
import { accepts } from '../sdp/negotiate.ts';
import { parseAddress } from '../sip/address.ts';
import { isForeignBody } from '../sip/foreign-body.ts';
import { header, headerValues } from '../sip/header.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import { reasons } from '../sip/reason.ts';
import { addressOfRecord, parseUri } from '../sip/uri.ts';
import { type Recipient, readResourceLists, resourceListsType } from '../xml/resource-lists.ts';

export const sdpType = 'application/sdp';
export const cpimType = 'message/cpim';

type Refused = { readonly kind: 'refused'; readonly status: number; readonly reason: string };

export type ReadOffer = { readonly kind: 'media'; readonly media: MsrpMedia } | Refused;
export type ReadRecipients =
  | { readonly kind: 'recipients'; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'none' }
  | Refused;

/** The MSRP stream that a message describes; 488 if it can't carry a group chat, 415 if nothing of it is read here. */
export function readOffer(message: SipMessage, isTls: boolean): ReadOffer {
  const sdp = partOf(message, sdpType);
  if (sdp === undefined) {
    const isForeign = isForeignBody(message, [sdpType, resourceListsType]);
    return isForeign
      ? refuse(415, 'Unsupported Media Type')
      : refuse(488, 'no session description');
  }
  const read = readMsrpMedia(sdp);
  if (read.kind === 'refused') return read;
  const { media } = read;
  if (media.isTls !== isTls) return refuse(488, 'transport not supported');
  // RFC 4975 8.6: without a type in common there is no session.
  if (!accepts(media.acceptTypes, cpimType)) return refuse(488, 'no media type in common');
  return { kind: 'media', media };
}

/** The recipient list of a request (RFC 5366, RFC 5368). */
export function readRecipients(message: SipMessage): ReadRecipients {
  const list = partOf(message, resourceListsType);
  if (list === undefined) return { kind: 'none' };
  const read = readResourceLists(list);
  return read.kind === 'refused' ? { ...read, status: 400 } : read;
}

/** RFC 5366 5: within a dialog a list has no meaning. */
export function hasRecipientList(request: SipRequest): boolean {
  const required = headerValues(request, 'Require').map((tag) => tag.toLowerCase());
  return (
    required.includes('recipient-list-invite') || partOf(request, resourceListsType) !== undefined
  );
}

/** The addresses of record of recipients, each once; what is no SIP or tel URI is left out. */
export function recipientUsers(recipients: readonly Recipient[]): readonly string[] {
  return [...new Set(recipients.flatMap(({ uri }) => addressOfRecord(uri) ?? []))];
}

/** Whom a REFER adds: its list, or the one user of Refer-To; undefined if it asks for something else (RFC 3515, RFC 5368). */
export function referredUsers(request: SipRequest): readonly string[] | undefined {
  const [first, ...others] = headerValues(request, 'Refer-To');
  const uri = first === undefined ? undefined : parseAddress(first)?.uri;
  if (uri === undefined || others.length > 0) return undefined;
  if (uri.toLowerCase().startsWith('cid:')) {
    const read = readRecipients(request);
    return read.kind === 'recipients' ? recipientUsers(read.recipients) : undefined;
  }
  const target = parseUri(uri);
  const method = target?.params.find(({ name }) => name.toLowerCase() === 'method')?.value;
  if (target === undefined || (method ?? 'INVITE').toUpperCase() !== 'INVITE') return undefined;
  return recipientUsers([{ uri }]);
}

/** Whether a BYE says that the user has left: anything else only ends this leg (001 8.3.2.9). */
export function isDeparture(bye: SipRequest): boolean {
  return reasons(bye).some(
    ({ protocol, cause }) => protocol.toUpperCase() === 'SIP' && (cause === 200 || cause === 603),
  );
}

function partOf(message: SipMessage, type: string): Uint8Array | undefined {
  const contentType = header(message, 'Content-Type');
  if (contentType === undefined || message.body.length === 0) return undefined;
  const parts = parseMultipart(contentType, message.body);
  return parts && findPart(parts, type)?.body;
}

function refuse(status: number, reason: string): Refused {
  return { kind: 'refused', status, reason };
}
