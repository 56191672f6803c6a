/** Via: the hop that a message came over (RFC 3261 20.42, RFC 3581). */
import { isBlank, isToken, skipBlanks, tokenChars, trimEnd } from './grammar.ts';
import { canonicalHeader, firstOfList } from './header.ts';
import { type HostPort, parseHostPort } from './host.ts';
import type { SipMessage } from './message.ts';
import { hasEmptyParam, type Params, parseParams, printParams } from './params.ts';

export type Via = {
  /** `SIP/2.0`. */
  readonly protocol: string;
  /** As written, such as `UDP`. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
};

/** Reads one Via value; undefined if it is malformed. Blanks may stand around all separators. */
export function parseVia(text: string): Via | undefined {
  const found = text.indexOf(';');
  const end = found < 0 ? text.length : found;
  const second = text.indexOf('/', text.indexOf('/') + 1);
  if (second < 0 || second > end) return undefined;
  const transportAt = skipBlanks(text, second + 1);
  let transportEnd = transportAt;
  while (tokenChars[text.charCodeAt(transportEnd)] === 1) transportEnd++;
  if (transportEnd === transportAt || !isBlank(text.charCodeAt(transportEnd))) return undefined;
  // RFC 4475 3.1.2.1: a semicolon without a parameter is an error here, where a response finds its way by the parameters.
  if (found >= 0 && hasEmptyParam(text, end + 1)) return undefined;
  const protocol = protocolOf(text, second);
  const hop = hopOf(text, transportEnd, end);
  if (hop === undefined || protocol === undefined) return undefined;
  const transport = text.slice(transportAt, transportEnd);
  const { host, port } = hop;
  const params = found < 0 ? [] : parseParams(text, end + 1);
  return port === undefined
    ? { protocol, transport, host, params }
    : { protocol, transport, host, port, params };
}

/** The topmost Via of a message. */
export function topVia(message: SipMessage): Via | undefined {
  const value = canonicalHeader(message, 'Via');
  return value === undefined ? undefined : parseVia(firstOfList(value));
}

/** Writes a Via value. */
export function printVia({ protocol, transport, host, port, params }: Via): string {
  const where = port === undefined ? host : `${host}:${port}`;
  return `${protocol}/${transport} ${where}${printParams(params)}`;
}

function protocolOf(text: string, end: number): string | undefined {
  if (text.startsWith('SIP/2.0/')) return 'SIP/2.0';
  const slash = text.indexOf('/');
  const name = text.slice(0, slash).trim();
  const version = text.slice(slash + 1, end).trim();
  return isToken(name) && isToken(version) ? `${name}/${version}` : undefined;
}

function hopOf(text: string, from: number, to: number): HostPort | undefined {
  const start = skipBlanks(text, from);
  const where = text.slice(start, trimEnd(text, start, to));
  const isSpaced = where.includes(' ') || where.includes('\t');
  return parseHostPort(isSpaced ? where.split(':').map(trimmed).join(':') : where);
}

function trimmed(text: string): string {
  return text.trim();
}
