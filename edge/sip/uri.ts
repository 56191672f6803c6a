/**
 * SIP, SIPS and tel URIs: reading, writing, comparing, and the address of record behind one (RFC 3261 19.1, RFC 3966). Headers of a
 * URI are kept as text; nothing in this service acts on them.
 */
import { type CharClass, charClass, isMadeOf, questionMark, semicolon } from './grammar.ts';
import { parseHostPort } from './host.ts';
import { type Params, param, parseParams, printParams } from './params.ts';

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

const percentCode = 37;
const unreserved = "-_.!~*'()";
const userChars = charClass(`${unreserved}%&=+$,;?/`);
const passwordChars = charClass(`${unreserved}%&=+$,`);
/** Parameters and headers together, with their separators. */
const tailChars = charClass(`${unreserved}%[]/:&+$,;=?`);
const unreservedChars = charClass(unreserved);
const phoneDigits = charClass('*#', '0123456789ABCDEFabcdef');
const visualSeparators = charClass('-.()', '');

/** Reads a URI; undefined for another scheme or a malformed one. */
export function parseUri(text: string): SipUri | undefined {
  const colonAt = text.indexOf(':');
  const scheme = schemeOf(text, colonAt);
  if (scheme === undefined) return undefined;
  if (scheme === 'tel') return parseTel(text, colonAt + 1);
  if (text.includes('%') && !hasSoundEscapes(text)) return undefined;
  // RFC 3261 19.1.1: the user part may hold semicolons and question marks; it ends at the @.
  const at = text.indexOf('@', colonAt);
  if (at < 0) return placed(text, colonAt + 1, scheme, noUser);
  const user = parseUser(text, colonAt + 1, at);
  return user && placed(text, at + 1, scheme, user);
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

function schemeOf(text: string, colonAt: number): SipUri['scheme'] | undefined {
  if (text.startsWith('sip:')) return 'sip';
  if (colonAt < 3 || colonAt > 4) return undefined;
  const scheme = text.slice(0, colonAt).toLowerCase();
  return scheme === 'sip' || scheme === 'sips' || scheme === 'tel' ? scheme : undefined;
}

type User = Pick<SipUri, 'user' | 'password'>;

const noUser: User = { user: '' };

function parseUser(text: string, from: number, to: number): User | undefined {
  const found = text.indexOf(':', from);
  const end = found < 0 || found > to ? to : found;
  if (!isMadeOf(text, from, end, userChars)) return undefined;
  const user = text.slice(from, end);
  if (end === to) return { user };
  const password = text.slice(end + 1, to);
  const isPassword = password === '' || isMadeOf(password, 0, password.length, passwordChars);
  return isPassword ? { user, password } : undefined;
}

/** Adds what stands behind the user part. */
function placed(
  text: string,
  from: number,
  scheme: SipUri['scheme'],
  { user, password }: User,
): SipUri | undefined {
  let hostEnd = from;
  while (hostEnd < text.length && !isTailStart(text.charCodeAt(hostEnd))) hostEnd++;
  const read = parseHostPort(text.slice(from, hostEnd));
  if (read === undefined) return undefined;
  const { host, port } = read;
  let params: Params = [];
  let headers = '';
  if (hostEnd < text.length) {
    if (!isMadeOf(text, hostEnd, text.length, tailChars)) return undefined;
    const question = text.indexOf('?', hostEnd);
    params = parseParams(question < 0 ? text : text.slice(0, question), hostEnd + 1);
    headers = question < 0 ? '' : text.slice(question + 1);
  }
  const where = port === undefined ? {} : { port };
  return password === undefined
    ? { scheme, user, host, ...where, params, headers }
    : { scheme, user, password, host, ...where, params, headers };
}

function isTailStart(code: number): boolean {
  return code === semicolon || code === questionMark;
}

function parseTel(text: string, from: number): SipUri | undefined {
  const found = text.indexOf(';', from);
  const end = found < 0 ? text.length : found;
  const params = text.slice(end + 1);
  const isSound = params === '' || isMadeOf(params, 0, params.length, tailChars);
  if (!isSound || !isPhoneNumber(text, from, end)) return undefined;
  const user = text.slice(from, end);
  return { scheme: 'tel', user, host: '', params: parseParams(params), headers: '' };
}

/** RFC 3966 3: digits, at least one, with visual separators, behind a plus sign if the number is global. */
function isPhoneNumber(text: string, from: number, to: number): boolean {
  let digits = 0;
  for (let at = text.startsWith('+', from) ? from + 1 : from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (phoneDigits[code] === 1) digits++;
    else if (visualSeparators[code] !== 1) return false;
  }
  return digits > 0;
}

/** Whether two hexadecimal digits follow each percent sign. */
function hasSoundEscapes(text: string): boolean {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (!/^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3))) return false;
  }
  return true;
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
  return uri.user === '' ? `sip:${host}` : `sip:${unescaped(uri.user, userChars)}@${host}`;
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
  const isShared = a.params.every(({ name, value }) => {
    const other = param(b.params, name);
    return other === undefined || plain(other).toLowerCase() === plain(value ?? '').toLowerCase();
  });
  const isIn = (params: Params, name: string): boolean => param(params, name) !== undefined;
  return isShared && weighty.every((name) => isIn(a.params, name) === isIn(b.params, name));
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

/** RFC 3261 19.1.4: an escape counts as its character, unless the character is a reserved one. */
function plain(text: string): string {
  return unescaped(text, unreservedChars);
}

function unescaped(text: string, chars: CharClass): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const code = Number.parseInt(escape.slice(1), 16);
    return code !== percentCode && chars[code] === 1
      ? String.fromCharCode(code)
      : escape.toUpperCase();
  });
}
