/** SIP messages and header values of every kind that comes in, and words of the grammar. */
import { readdirSync, readFileSync } from 'node:fs';
import { utf8Encode } from '../../edge/bytes/text.ts';

const tortureFolder = new URL('../data/rfc4475/', import.meta.url);

function torture(): readonly Uint8Array[] {
  return readdirSync(tortureFolder)
    .filter((name) => name.endsWith('.dat'))
    .map((name) => new Uint8Array(readFileSync(new URL(name, tortureFolder))));
}

function message(head: readonly string[], body = ''): Uint8Array {
  const bytes = utf8Encode(body);
  const lines = [...head, `Content-Length: ${bytes.length}`, '', ''];
  return new Uint8Array([...utf8Encode(lines.join('\r\n')), ...bytes]);
}

const dialog = [
  'Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK776asdhds;rport',
  'Max-Forwards: 70',
  'From: "Alice" <sip:+15551001@rejoin.test>;tag=1928301774',
  'To: <sip:+15551002@rejoin.test>;tag=a6c85cf',
  'Call-ID: a84b4c76e66710@pc33.rejoin.test',
];

const multipart = [
  '--b1',
  'Content-Type: application/sdp',
  '',
  'v=0',
  's=-',
  '--b1',
  'Content-Type: application/resource-lists+xml',
  'Content-Disposition: recipient-list',
  '',
  '<resource-lists/>',
  '--b1--',
  '',
].join('\r\n');

const usual: readonly Uint8Array[] = [
  message(
    [
      'INVITE sip:chat@focus.rejoin.test SIP/2.0',
      ...dialog,
      'CSeq: 314159 INVITE',
      'Route: <sip:p1.rejoin.test;lr>, <sip:p2.rejoin.test:5062;transport=tcp;lr>',
      'Record-Route: <sip:p3.rejoin.test;lr>',
      'Contact: <sip:alice@192.0.2.7:5070>;+sip.instance="<urn:uuid:f81d4fae-7dec>";+g.oma.sip-im',
      'Accept-Contact: *;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"',
      'Session-Expires: 1800;refresher=uac',
      'Min-SE: 90',
      'Supported: timer, replaces',
      'Require: recipient-list-invite',
      'Allow: INVITE, ACK, BYE, CANCEL, UPDATE',
      'Subject: Grüße, 你好',
      'Content-Type: multipart/mixed;boundary="b1"',
    ],
    multipart,
  ),
  message([
    'REGISTER sip:rejoin.test SIP/2.0',
    ...dialog,
    'CSeq: 2 REGISTER',
    'Contact: "A" <sip:a@192.0.2.7:5070;ob>;expires=600;reg-id=1, <sip:a@[2001:db8::1]>;q=0.5',
    'Contact: *',
    'Path: <sip:edge.rejoin.test;lr>',
    'Expires: 3600',
    'Authorization: Digest username="alice", realm="rejoin.test", nonce="k.1.ab", uri="sip:rejoin.test", qop=auth, nc=00000001, cnonce="0a4f", response="6629fae49393a05397450978507c4ef1", algorithm=MD5',
  ]),
  message(['SIP/2.0 200 OK', ...dialog, 'CSeq: 1 INVITE', 'Contact: sip:bob@h;x=y']),
  message([
    'SIP/2.0 401 Unauthorized',
    ...dialog,
    'CSeq: 1 REGISTER',
    'WWW-Authenticate: Digest realm="rejoin.test", nonce="k.1.ab", algorithm=SHA-256, qop="auth"',
    'Min-Expires: 60',
  ]),
  message([
    'BYE sips:bob@[::1]:5061;transport=tls SIP/2.0',
    'v: SIP / 2.0 / TCP',
    '  host.test : 5060 ; branch = z9hG4bK1 ; received=192.0.2.1, SIP/2.0/UDP b',
    'f: sip:alice@h;tag=x',
    't: "quoted \\" name" <tel:+1-555;phone-context=example.com>',
    'i: 1',
    'CSeq: 2 BYE',
    'Reason: SIP;cause=200;text="Call, completed", Q.850 ; cause=16',
  ]),
];

/** Most of the messages of RFC 4475 are refused as they are; so the usual ones come more often. */
export const messages: readonly Uint8Array[] = [
  ...Array.from({ length: 30 }, () => usual).flat(),
  ...torture(),
];

export const values: readonly Uint8Array[] = [
  'SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK776asdhds;rport=1;received=192.0.2.1',
  'SIP / 2.0 / TLS [2001:db8::9:1]:5061 ; branch="z9hG4bK;1" ;x',
  '"Alice, \\"A\\"" <sip:alice:pw@rejoin.test;transport=udp?x=y>;tag=1928301774;q=0.5',
  'Bob Grün <sips:bob@[::1]>;+sip.instance="<urn:uuid:f81d4fae>";expires=60',
  '<tel:+1-201-555-0123;phone-context=example.com>;tag=1',
  'sip:alice%20b@rejoin.test;tag=7;x="a;b,c"',
  'sip:alice:secret@rejoin.test:5060;transport=tcp;method=REGISTER;lr;maddr=h?subject=a&to=b',
  'sip:rejoin.test',
  'tel:1234;phone-context=+1',
  'tel:+1(201)555.0123;isub=1',
  'service:sos',
  '<sip:p1.test;lr>, "a,b" <sip:p2.test;lr>;x=<y,z>,<sip:p3.test>',
  '314159 INVITE',
  '1800;refresher=uac',
  'SIP;cause=480;text="Temporarily, unavailable", Q.850;cause=16',
  'Digest username="al\\"ice", realm="rejoin.test", nonce="a=,b", uri="sip:h", response="6629", nc=00000001, qop=auth',
  'a=b;c;d="e\\\\;f";g=<h;i>;j=',
  '*',
].map(utf8Encode);

export const words: readonly string[] = [
  ...['\r\n', '\r', '\n', '\r\n ', '\r\n\r\n', ' ', '\t', '', '\0', 'ÿ', '\u{FEFF}', '😀', '%'],
  ...[':', ';', ',', '"', '\\', '<', '>', '=', '?', '@', '/', '[', ']', '*', '(', ')', '&', '%41'],
  ...['sip:', 'sips:', 'tel:', '<sip:a@b>', ';tag=', ';lr', ';branch=z9hG4bK', '"a', '\\"', ';;'],
  ...['SIP/2.0', 'SIP/2.0/UDP ', 'INVITE', 'ACK', 'Via: ', 'v:', 'From: ', 'To: ', 'Call-ID: '],
  ...['CSeq: ', 'Contact: ', 'Route: ', 'Content-Length: ', 'l: 3', 'Content-Type: ', 'Expires: '],
  ...['Max-Forwards: ', 'Authorization: ', 'Digest ', 'Reason: ', 'Session-Expires: ', 'X: '],
];
