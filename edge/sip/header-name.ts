/** Canonical spelling of header names: compact forms are expanded, known names get their RFC spelling, unknown ones stay as written. */

const names = [
  ...['Accept', 'Accept-Contact', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow'],
  ...['Allow-Events', 'Authentication-Info', 'Authorization', 'Call-ID', 'Call-Info', 'Contact'],
  ...['Content-Disposition', 'Content-Encoding', 'Content-ID', 'Content-Language'],
  ...['Content-Length', 'Content-Type', 'Contribution-ID', 'Conversation-ID', 'CSeq', 'Date'],
  ...['Error-Info', 'Event', 'Expires', 'Flow-Timer', 'From', 'History-Info', 'Identity'],
  ...['In-Reply-To', 'InReplyTo-Contribution-ID', 'Join', 'MIME-Version', 'Max-Forwards'],
  ...['Min-Expires', 'Min-SE', 'Organization', 'P-Access-Network-Info', 'P-Asserted-Identity'],
  ...['P-Asserted-Service', 'P-Associated-URI', 'P-Called-Party-ID', 'P-Charging-Vector'],
  ...['P-Preferred-Identity', 'P-Preferred-Service', 'P-Visited-Network-ID', 'Path', 'Priority'],
  ...['Privacy', 'Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Require', 'RAck', 'RSeq'],
  ...['Reason', 'Record-Route', 'Refer-Sub', 'Refer-To', 'Referred-By', 'Reject-Contact'],
  ...['Replaces', 'Reply-To', 'Request-Disposition', 'Require', 'Retry-After', 'Route'],
  ...['SIP-ETag', 'SIP-If-Match', 'Server', 'Service-Route', 'Session-Expires'],
  ...['Session-Replaces', 'Subject', 'Subscription-State', 'Supported', 'Timestamp', 'To'],
  ...['Unsupported', 'User-Agent', 'Via', 'WWW-Authenticate', 'Warning'],
];

/** RFC 3261 7.3.3 and later registrations. */
const compact: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** Every spelling that was seen often enough to be here: as registered, and in lower case. */
const canonical = new Map<string, string>([
  ...names.flatMap((name): [string, string][] => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
  ...Object.entries(compact).flatMap(([short, name]): [string, string][] => [
    [short, name],
    [short.toUpperCase(), name],
  ]),
]);

/** The canonical spelling of a header name. */
export function canonicalName(written: string): string {
  return canonical.get(written) ?? canonical.get(written.toLowerCase()) ?? written;
}
