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

/** What nearly every tag is made of. */
const plain = /^[A-Za-z0-9._-]+$/;

function tagOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // In nearly every address the tag is the only parameter.
  const close = value.indexOf('>');
  const tag = value.startsWith(';tag=', close + 1) ? value.slice(close + 6) : '';
  return plain.test(tag) ? tag : addressParam(value, 'tag');
}
