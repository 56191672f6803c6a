/** Bodies that the simulated focus sends. */
import { printMultipart } from '../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../edge/bytes/text.ts';
import type { Header } from '../../edge/sip/message.ts';
import { writeResourceLists } from '../../edge/xml/resource-lists.ts';
import type { Group } from './group.ts';
import { focusHost } from './hosts.ts';

const tag = '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"';

/** A session description with the list of a group's members beside it. */
export function withList(sdp: Uint8Array, users: readonly string[]) {
  const list = writeResourceLists(users.map((uri) => ({ uri })));
  return printMultipart(
    [
      { headers: [], contentType: 'application/sdp', body: sdp },
      {
        headers: [{ name: 'Content-Disposition', value: 'recipient-list-history' }],
        contentType: 'application/resource-lists+xml',
        body: list,
      },
    ],
    'boundary1',
  );
}

/** A chat message of some size. */
export function bodyOf(id: string, bytes: number): Uint8Array {
  const text = `From: <sip:zoe@${focusHost}>\r\n\r\nContent-Type: text/plain\r\n\r\nsecret ${id} `;
  return utf8Encode(text.padEnd(bytes, '.'));
}

/** Headers of whatever the focus says within a group. */
export function focusHeaders(group: Group): readonly Header[] {
  return [
    { name: 'Contact', value: `<${group.identity}>;isfocus;${tag}` },
    { name: 'P-Asserted-Identity', value: `<${group.identity}>` },
    { name: 'Contribution-ID', value: group.contributionId },
    { name: 'Accept-Contact', value: `*;${tag}` },
  ];
}
