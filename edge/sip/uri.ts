/**
 * SIP, SIPS and tel URIs: reading, writing, comparing, and the address of record behind one (RFC 3261 19.1, RFC 3966). Headers of a
 * URI are kept as text; nothing in this service acts on them.
 */
import { host as hostPattern, parsePort } from './grammar.ts';
import { type Params, param, parseParams, parsePlainParams, printParams } from './params.ts';

export type SipUri = {
  readonly scheme: 'sip' | 'sips' | 'tel';
  /** As written, escapes kept; the number of a tel URI. */
  readonly user: string;
  readonly password?: string;
  /** '' for a tel URI; IPv6 addresses keep their brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  /** What stands behind the question mark. */
  readonly headers: string;
};

const unreserved = "A-Za-z0-9_.!~*'()\\-";
const userChars = `${unreserved}%&=+$,;?/`;
const passwordChars = `${unreserved}%&=+$,`;
const paramChars = `${unreserved}%\\[\\]/:&+$,;=`;
/** RFC 3261 19.1.1: the user part may hold semicolons and question marks; it ends at the @. */
const user = `(?:([${userChars}]+)(?::([${passwordChars}]*))?@)?`;
const place = `(${hostPattern})(?::(\\d{1,5}))?`;
const tail = `(;[${paramChars}]*)?(?:\\?([${paramChars}?]*))?`;
/** Scheme, user, password, host, port, parameters with their first semicolon, headers. */
const sip = new RegExp(`^(sips?):${user}${place}${tail}$`, 'i');
/** RFC 3966 3: digits with visual separators, behind a plus sign if the number is global. */
const tel = new RegExp(`^tel:(\\+?[0-9A-Fa-f*#().-]+)(;[${paramChars}]*)?$`, 'i');
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;

/** What nearly every Request-URI looks like. */
const usual = new RegExp(
  `^sip:(?:[${unreserved}+]+@)?[A-Za-z0-9.-]+(?::\\d{1,4})?(?:;[${unreserved}=]*)?$`,
);

/** Whether a text is a URI that `parseUri` can read, and has no headers. */
export function isPlainUri(text: string): boolean {
  return usual.test(text) || parseUnusual(text)?.headers === '';
}

/** Reads a URI; undefined for another scheme or a malformed one. */
export function parseUri(text: string): SipUri | undefined {
  return usual.test(text) ? parseUsual(text) : parseUnusual(text);
}

function parseUsual(text: string): SipUri {
  const atSign = text.indexOf('@');
  const hostAt = atSign < 0 ? 4 : atSign + 1;
  const user = atSign < 0 ? '' : text.slice(4, atSign);
  const semicolonAt = text.indexOf(';', hostAt);
  const end = semicolonAt < 0 ? text.length : semicolonAt;
  const colonAt = text.indexOf(':', hostAt);
  const params = semicolonAt < 0 ? [] : parsePlainParams(text, semicolonAt + 1);
  if (colonAt < 0) {
    return { scheme: 'sip', user, host: text.slice(hostAt, end), params, headers: '' };
  }
  const port = Number(text.slice(colonAt + 1, end));
  return { scheme: 'sip', user, host: text.slice(hostAt, colonAt), port, params, headers: '' };
}

function parseUnusual(text: string): SipUri | undefined {
  const match = sip.exec(text);
  if (match === null) return parseTel(text);
  if (text.includes('%') && brokenEscape.test(text)) return undefined;
  const [, written = '', name = '', password, host = '', digits, params, headers = ''] = match;
  const port = digits === undefined ? undefined : parsePort(digits);
  if (digits !== undefined && port === undefined) return undefined;
  const uri = {
    scheme: written.length === 3 ? ('sip' as const) : ('sips' as const),
    user: name,
    host,
    params: params === undefined ? [] : parseParams(params, 1),
    headers,
  };
  if (password !== undefined) return { ...uri, password, ...(port === undefined ? {} : { port }) };
  return port === undefined ? uri : { ...uri, port };
}

