/**
 * What the focus says in SIP: the INVITE to a member, and the headers and session descriptions that its requests and answers have in
 * common.
 */
import { printMultipart } from '../bytes/multipart.ts';
import { msrpPort, parseMsrpUri } from '../msrp/uri.ts';
import type { Direction, Setup } from '../sdp/msrp-media.ts';
import { writeMsrpSdp } from '../sdp/write.ts';
import type { RequestDraft, ResponseDraft } from '../sip/effect.ts';
import type { Header } from '../sip/message.ts';
import { type Recipient, resourceListsType, writeResourceLists } from '../xml/resource-lists.ts';
import { retryAfterS } from './limit.ts';
import { cpimType, sdpType } from './request.ts';

/** The type of isComposing documents, and a spelling of it that one stack has. */
export const composingTypes = ['application/im-iscomposing+xml', 'application/im-iscomposing+xm'];
export const acceptTypes = [cpimType, ...composingTypes];
const sessionTag = 'urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session';

/** What all INVITEs of a group say. */
export type GroupTerms = {
  readonly identity: string;
  readonly contributionId: string;
  readonly conversationId: string;
  readonly subject: string | undefined;
  readonly featureTag: string | undefined;
};

export type Invitation = {
  readonly user: string;
  readonly inviter: string;
  readonly recipients: readonly Recipient[];
  readonly sdp: Uint8Array;
  readonly boundary: string;
};

/** The INVITE that brings a member into a group session. */
export function inviteDraft(terms: GroupTerms, invitation: Invitation): RequestDraft {
  const { identity, contributionId, conversationId, subject } = terms;
  const { user, inviter, recipients, sdp, boundary } = invitation;
  const tag = terms.featureTag ?? sessionTag;
  // RFC 5366 5.2: those who are invited see whom else, as far as they may.
  const disposition = 'recipient-list-history; handling=optional';
  const { contentType, body } = printMultipart(
    [
      { headers: [], contentType: sdpType, body: sdp },
      {
        headers: [{ name: 'Content-Disposition', value: disposition }],
        contentType: resourceListsType,
        body: writeResourceLists(recipients),
      },
    ],
    boundary,
  );
  const headers: Header[] = [
    { name: 'From', value: `<${identity}>` },
    { name: 'To', value: `<${user}>` },
    focusContact(terms),
    { name: 'P-Asserted-Identity', value: `<${inviter}>` },
    { name: 'Referred-By', value: `<${inviter}>` },
    { name: 'P-Asserted-Service', value: tag.replaceAll(/%3a/gi, ':') },
    { name: 'Accept-Contact', value: `*;${tagParam(tag)}` },
    { name: 'Contribution-ID', value: contributionId },
    { name: 'Conversation-ID', value: conversationId },
    { name: 'Content-Type', value: contentType },
  ];
  if (subject !== undefined) headers.push({ name: 'Subject', value: subject });
  return { method: 'INVITE', uri: user, headers, body };
}

/** RFC 4579 3.1: the contact of a focus is the conference, and says so. */
export function focusContact({ identity, featureTag }: GroupTerms): Header {
  return {
    name: 'Contact',
    value: `<${identity}>;isfocus;${tagParam(featureTag ?? sessionTag)}`,
  };
}

export type Description = {
  /** The MSRP URI of our session. */
  readonly path: string;
  readonly setup: Setup;
  readonly direction: Direction;
  readonly messageBytesMax: number;
  readonly sessionId: number;
  readonly version: number;
  /** The other lines of the peer's, which are taken out. */
  readonly mediaBefore: readonly string[];
  readonly mediaAfter: readonly string[];
};

/** Our session description: an offer, or an answer to one. */
export function describe(description: Description): Uint8Array {
  const { path, messageBytesMax, ...described } = description;
  const uri = parseMsrpUri(path);
  return writeMsrpSdp({
    host: uri?.host ?? '',
    port: uri?.port ?? msrpPort,
    path: [path],
    acceptTypes,
    acceptWrappedTypes: ['*'],
    ...described,
    maxSize: messageBytesMax,
    isTls: uri?.isSecure === true,
  });
}

/** A Reason header of protocol SIP (RFC 3326). */
export function reasonHeader(cause: number, text: string): Header {
  return { name: 'Reason', value: `SIP;cause=${cause};text="${text}"` };
}

/** The newer session of a member takes the place of this one. */
export const elsewhere = reasonHeader(200, 'Call completed elsewhere');

/** The caller doesn't belong to the group (RCS: the client gives the group up). */
export function notAuthorised(domain: string): ResponseDraft {
  const value = `399 ${domain} "127 Service not authorised"`;
  return { status: 403, headers: [{ name: 'Warning', value }] };
}

/** The focus can't at the moment. */
export const unavailable: ResponseDraft = {
  status: 503,
  headers: [{ name: 'Retry-After', value: String(retryAfterS) }],
};

function tagParam(tag: string): string {
  return `+g.3gpp.icsi-ref="${tag}"`;
}
