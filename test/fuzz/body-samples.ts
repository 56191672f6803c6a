/** Bodies of every kind as clients and focuses send them, and words of their grammars. */
import { utf8Encode } from '../../edge/bytes/text.ts';

function text(...lines: readonly string[]): Uint8Array {
  return utf8Encode(lines.join('\r\n'));
}

const notification = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
  '<message-id>34jk324j</message-id><datetime>2008-04-04T12:16:49-05:00</datetime>',
  '<recipient-uri>im:bob@example.com</recipient-uri>',
  '<original-recipient-uri>im:bob@example.com</original-recipient-uri>',
  '<delivery-notification><status><delivered/></status></delivery-notification>',
  '</imdn>',
];

const cpim: readonly Uint8Array[] = [
  text(
    'From: "Alice, A." <sip:alice@rejoin.test>',
    'To: <sip:chat@focus.rejoin.test>',
    'DateTime: 2012-12-13T13:40:00-08:00',
    'NS: imdn <urn:ietf:params:imdn>',
    'imdn.Message-ID: 34jk324j',
    'imdn.Disposition-Notification: positive-delivery, display',
    'Subject:;lang=de Grüße',
    '',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Length: 12',
    '',
    'Hello World 😀',
  ),
  text(
    'From: <sip:anonymous@anonymous.invalid>',
    'To: sip:bob@rejoin.test',
    'NS: x <urn:ietf:params:imdn>',
    'NS: MyFeatures <mid:MessageFeatures@id.foo.com>',
    'x.Message-ID: 1',
    ' folded',
    '',
    'Content-type: message/imdn+xml',
    'Content-Disposition: notification',
    '',
    ...notification,
  ),
];

const imdn = [
  text(...notification),
  text(
    '<imdn><message-id>a&amp;b</message-id><display-notification><status>',
    '<displayed/></status></display-notification></imdn>',
  ),
];

const sdp: readonly Uint8Array[] = [
  text(
    'v=0',
    'o=- 2890844526 2890844526 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1/127',
    't=0 0',
    'a=setup:actpass',
    'm=audio 7394 RTP/AVP 0',
    'm=message 7654 TCP/TLS/MSRP *',
    'c=IN IP6 2001:db8::1',
    'a=accept-types:message/cpim text/plain *',
    'a=accept-wrapped-types:* text/plain',
    'a=path:msrp://r.example.com:2855/x;tcp msrps://192.0.2.1:7654/jshA7weztas;tcp',
    'a=max-size:1048576',
    'a=sendonly',
    'a=msrp-cema',
    'a=fingerprint:SHA-256 4A:AD:B9',
    'm=video 0 RTP/AVP 31',
    '',
  ),
  text(
    'v=0',
    'o=- 1 1 IN IP4 h',
    's=-',
    'm=message 9 TCP/MSRP *',
    'a=accept-types:*',
    'a=path:msrp://h:9/s;tcp',
    'a=setup:passive',
    '',
  ),
];

const multipart = [
  text(
    'multipart/mixed;boundary="boundary1"',
    'preamble',
    '--boundary1',
    'Content-Type: application/sdp',
    'Content-Length: 3',
    '',
    'v=0',
    '--boundary1  ',
    'Content-Type: application/resource-lists+xml',
    'Content-Disposition: recipient-list;',
    ' handling=optional',
    '',
    '<resource-lists/>',
    '--boundary1',
    '',
    'plain',
    '--boundary1--',
    'epilogue',
  ),
  text('Multipart/Related ; type="a;boundary=x" ; Boundary=b', '--b', '', '--b', '--b--'),
  text('application/sdp', 'v=0'),
];

const digest = [
  'Digest username="alice", realm="rejoin.test", nonce="k.1.ab", uri="sip:rejoin.test", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", algorithm=MD5, opaque=""',
  'Digest realm="a \\"b\\", c", nonce="x", algorithm=SHA-256, qop="auth,auth-int", stale=TRUE',
  'Basic realm="x"',
].map(utf8Encode);

export const bodySamples = { cpim, imdn, sdp, multipart, digest } as const;

export const bodyWords: readonly string[] = [
  ...[
    '\r\n',
    '\r',
    '\n',
    '\r\n\r\n',
    '\r\n ',
    ' ',
    '\t',
    '\0',
    '\u{FEFF}',
    'ÿ',
    '😀',
    ':',
    ';',
    ',',
  ],
  ...['"', '\\', '<', '>', '=', '/', '--', '--b', '--boundary1', '--boundary1--', 'boundary=', '&'],
  ...[
    'From: ',
    'To: ',
    'NS: ',
    'imdn.Message-ID: ',
    'Content-Type: ',
    'a=',
    'm=message 9 TCP/MSRP',
  ],
  ...[
    'a=path:msrp://h:9/s;tcp',
    'a=accept-types:',
    'c=IN IP4 ',
    'Digest ',
    'nc=',
    'realm="',
    '&#0;',
  ],
  ...['<imdn>', '</imdn>', '<message-id>', '<!DOCTYPE a>', '<![CDATA[', ']]>', '&amp;', '<?x?>'],
];
