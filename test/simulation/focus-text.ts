/** Bodies that the simulated focus sends. */
import { printMultipart } from '../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../edge/bytes/text.ts';
import { writeResourceLists } from '../../edge/xml/resource-lists.ts';
import { focusHost } from './hosts.ts';

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
