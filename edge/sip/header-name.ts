/**
 * Canonical spelling of header names: compact forms are expanded, known names get the spelling of their RFC, unknown ones stay as
 * written. A name of a message is found without cutting it out of the text if it is written as most write it.
 */
import { isToken } from './grammar.ts';

const names = [
  ...['Accept', 'Accept-Contact', 'Accept-Encoding', 'Accept-Language', 'Accept-Resource-Priority'],
  ...['Alert-Info', 'Allow', 'Allow-Events', 'Answer-Mode', 'Authentication-Info', 'Authorization'],
  ...['Call-ID', 'Call-Info', 'Contact', 'Content-Disposition', 'Content-Encoding', 'Content-ID'],
  ...['Content-Language', 'Content-Length', 'Content-Transfer-Encoding', 'Content-Type'],
  ...['Contribution-ID', 'Conversation-ID', 'CSeq', 'Date', 'Error-Info', 'Event', 'Expires'],
  ...['Feature-Caps', 'Flow-Timer', 'From', 'Geolocation', 'History-Info', 'Identity'],
  ...['Identity-Info', 'In-Reply-To', 'InReplyTo-Contribution-ID', 'Info-Package', 'Join'],
  ...['Max-Breadth', 'Max-Forwards', 'MIME-Version', 'Min-Expires', 'Min-SE', 'Organization'],
  ...['P-Access-Network-Info', 'P-Asserted-Identity', 'P-Asserted-Service', 'P-Associated-URI'],
  ...['P-Called-Party-ID', 'P-Charging-Function-Addresses', 'P-Charging-Vector', 'P-Early-Media'],
  ...['P-Preferred-Identity', 'P-Preferred-Service', 'P-Served-User', 'P-Visited-Network-ID'],
  ...['Path', 'Permission-Missing', 'Priority', 'Privacy', 'Proxy-Authenticate'],
  ...['Proxy-Authentication-Info', 'Proxy-Authorization', 'Proxy-Require', 'RAck', 'Reason'],
  ...['Record-Route', 'Recv-Info', 'Refer-Sub', 'Refer-To', 'Referred-By', 'Reject-Contact'],
  ...['Replaces', 'Reply-To', 'Request-Disposition', 'Require', 'Resource-Priority'],
  ...['Retry-After', 'Route', 'RSeq', 'Security-Client', 'Security-Server', 'Security-Verify'],
  ...['Server', 'Service-Route', 'Session-Expires', 'Session-ID', 'Session-Replaces', 'SIP-ETag'],
  ...['SIP-If-Match', 'Subject', 'Subscription-State', 'Supported', 'Suppress-If-Match'],
  ...['Target-Dialog', 'Timestamp', 'To', 'Trigger-Consent', 'Unsupported', 'User-Agent'],
  ...['User-to-User', 'Via', 'Warning', 'WWW-Authenticate'],
];

/** RFC 3261 7.3.3 and later registrations. */
const compact: readonly (readonly [short: string, name: string])[] = [
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['d', 'Request-Disposition'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['j', 'Reject-Contact'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['n', 'Identity-Info'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
  ['y', 'Identity'],
];

const byLowerCase = new Map<string, string>([
  ...compact,
  ...names.map((name): [string, string] => [name.toLowerCase(), name]),
]);

/** A name as most write it, and what it stands for. */
type Spelling = { readonly written: string; readonly name: string };

/** A table of as many places as keep nearly all names apart; the few that share one with an earlier name are looked up below. */
const places = 1024;
const spellings: (Spelling | undefined)[] = new Array(places).fill(undefined);
for (const name of names) addSpelling(name, name);
for (const [short, name] of compact) addSpelling(short, name);

/** The canonical spelling of a header name; what is no name stays as written. */
export function canonicalName(written: string): string {
  return canonicalNameAt(written, 0, written.length) ?? written;
}

/** The canonical spelling of the header name that stands in a text from one place up to another; undefined if it is no name. */
export function canonicalNameAt(text: string, from: number, to: number): string | undefined {
  if (to <= from) return undefined;
  const spelling = spellings[placeOf(text, from, to - from)];
  if (spelling !== undefined && isAt(text, from, to, spelling.written)) return spelling.name;
  const written = text.slice(from, to);
  return byLowerCase.get(written.toLowerCase()) ?? (isToken(written) ? written : undefined);
}

function addSpelling(written: string, name: string): void {
  spellings[placeOf(written, 0, written.length)] ??= { written, name };
}

/** A place for the length, the first and the middle letter of a name. */
function placeOf(text: string, from: number, length: number): number {
  const middle = text.charCodeAt(from + (length >> 1));
  return (length * 25 + text.charCodeAt(from) * 17 + middle) & (places - 1);
}

/** Whether a word is what stands in a text. */
function isAt(text: string, from: number, to: number, word: string): boolean {
  if (word.length !== to - from) return false;
  for (let at = 0; at < word.length; at++) {
    if (text.charCodeAt(from + at) !== word.charCodeAt(at)) return false;
  }
  return true;
}
