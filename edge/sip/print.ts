/** A SIP message to bytes, with the Content-Length that is right. */
import { utf8Encode } from '../bytes/text.ts';
import type { SipMessage } from './message.ts';

/** The bytes of a message. */
export function printMessage(message: SipMessage): Uint8Array {
  let text =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const { name, value } of message.headers) {
    if (name !== 'Content-Length') text += `${name}: ${value}\r\n`;
  }
  const head = utf8Encode(`${text}Content-Length: ${message.body.length}\r\n\r\n`);
  if (message.body.length === 0) return head;
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
}
