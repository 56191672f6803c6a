import { expect, test } from 'vitest';
import { utf8Decode } from '../../../edge/bytes/text.ts';
import { describe as describeMedia, reasonHeader } from '../../../edge/controlling/invitation.ts';

const description = {
  setup: 'actpass',
  direction: 'sendrecv',
  messageBytesMax: 1000,
  sessionId: 1,
  version: 2,
  mediaBefore: [],
  mediaAfter: [],
} as const;

test.each([
  ['msrp://a.test:7654/s;tcp', 'c=IN IP4 a.test', 'm=message 7654 TCP/MSRP *'],
  ['msrps://a.test/s;tcp', 'c=IN IP4 a.test', 'm=message 2855 TCP/TLS/MSRP *'],
  ['msrp://[::1]:9/s;tcp', 'c=IN IP6 ::1', 'm=message 9 TCP/MSRP *'],
  ['', 'c=IN IP4 ', 'm=message 2855 TCP/MSRP *'],
])('a description says where its path %s leads (RFC 4975 8.1)', (path, connection, media) => {
  const lines = utf8Decode(describeMedia({ ...description, path })).split('\r\n');
  expect(lines).toContain(connection);
  expect(lines).toContain(media);
  expect(lines).toContain(`a=path:${path}`);
});

test('a reason is of protocol SIP, its text quoted (RFC 3326)', () => {
  expect(reasonHeader(410, 'Gone')).toEqual({
    name: 'Reason',
    value: 'SIP;cause=410;text="Gone"',
  });
});
