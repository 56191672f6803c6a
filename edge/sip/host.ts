/** Host and port as they stand in URIs and Via: names, IPv4 addresses, IPv6 addresses in brackets (RFC 3261 25.1). */
import { type CharClass, charClass, isMadeOf, wholeNumber } from './grammar.ts';

export type HostPort = { readonly host: string; readonly port?: number };

const portMax = 65_535;
/** Underscores are no part of host names, but of many networks. */
const nameChars: CharClass = charClass('.-_');
const ip6Chars: CharClass = charClass(':.');

/** Reads a host with or without a port; undefined if it is malformed. */
export function parseHostPort(text: string): HostPort | undefined {
  const isIp6 = text.startsWith('[');
  const close = isIp6 ? text.indexOf(']') : 0;
  if (close < 0) return undefined;
  const colonAt = text.indexOf(':', close);
  const hostEnd = colonAt < 0 ? text.length : colonAt;
  const isHost = isIp6
    ? hostEnd === close + 1 && isMadeOf(text, 1, close, ip6Chars)
    : isMadeOf(text, 0, hostEnd, nameChars);
  if (!isHost) return undefined;
  if (colonAt < 0) return { host: text };
  const port = wholeNumber(text, colonAt + 1, text.length, portMax);
  return port === undefined ? undefined : { host: text.slice(0, hostEnd), port };
}
