/** Headers that are one whole number: Expires, Min-Expires, Max-Forwards, Content-Length. */
import { wholeNumber } from './grammar.ts';
import { header } from './header.ts';
import { numberMax } from './limit.ts';
import type { SipMessage } from './message.ts';

/** A header that is one whole number; undefined if it is missing or is none. */
export function numberHeader(message: SipMessage, name: string): number | undefined {
  const value = header(message, name);
  return value === undefined ? undefined : wholeNumber(value, numberMax);
}

/** Expires in seconds. */
export function expires(message: SipMessage): number | undefined {
  return numberHeader(message, 'Expires');
}

/** Max-Forwards: how many hops a request may still take. */
export function maxForwards(message: SipMessage): number | undefined {
  return numberHeader(message, 'Max-Forwards');
}
