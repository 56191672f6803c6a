/** What names a dialog: Call-ID and the tags of From and To (RFC 3261 12). */
import { addressParam } from './address.ts';
import { canonicalHeader } from './header.ts';
import type { SipMessage } from './message.ts';

export function callId(message: SipMessage): string | undefined {
  return canonicalHeader(message, 'Call-ID');
}

export function fromTag(message: SipMessage): string | undefined {
  return tagOf(canonicalHeader(message, 'From'));
}

export function toTag(message: SipMessage): string | undefined {
  return tagOf(canonicalHeader(message, 'To'));
}

function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : addressParam(value, 'tag');
}
