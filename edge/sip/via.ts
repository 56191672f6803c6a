/** Via: the hop that a message came over (RFC 3261 20.42, RFC 3581). */
import { blanks, host as hostPattern, parsePort, tokenChars } from './grammar.ts';
import { canonicalHeader, firstOfList } from './header.ts';
import type { SipMessage } from './message.ts';
import { type Params, parsePlainParams, parseStrictParams, printParams } from './params.ts';

export type Via = {
  /** `SIP/2.0`. */
  readonly protocol: string;
  /** As written, such as `UDP`. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
};

const token = `([${tokenChars}]+)`;
const slash = `${blanks}/${blanks}`;
const hop = `(${hostPattern})(?:${blanks}:${blanks}(\\d{1,5}))?${blanks}`;
/** Protocol, version, transport, host, port, and the parameters with their first semicolon. */
const pattern = new RegExp(`^${token}${slash}${token}${slash}${token}[ \\t]+${hop}(;[^]*)?$`);

const usualProtocol = 'SIP/2.0';
/** What nearly every Via looks like. */
const usual = /^SIP\/2\.0\/[A-Z]+ [A-Za-z0-9.-]+(?::\d{1,4})?(?:;[^;"<, \t]+)*$/;

/** Whether a text is a well-formed Via value. */
export function isVia(text: string): boolean {
  return usual.test(text) || parseVia(text) !== undefined;
}

/** Reads one Via value; undefined if it is malformed. Blanks may stand around all separators. */
export function parseVia(text: string): Via | undefined {
  return usual.test(text) ? parseUsual(text) : parseUnusual(text);
}

function parseUsual(text: string): Via {
  const hostAt = text.indexOf(' ') + 1;
  const semicolonAt = text.indexOf(';', hostAt);
  const end = semicolonAt < 0 ? text.length : semicolonAt;
  const colonAt = text.indexOf(':', hostAt);
  const hasPort = colonAt >= 0 && colonAt < end;
  const params = semicolonAt < 0 ? [] : parsePlainParams(text, semicolonAt + 1);
  const transport = text.slice(usualProtocol.length + 1, hostAt - 1);
  const host = text.slice(hostAt, hasPort ? colonAt : end);
  if (!hasPort) return { protocol: usualProtocol, transport, host, params };
  const port = Number(text.slice(colonAt + 1, end));
  return { protocol: usualProtocol, transport, host, port, params };
}

function parseUnusual(text: string): Via | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, name, version, transport = '', host = '', written, tail] = match;
  // RFC 4475 3.1.2.1: a semicolon without a parameter is an error here, where a response finds its way by the parameters.
  const params = tail === undefined ? [] : parseStrictParams(tail, 1);
  if (params === undefined) return undefined;
  const protocol = `${name}/${version}`;
  if (written === undefined) return { protocol, transport, host, params };
  const port = parsePort(written);
  return port === undefined ? undefined : { protocol, transport, host, port, params };
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
