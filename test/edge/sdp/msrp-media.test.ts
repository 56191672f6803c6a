import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { acceptedTypesMax, pathUrisMax } from '../../../edge/sdp/limit.ts';
import { type MsrpMedia, readMsrpMedia } from '../../../edge/sdp/msrp-media.ts';

const path = 'msrp://192.0.2.1:2855/iau39soe2843z;tcp';

function lines(...stream: readonly string[]): Uint8Array {
  return utf8Encode(
    ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 't=0 0', ...stream, ''].join('\r\n'),
  );
}

function minimal(...more: readonly string[]): Uint8Array {
  return lines(
    'm=message 2855 TCP/MSRP *',
    'a=accept-types:message/cpim',
    `a=path:${path}`,
    ...more,
  );
}

function media(bytes: Uint8Array): MsrpMedia {
  const read = readMsrpMedia(bytes);
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.media;
}

test('every part of an MSRP offer is read (RFC 4975 8, RFC 6135, RFC 6714, RFC 8122)', () => {
  const offer = lines(
    'c=IN IP4 192.0.2.9',
    'm=audio 4000 RTP/AVP 0',
    'm=message 2855 TCP/TLS/MSRP *',
    'c=IN IP4 192.0.2.1/127',
    'a=accept-types:message/CPIM application/im-iscomposing+xml',
    'a=accept-wrapped-types:text/plain message/imdn+xml',
    'a=setup:actpass',
    'a=path:msrps://relay.example:2855/r1;tcp msrps://192.0.2.1:2855/s1;tcp',
    'a=fingerprint:SHA-256 AB:CD',
    'a=max-size:1048576',
    'a=msrp-cema',
    'a=sendonly',
    'm=video 0 RTP/AVP 31',
  );
  expect(media(offer)).toEqual({
    port: 2855,
    proto: 'TCP/TLS/MSRP',
    isTls: true,
    path: ['msrps://relay.example:2855/r1;tcp', 'msrps://192.0.2.1:2855/s1;tcp'],
    acceptTypes: ['message/cpim', 'application/im-iscomposing+xml'],
    acceptWrappedTypes: ['text/plain', 'message/imdn+xml'],
    setup: 'actpass',
    direction: 'sendonly',
    maxSize: 1048576,
    isCema: true,
    fingerprint: 'SHA-256 AB:CD',
    connectionHost: '192.0.2.1',
    mediaBefore: ['audio 4000 RTP/AVP 0'],
    mediaAfter: ['video 0 RTP/AVP 31'],
  });
});

test('what is not said has the defaults (RFC 4975 8, RFC 8866 6.7)', () => {
  expect(media(minimal())).toEqual({
    port: 2855,
    proto: 'TCP/MSRP',
    isTls: false,
    path: [path],
    acceptTypes: ['message/cpim'],
    acceptWrappedTypes: [],
    direction: 'sendrecv',
    isCema: false,
    mediaBefore: [],
    mediaAfter: [],
  });
});

test('direction, set-up and address may stand with the session (RFC 8866 5.7, 6.7)', () => {
  const read = media(
    lines(
      'c=IN IP6 2001:db8::1',
      'a=recvonly',
      'a=setup:passive',
      'm=message 9 TCP/MSRP *',
      'a=accept-types:*',
      `a=path:${path}`,
    ),
  );
  expect(read).toMatchObject({
    direction: 'recvonly',
    setup: 'passive',
    connectionHost: '2001:db8::1',
  });
});

test('a set-up that RFC 6135 does not know and a size that is no number count as not said', () => {
  const read = media(minimal('a=setup:holdconn', 'a=max-size:many', 'a=max-size:1'));
  expect(read).not.toHaveProperty('setup');
  expect(read).not.toHaveProperty('maxSize');
});

test('the misspelt type of an open stack does not stop the session', () => {
  const read = media(
    lines(
      'm=message 9 TCP/MSRP *',
      'a=accept-types:message/cpim application/im-iscomposing+xm',
      `a=path:${path}`,
    ),
  );
  expect(read.acceptTypes).toContain('message/cpim');
});

const manyTypes = 'a/b '.repeat(acceptedTypesMax + 1);

test.each([
  ['no description', utf8Encode('hello'), 400],
  ['a description without a stream', lines(), 488],
  ['another medium', lines('m=audio 4000 RTP/AVP 0'), 488],
  ['another protocol', lines('m=message 2855 TCP/OTHER *'), 488],
  ['an m= line that stops', lines('m=message'), 488],
  ['a stream that is taken out (RFC 3264 6)', lines('m=message 0 TCP/MSRP *'), 488],
  ['a port that is no number', lines('m=message x TCP/MSRP *'), 400],
  ['a port of many digits', lines(`m=message ${'1'.repeat(17)} TCP/MSRP *`), 400],
  ['a port out of range', lines('m=message 65536 TCP/MSRP *'), 400],
  ['no path (RFC 4975 8)', lines('m=message 1 TCP/MSRP *', 'a=accept-types:*'), 400],
  ['a path of another scheme', lines('m=message 1 TCP/MSRP *', 'a=path:sip:a@b'), 400],
  ['a path without a transport', lines('m=message 1 TCP/MSRP *', 'a=path:msrp://a'), 400],
  ['a path without a host', lines('m=message 1 TCP/MSRP *', 'a=path:msrp://;tcp'), 400],
  [
    'a path of too many hops',
    lines('m=message 1 TCP/MSRP *', `a=path:${`${path} `.repeat(pathUrisMax + 1)}`),
    400,
  ],
  ['no accepted types', lines('m=message 1 TCP/MSRP *', `a=path:${path}`), 488],
  [
    'too many accepted types',
    lines('m=message 1 TCP/MSRP *', `a=path:${path}`, `a=accept-types:${manyTypes}`),
    400,
  ],
  ['too many wrapped types', minimal(`a=accept-wrapped-types:${manyTypes}`), 400],
])('%s is refused', (_, bytes, status) => {
  expect(readMsrpMedia(bytes)).toMatchObject({ kind: 'refused', status });
});

test('a description cut at any byte is read or refused', () => {
  const whole = minimal('a=setup:actpass', 'a=sendrecv', 'c=IN IP4 192.0.2.1');
  for (let length = 0; length <= whole.length; length++) {
    expect(['media', 'refused']).toContain(readMsrpMedia(whole.subarray(0, length)).kind);
  }
});

test('a description with any byte changed is read or refused', () => {
  const whole = minimal('a=setup:actpass', 'a=sendrecv', 'c=IN IP4 192.0.2.1');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = whole.slice();
      changed[at] = byte;
      expect(['media', 'refused']).toContain(readMsrpMedia(changed).kind);
    }),
    { numRuns: 300 },
  );
});
