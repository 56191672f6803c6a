/** What clients of the kit write and read: CPIM messages, and the media of a SIP message. */
import { findPart, parseMultipart, printMultipart } from '../../edge/bytes/multipart.ts';
import { type MsrpMedia, readMsrpMedia } from '../../edge/sdp/msrp-media.ts';
import { writeMsrpSdp } from '../../edge/sdp/write.ts';
import { header } from '../../edge/sip/header.ts';
import type { SipMessage } from '../../edge/sip/message.ts';
import { writeResourceLists } from '../../edge/xml/resource-lists.ts';
import { newToken } from './party.ts';

/** A chat message as the client got it. */
export type Received = { readonly from: string; readonly text: string; readonly id: string };

export function mediaOf(message: SipMessage): MsrpMedia | undefined {
  const parts = parseMultipart(header(message, 'Content-Type') ?? '', message.body) ?? [];
  const sdp = findPart(parts, 'application/sdp');
  const read = sdp && readMsrpMedia(sdp.body);
  return read?.kind === 'media' ? read.media : undefined;
}

export function cpim(message: Received & { readonly to: string }): string {
  return [
    `From: <${message.from}>`,
    `To: <${message.to}>`,
    `DateTime: ${new Date().toISOString()}`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${message.id}`,
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    message.text,
  ].join('\r\n');
}

export function readCpim(text: string): Received {
  return {
    from: /^From: <([^>]*)>/m.exec(text)?.[1] ?? '',
    id: /^imdn\.Message-ID: (\S+)/m.exec(text)?.[1] ?? '',
    text: text.split('\r\n\r\n').slice(2).join('\r\n\r\n'),
  };
}

const types = 'message/cpim application/group-state-object+xml'.split(' ');
const wrapped = ['text/plain', 'message/imdn+xml'];

/** A client's offer or answer. */
export function describeMedia(
  port: number,
  media: {
    readonly path: string;
    readonly setup: 'actpass' | 'active';
    readonly direction: MsrpMedia['direction'];
  },
): Uint8Array {
  return writeMsrpSdp({
    ...media,
    host: '127.0.0.1',
    port,
    path: [media.path],
    acceptTypes: types,
    acceptWrappedTypes: wrapped,
    sessionId: 1,
    version: 1,
    isTls: false,
  });
}

/** The body of an INVITE to a conference factory. */
export function withRecipients(
  sdp: Uint8Array,
  members: readonly string[],
): { readonly contentType: string; readonly body: Uint8Array } {
  const list = writeResourceLists(members.map((uri) => ({ uri, copyControl: 'to' })));
  return printMultipart(
    [
      { headers: [], contentType: 'application/sdp', body: sdp },
      {
        headers: [{ name: 'Content-Disposition', value: 'recipient-list' }],
        contentType: 'application/resource-lists+xml',
        body: list,
      },
    ],
    newToken(),
  );
}
