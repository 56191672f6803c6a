/** What names a dialog: Call-ID and the tags of From and To. */
import { parseAddress } from './address.ts';
import { header } from './header.ts';
import type { SipMessage } from './message.ts';
import { param } from './params.ts';

export function callId(message: SipMessage): string | undefined {
  return header(message, 'Call-ID');
}

export function fromTag(message: SipMessage): string | undefined {
  return tagOf(header(message, 'From'));
}

export function toTag(message: SipMessage): string | undefined {
  return tagOf(header(message, 'To'));
}

function tagOf(value: string | undefined): string | undefined {
  const address = value === undefined ? undefined : parseAddress(value);
  return address && param(address.params, 'tag');
}
