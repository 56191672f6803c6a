/**
 * How a session between two users shows itself to a client. A live one comes from the other user, by this function. Deferred
 * messages come in a session of their own, in the name of the deferring function, with the sender in Referred-By and the first of
 * them in the INVITE: that is how clients tell the two apart (001 8.3.2.9.1.1 steps 1 to 6).
 */
import type { StoredMessage } from '../../shared/core/segment.ts';
import { printMultipart } from '../bytes/multipart.ts';
import type { Header } from '../sip/message.ts';
import type { InvitationPlan } from './client-invitation.ts';
import type { Desk } from './desk.ts';
import { sdpType, tagParam } from './invitation-text.ts';
import { inviteMessageBytesMax } from './limit.ts';
import { ownUri, userPart } from './own-uri.ts';
import type { SessionKind } from './session-kind.ts';

export const oneToOneSession: SessionKind = {
  contact: (desk, group) => contactOf(desk, group.identity),
  headers: (desk, plan) =>
    plan.direction === 'sendonly' ? deliveryHeaders(desk, plan) : liveHeaders(desk, plan),
  body: (desk, { direction, first, group }, sdp) => {
    // A session with notifications is known by its plain body: any other delivery has one of parts, even if it is one.
    if (direction !== 'sendonly' || group.kind === 'notifications')
      return withFirst(desk, sdp, first);
    return inParts(desk, sdp, first);
  },
  hasRoster: false,
  isDeliveredApart: true,
};

function liveHeaders(desk: Desk, { group, user }: InvitationPlan): readonly Header[] {
  return [
    { name: 'From', value: group.from },
    { name: 'To', value: `<${user}>` },
    contactOf(desk, group.identity),
    ...group.headers,
  ];
}

const ofTheSender = new Set(['P-Asserted-Identity', 'P-Preferred-Identity', 'Referred-By']);

function deliveryHeaders(desk: Desk, { group, user }: InvitationPlan): readonly Header[] {
  const { deferringIdentity, oneToOneTag } = desk.options;
  const kept = group.headers.filter(({ name }) => !ofTheSender.has(name));
  const hasTag = kept.some(({ name }) => name === 'Accept-Contact');
  return [
    { name: 'From', value: group.from },
    { name: 'To', value: `<${user}>` },
    contactOf(desk, deferringIdentity),
    ...kept,
    ...(hasTag ? [] : [{ name: 'Accept-Contact', value: `*;${tagParam(oneToOneTag)}` }]),
    { name: 'P-Asserted-Identity', value: `<${deferringIdentity}>` },
    { name: 'Referred-By', value: `<${group.identity}>` },
  ];
}

/** The other user, at this function. */
function contactOf(desk: Desk, identity: string): Header {
  return { name: 'Contact', value: `<${ownUri(desk, userPart(identity))}>` };
}

/** A call with what its caller says at once, if anything. */
function withFirst(desk: Desk, sdp: Uint8Array, first: StoredMessage | undefined) {
  if (first !== undefined) return inParts(desk, sdp, first);
  return { headers: [{ name: 'Content-Type', value: sdpType }], body: sdp };
}

/** Decision O-11: the first message comes again over MSRP, with the same ids; one that is too long comes there only. */
function inParts(desk: Desk, sdp: Uint8Array, first: StoredMessage | undefined) {
  const isShown = first !== undefined && first.body.length <= inviteMessageBytesMax;
  const message = isShown
    ? [{ headers: [], contentType: first.contentType, body: first.body }]
    : [];
  const { contentType, body } = printMultipart(
    [{ headers: [], contentType: sdpType, body: sdp }, ...message],
    desk.options.newToken(),
  );
  return { headers: [{ name: 'Content-Type', value: contentType }], body };
}
