/** Contact and the route headers, as addresses. */
import { type Address, parseAddress } from './address.ts';
import { headerValues } from './header.ts';
import type { SipMessage } from './message.ts';

/** The contacts of a message; `*` stands alone (RFC 3261 10.2.2). */
export function contacts(message: SipMessage): readonly Address[] | '*' {
  const values = headerValues(message, 'Contact');
  if (values.length === 1 && values[0] === '*') return '*';
  return values.flatMap((value) => parseAddress(value) ?? []);
}

/** The addresses of a route header, first hop first. */
export function routes(
  message: SipMessage,
  name: 'Route' | 'Record-Route' | 'Path',
): readonly Address[] {
  return headerValues(message, name).flatMap((value) => parseAddress(value) ?? []);
}
