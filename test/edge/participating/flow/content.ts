/** What is within the body of an INVITE. */
import { findPart, parseMultipart } from '../../../../edge/bytes/multipart.ts';
import { utf8Decode } from '../../../../edge/bytes/text.ts';
import { header } from '../../../../edge/sip/header.ts';
import type { SipMessage } from '../../../../edge/sip/message.ts';
import { readResourceLists } from '../../../../edge/xml/resource-lists.ts';

function partOf(message: SipMessage | undefined, type: string): Uint8Array | undefined {
  if (message === undefined) return undefined;
  const parts = parseMultipart(header(message, 'Content-Type') ?? '', message.body) ?? [];
  return findPart(parts, type)?.body;
}

/** The session description as text. */
export function sdpIn(message: SipMessage | undefined): string {
  return utf8Decode(partOf(message, 'application/sdp') ?? new Uint8Array());
}

/** The users of the list. */
export function listIn(message: SipMessage | undefined): readonly string[] {
  const list = partOf(message, 'application/resource-lists+xml');
  const read = list && readResourceLists(list);
  return read?.kind === 'recipients' ? read.recipients.map(({ uri }) => uri) : [];
}
