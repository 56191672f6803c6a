/**
 * MSRP URIs (RFC 4975 6): reading, printing and comparing. Userinfo and parameters after the transport mean nothing to an
 * endpoint and are not kept.
 */
export type MsrpUri = {
  readonly isSecure: boolean;
  /** As written; an IPv6 address keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Empty if the URI has none. */
  readonly sessionId: string;
  readonly transport: string;
};

/** The port meant where a URI has none. */
export const msrpPort = 2855;

/** Reads an MSRP URI; undefined if it is none. */
export function parseMsrpUri(text: string): MsrpUri | undefined {
  const schemeEnd = text.indexOf('://');
  const scheme = text.slice(0, Math.max(schemeEnd, 0)).toLowerCase();
  if (scheme !== 'msrp' && scheme !== 'msrps') return undefined;
  const semicolon = text.indexOf(';', schemeEnd);
  if (semicolon < 0) return undefined;
  const slash = text.indexOf('/', schemeEnd + 3);
  const hasSessionId = slash >= 0 && slash < semicolon;
  const authority = parseAuthority(text.slice(schemeEnd + 3, hasSessionId ? slash : semicolon));
  const sessionId = hasSessionId ? text.slice(slash + 1, semicolon) : '';
  const nextSemicolon = text.indexOf(';', semicolon + 1);
  const transportEnd = nextSemicolon < 0 ? text.length : nextSemicolon;
  const transport = text.slice(semicolon + 1, transportEnd);
  const parameters = text.slice(transportEnd).split(';').slice(1);
  if (authority === undefined || !isToken(transport) || !parameters.every(isParameter)) {
    return undefined;
  }
  if (hasSessionId && !isMadeOf(sessionId, isSessionIdCode)) return undefined;
  return { isSecure: scheme === 'msrps', ...authority, sessionId, transport };
}

/** The text of an MSRP URI. */
export function printMsrpUri(uri: MsrpUri): string {
  const scheme = uri.isSecure ? 'msrps' : 'msrp';
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const sessionId = uri.sessionId === '' ? '' : `/${uri.sessionId}`;
  return `${scheme}://${uri.host}${port}${sessionId};${uri.transport}`;
}

/** Whether two URIs name the same (RFC 4975 6.1): only the session-id minds case; a written port equals no unwritten one. */
export function sameMsrpUri(left: MsrpUri, right: MsrpUri): boolean {
  return (
    left.isSecure === right.isSecure &&
    left.port === right.port &&
    left.sessionId === right.sessionId &&
    left.host.toLowerCase() === right.host.toLowerCase() &&
    left.transport.toLowerCase() === right.transport.toLowerCase()
  );
}

function parseAuthority(text: string): { host: string; port: number | undefined } | undefined {
  const hostPort = text.slice(text.lastIndexOf('@') + 1);
  const bracket = hostPort.lastIndexOf(']');
  const colon = hostPort.indexOf(':', Math.max(bracket, 0));
  const host = colon < 0 ? hostPort : hostPort.slice(0, colon);
  const isHost =
    bracket < 0
      ? isMadeOf(host, isNameCode)
      : host.startsWith('[') &&
        bracket === host.length - 1 &&
        isMadeOf(host.slice(1, -1), isIp6Code);
  if (!isHost) return undefined;
  if (colon < 0) return { host, port: undefined };
  const port = hostPort.slice(colon + 1);
  if (!isMadeOf(port, isDigitCode) || port.length > 5) return undefined;
  return Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

function isParameter(text: string): boolean {
  const equals = text.indexOf('=');
  return equals < 0
    ? isToken(text)
    : isToken(text.slice(0, equals)) && isMadeOf(text.slice(equals + 1), isTokenCode);
}

function isToken(text: string): boolean {
  return isMadeOf(text, isTokenCode);
}

function isMadeOf(text: string, isAllowed: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index++) {
    if (!isAllowed(text.charCodeAt(index))) return false;
  }
  return text.length > 0;
}

function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAlphanumericCode(code: number): boolean {
  const lower = code | 32;
  return isDigitCode(code) || (lower >= 97 && lower <= 122);
}

function isOneOf(allowed: string): (code: number) => boolean {
  const codes = new Set(Array.from(allowed, (char) => char.charCodeAt(0)));
  return (code) => isAlphanumericCode(code) || codes.has(code);
}

const isNameCode = isOneOf('.-_');
const isIp6Code = isOneOf(':.');
const isTokenCode = isOneOf("-.!%*_+`'~");
const isSessionIdCode = isOneOf('-._~+=/');
