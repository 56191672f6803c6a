/**
 * What keeps pages of the web away from a process that asks for no token. It listens on loopback only, but a browser of the same machine
 * gets there too: a page's own name can be pointed at 127.0.0.1 once the page is loaded, and what answers then counts as the page's own
 * server. Such a request still carries the page's name, so only names that nobody else can give away are served. Which methods a page
 * may use at all is in `api.ts`.
 */
import { isLoopback } from '../../shared/settings.ts';

/** Where the authority of a request in absolute form stands (RFC 9112 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]*)/i;
const authorityForm = /^(?:\[([0-9a-f:.]+)\]|([^[\]:@\s]+)|(::1))(?::\d{0,5})?$/i;

/** What to do about a refusal. */
export const misdirected =
  'Without an admin token this process answers to names of this machine only: ask 127.0.0.1, [::1] or localhost, or set REJOIN_ADMIN_TOKEN (adminToken).';

/** Whether a request names this machine by a name that can't be anybody else's. */
export function namesThisMachine(url: string, host: string | undefined): boolean {
  // RFC 9112 3.2.2: a name in the request line counts instead of Host.
  return isOwnAuthority(absoluteForm.exec(url)?.[1] ?? host);
}

/** Whether `host[:port]` leads to this machine whatever the name service says (RFC 6761 6.3). */
export function isOwnAuthority(authority: string | undefined): boolean {
  const [, bracketed, name, bare] = authorityForm.exec(authority ?? '') ?? [];
  const host = (bracketed ?? name ?? bare ?? '').toLowerCase().replace(/\.$/, '');
  return isLoopback(host) || host.endsWith('.localhost');
}
