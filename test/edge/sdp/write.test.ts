import { expect, test } from 'vitest';
import { utf8Decode } from '../../../edge/bytes/text.ts';
import { readMsrpMedia } from '../../../edge/sdp/msrp-media.ts';
import { type MsrpDescription, writeMsrpSdp } from '../../../edge/sdp/write.ts';

const offer: MsrpDescription = {
  host: '192.0.2.1',
  port: 2855,
  path: ['msrp://192.0.2.1:2855/s1;tcp'],
  acceptTypes: ['message/cpim'],
  acceptWrappedTypes: ['text/plain', 'message/imdn+xml'],
  setup: 'actpass',
  direction: 'sendrecv',
  sessionId: 7,
  version: 1,
  isTls: false,
};

test('an offer has the lines of RFC 4975 in the usual order (RFC 4975 8)', () => {
  expect(utf8Decode(writeMsrpSdp(offer)).split('\r\n')).toEqual([
    'v=0',
    'o=- 7 1 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    'm=message 2855 TCP/MSRP *',
    'a=accept-types:message/cpim',
    'a=accept-wrapped-types:text/plain message/imdn+xml',
    'a=setup:actpass',
    'a=path:msrp://192.0.2.1:2855/s1;tcp',
    'a=sendrecv',
    '',
  ]);
});

test('an answer takes out the other streams of the offer in their places (RFC 3264 6)', () => {
  const text = utf8Decode(
    writeMsrpSdp({ ...offer, mediaBefore: ['audio 4000 RTP/AVP 0 8'], mediaAfter: [''] }),
  );
  expect(text.match(/^m=.*$/gm)?.map((line) => line.trim())).toEqual([
    'm=audio 0 RTP/AVP 0 8',
    'm=message 2855 TCP/MSRP *',
    'm= 0',
  ]);
});

test('what is written over TLS and IPv6 reads back (RFC 4975 8, RFC 8122)', () => {
  const description: MsrpDescription = {
    ...offer,
    host: '[2001:db8::1]',
    path: ['msrps://[2001:db8::1]:2855/s1;tcp'],
    acceptWrappedTypes: [],
    isTls: true,
    fingerprint: 'SHA-256 AB:CD',
    maxSize: 1000,
    isCema: true,
  };
  const { host: _host, sessionId: _id, version: _version, ...read } = description;
  expect(readMsrpMedia(writeMsrpSdp(description))).toEqual({
    kind: 'media',
    media: {
      ...read,
      proto: 'TCP/TLS/MSRP',
      connectionHost: '2001:db8::1',
      mediaBefore: [],
      mediaAfter: [],
    },
  });
});
