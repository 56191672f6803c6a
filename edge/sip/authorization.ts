/** Credentials and challenges of digest authentication, as header values (RFC 3261 20.7, RFC 7616 3.3 and 3.4). */
import { splitList } from './header.ts';
import { unquote } from './params.ts';

export type AuthValue = {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case, values without quotes. */
  readonly params: ReadonlyMap<string, string>;
};

/** Reads an Authorization or Proxy-Authorization value. */
export function parseCredentials(text: string): AuthValue | undefined {
  return parseAuth(text);
}

/** Reads a WWW-Authenticate or Proxy-Authenticate value. */
export function parseChallenge(text: string): AuthValue | undefined {
  return parseAuth(text);
}

function parseAuth(text: string): AuthValue | undefined {
  const match = /^\s*([A-Za-z0-9-]+)\s+(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', rest = ''] = match;
  const params = new Map<string, string>();
  for (const piece of splitList(rest)) {
    const equals = piece.indexOf('=');
    if (equals <= 0) return undefined;
    const name = piece.slice(0, equals).trim().toLowerCase();
    // A parameter given twice could be read in two ways.
    if (params.has(name)) return undefined;
    params.set(name, unquote(piece.slice(equals + 1).trim()));
  }
  return { scheme: scheme.toLowerCase(), params };
}