/** Writes a URI. */
export function printUri(uri: SipUri): string {
  const { scheme, user, password, host, port, params, headers } = uri;
  if (scheme === 'tel') return `tel:${user}${printParams(params)}`;
  const secret = password === undefined ? '' : `:${password}`;
  const userInfo = user === '' ? '' : `${user}${secret}@`;
  const where = port === undefined ? host : `${host}:${port}`;
  return `${scheme}:${userInfo}${where}${printParams(params)}${headers === '' ? '' : `?${headers}`}`;
}

function parseTel(text: string): SipUri | undefined {
  const match = tel.exec(text);
  if (match === null) return undefined;
  const [, number = '', params] = match;
  if (!/[0-9A-Fa-f*#]/.test(number)) return undefined;
  return {
    scheme: 'tel',
    user: number,
    host: '',
    params: params === undefined ? [] : parseParams(params, 1),
    headers: '',
  };
}

/**
 * The address of record: `sip:user@host` in canonical form, or a tel URI without visual separators. It is a URI again: in the user part,
 * escapes are undone only where the character may stand for itself (RFC 3261 10.3 step 5, 19.1.4).
 */
export function addressOfRecord(text: string): string | undefined {
  const uri = parseUri(text);
  if (uri === undefined) return undefined;
  if (uri.scheme === 'tel') return canonicalTel(uri);
  const host = uri.host.toLowerCase();
  return uri.user === '' ? `sip:${host}` : `sip:${unescaped(uri.user, userChar)}@${host}`;
}

/** Whether two URIs are equal by the rules of RFC 3261 19.1.4. */
export function sameUri(left: string, right: string): boolean {
  if (left === right) return true;
  const a = parseUri(left);
  const b = parseUri(right);
  if (a === undefined || b === undefined || a.scheme !== b.scheme) return false;
  if (a.scheme === 'tel') return canonicalTel(a) === canonicalTel(b);
  const isSamePlace = a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
  return isSamePlace && isSameUser(a, b) && isSameHeaders(a, b) && isSameParams(a, b);
}

/** RFC 3261 19.1.4: parameters that count also when only one of the two has them. */
const weighty = ['user', 'ttl', 'method', 'maddr', 'transport'];

function isSameUser(a: SipUri, b: SipUri): boolean {
  return plain(a.user) === plain(b.user) && plain(a.password ?? '') === plain(b.password ?? '');
}

function isSameParams(a: SipUri, b: SipUri): boolean {
  const ours = comparable(a.params);
  const theirs = comparable(b.params);
  for (const [name, value] of ours) {
    if ((theirs.get(name) ?? value) !== value) return false;
  }
  return weighty.every((name) => ours.has(name) === theirs.has(name));
}

/** Names and values as they are compared. RFC 3261 19.1.1: a parameter comes once; of two the first one counts. */
function comparable(params: Params): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value = '' } of params) {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, plain(value).toLowerCase());
  }
  return values;
}

/** RFC 3261 19.1.4: all headers of one have to be in the other, in any order. */
function isSameHeaders(a: SipUri, b: SipUri): boolean {
  if (a.headers === b.headers) return true;
  const sorted = ({ headers }: SipUri): string => headers.split('&').map(plain).sort().join('&');
  return sorted(a).toLowerCase() === sorted(b).toLowerCase();
}

/** RFC 3966 4: visual separators and case don't count; the context of a local number does. */
function canonicalTel({ user, params }: SipUri): string {
  const context = user.startsWith('+') ? undefined : param(params, 'phone-context');
  const suffix = context === undefined ? '' : `;phone-context=${context}`;
  return `tel:${user.replace(/[-.()]/g, '')}${suffix}`.toLowerCase();
}

const unreservedChar = new RegExp(`^[${unreserved}]$`);
const userChar = new RegExp(`^[${userChars.replace('%', '')}]$`);

/** RFC 3261 19.1.4: an escape counts as its character, unless the character is a reserved one. */
function plain(text: string): string {
  return unescaped(text, unreservedChar);
}

/** Undoes the escapes of the characters that may stand for themselves, and writes the others in one way. */
function unescaped(text: string, mayStand: RegExp): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9A-Fa-f]{2}/g, (written) => {
    const character = String.fromCharCode(Number.parseInt(written.slice(1), 16));
    return mayStand.test(character) ? character : written.toUpperCase();
  });
}
