/** SIP, SIPS and tel URIs: reading, writing, comparing (RFC 3261 19.1, RFC 3966). */
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

/** Reads a URI; undefined for another scheme or a malformed one. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === 'tel') return parseTel(text.slice(colon + 1));
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const rest = text.slice(colon + 1);
  if (rest.length === 0 || /[\s<>"]/.test(rest)) return undefined;
  // The user part may hold semicolons and question marks: it ends at the @ (RFC 3261 19.1.1).
  const at = rest.lastIndexOf('@', endOfAuthority(rest));
  const userInfo = at < 0 ? '' : rest.slice(0, at);
  const split = splitHost(rest.slice(at + 1));
  if (split === undefined || (at === 0 && userInfo === '')) return undefined;
  const colonAt = userInfo.indexOf(':');
  return {
    scheme,
    user: colonAt < 0 ? userInfo : userInfo.slice(0, colonAt),
    ...(colonAt < 0 ? {} : { password: userInfo.slice(colonAt + 1) }),
    ...split,
  };
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

/** The address of record: `sip:user@host` in canonical form, or `tel:` without visual separators. */
export function addressOfRecord(text: string): string | undefined {
  const uri = parseUri(text);
  if (uri === undefined) return undefined;
  if (uri.scheme === 'tel') return `tel:${uri.user.replace(/[-.() ]/g, '')}`;
  const user = unescaped(uri.user);
  return user === '' ? `sip:${uri.host.toLowerCase()}` : `sip:${user}@${uri.host.toLowerCase()}`;
}

/** Parameters that have to be there in both URIs or in none (RFC 3261 19.1.4). */
const weighty = ['user', 'ttl', 'method', 'maddr'];

/** Whether two URIs are equal by the rules of RFC 3261 19.1.4. */
export function sameUri(left: string, right: string): boolean {
  const a = parseUri(left);
  const b = parseUri(right);
  if (a === undefined || b === undefined) return left === right;
  if (a.scheme !== b.scheme) return false;
  if (a.scheme === 'tel') return addressOfRecord(left) === addressOfRecord(right);
  return (
    unescaped(a.user) === unescaped(b.user) &&
    a.password === b.password &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    a.headers === b.headers &&
    sameParams(a.params, b.params)
  );
}

function sameParams(a: Params, b: Params): boolean {
  const isShared = a.every(({ name, value }) => {
    const other = param(b, name);
    return other === undefined || other.toLowerCase() === (value ?? '').toLowerCase();
  });
  return (
    isShared &&
    weighty.every((name) => (param(a, name) === undefined) === (param(b, name) === undefined))
  );
}

function parseTel(rest: string): SipUri | undefined {
  const semicolon = rest.indexOf(';');
  const user = semicolon < 0 ? rest : rest.slice(0, semicolon);
  if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(user)) return undefined;
  const params = semicolon < 0 ? [] : parseParams(rest, semicolon + 1);
  return { scheme: 'tel', user, host: '', params, headers: '' };
}

/** Where an @ of the user part may stand at most: a header part can hold an @ too. */
function endOfAuthority(rest: string): number {
  const question = rest.indexOf('?');
  if (question < 0) return rest.length;
  const at = rest.indexOf('@');
  return at < 0 || at < question ? question : rest.length;
}

function splitHost(text: string): Pick<SipUri, 'host' | 'port' | 'params' | 'headers'> | undefined {
  const question = text.indexOf('?');
  const headers = question < 0 ? '' : text.slice(question + 1);
  const before = question < 0 ? text : text.slice(0, question);
  const semicolon = before.indexOf(';');
  const where = semicolon < 0 ? before : before.slice(0, semicolon);
  const params = semicolon < 0 ? [] : parseParams(before, semicolon + 1);
  const read = parseHostPort(where);
  return read && { ...read, params, headers };
}

/** Host and optional port; IPv6 addresses in brackets. */
export function parseHostPort(
  text: string,
): { readonly host: string; readonly port?: number } | undefined {
  const close = text.startsWith('[') ? text.indexOf(']') : 0;
  if (close < 0) return undefined;
  const colon = text.indexOf(':', close);
  const host = colon < 0 ? text : text.slice(0, colon);
  const isHost = close > 0 ? /^\[[0-9A-Fa-f:.]+\]$/.test(host) : /^[A-Za-z0-9._-]+$/.test(host);
  if (!isHost) return undefined;
  if (colon < 0) return { host };
  const port = Number(text.slice(colon + 1));
  if (!/^\d{1,5}$/.test(text.slice(colon + 1)) || port > 65_535) return undefined;
  return { host, port };
}

function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
