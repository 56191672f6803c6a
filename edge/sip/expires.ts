/** Numbers in headers: Expires, Min-Expires, Max-Forwards, Content-Length. */
import { header } from './header.ts';
import type { SipMessage } from './message.ts';

/** A header that is one whole number; undefined if it is missing or is none. */
export function numberHeader(message: SipMessage, name: string): number | undefined {
  const value = header(message, name);
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Expires in seconds. */
export function expires(message: SipMessage): number | undefined {
  return numberHeader(message, 'Expires');
}

export function maxForwards(message: SipMessage): number | undefined {
  return numberHeader(message, 'Max-Forwards');
}
