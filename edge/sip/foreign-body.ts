/** Bodies that are of no use to whoever gets them. What is in parts is looked into by its reader, not here. */
import { header } from './header.ts';
import type { SipMessage } from './message.ts';

/** RFC 3261 8.2.3: whether a body is of none of the types that are read, which is to be told by 415. */
export function isForeignBody(message: SipMessage, types: readonly string[]): boolean {
  if (message.body.length === 0) return false;
  const type = header(message, 'Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type !== '' && !type.startsWith('multipart/') && !types.includes(type);
}
