/**
 * The Contribution-ID of a message: a token that names a session through re-join and re-start. It becomes part of keys, so that anything
 * but a token of reasonable length is as good as none.
 */
import { headerValues } from './header.ts';
import type { SipMessage } from './message.ts';

/** Stacks send 32 hexadecimal digits or a UUID; others have room. */
const lengthMax = 128;
/** RFC 3261 25.1: token. */
const token = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

/** Undefined if there is none, or several, or what is there is none. */
export function contributionIdOf(message: SipMessage): string | undefined {
  const [first, ...others] = headerValues(message, 'Contribution-ID');
  if (others.length > 0) return undefined;
  const value = first?.trim();
  return value !== undefined && value.length <= lengthMax && token.test(value) ? value : undefined;
}
