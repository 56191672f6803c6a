/** Contact and the route headers, as addresses. */
import { type Address, parseAddress } from './address.ts';
import { canonicalValues } from './header.ts';
import type { SipMessage } from './message.ts';

/** The contacts of a message; `*` stands alone (RFC 3261 10.2.2). */
export function contacts(message: SipMessage): readonly Address[] | '*' {
  const values = canonicalValues(message, 'Contact');
  return values.length === 1 && values[0] === '*' ? '*' : addresses(values);
}

/** The addresses of a route header, first hop first. */
export function routes(
  message: SipMessage,
  name: 'Route' | 'Record-Route' | 'Path',
): readonly Address[] {
  return addresses(canonicalValues(message, name));
}

function addresses(values: readonly string[]): readonly Address[] {
  const read: Address[] = [];
  for (const value of values) {
    const address = parseAddress(value);
    if (address !== undefined) read.push(address);
  }
  return read;
}
