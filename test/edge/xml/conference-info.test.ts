import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import {
  printConference,
  readConference,
  rosterOf,
  writeConference,
  writePartial,
} from '../../../edge/xml/conference-info.ts';
import type { Conference } from '../../../edge/xml/conference-merge.ts';
import { isDeparted, type Roster, type RosterStatus } from '../../../edge/xml/roster.ts';

const entity = 'sip:g7@conf.example.net';

function conference(inside: string, attributes = 'version="1"'): Conference {
  const text = `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${entity}" ${attributes}>${inside}</conference-info>`;
  return read(utf8Encode(text));
}

function read(bytes: Uint8Array): Conference {
  const result = readConference(bytes);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.conference;
}

function user(...endpoints: readonly string[]): string {
  const inside = endpoints.map((endpoint) => `<endpoint>${endpoint}</endpoint>`).join('');
  return `<users><user entity="sip:a@x">${inside}</user></users>`;
}

test('entity, version and state are read; without them the document is full and of version 0 (RFC 4575 5.1)', () => {
  expect(conference('', 'version="7" state="partial"')).toMatchObject({
    entity,
    version: 7,
    state: 'partial',
  });
  expect(conference('', 'state="deleted"')).toMatchObject({ version: 0, state: 'deleted' });
  expect(conference('', '')).toMatchObject({ version: 0, state: 'full' });
});

test.each([
  ['no document', 'x', 'not well-formed'],
  ['another document', '<other entity="a"/>', 'no conference-info with an entity'],
  ['a document without entity', '<conference-info/>', 'no conference-info with an entity'],
  ['a bad version', '<conference-info entity="a" version="x"/>', 'bad version'],
  ['a negative version', '<conference-info entity="a" version="-1"/>', 'bad version'],
  ['a version that is minus nothing', '<conference-info entity="a" version="-0"/>', 'bad version'],
  ['a version that is no number', '<conference-info entity="a" version="1e2"/>', 'bad version'],
  ['too high a version', '<conference-info entity="a" version="4294967296"/>', 'bad version'],
])('%s is refused', (_, text, reason) => {
  expect(readConference(utf8Encode(text))).toEqual({ kind: 'refused', reason });
});

test('the roster has subject, limit and users, each once (RFC 4575 5.3, 5.6)', () => {
  const roster = rosterOf(
    conference(`<conference-description><display-text>Trip</display-text>
      <maximum-user-count>10</maximum-user-count></conference-description>
      <users><user entity="sip:a@x" yourown="true"><display-text>A</display-text></user>
      <user entity="sip:a@x"/><user/><user entity="sip:b@x" state="deleted"/></users>`),
  );
  expect(roster).toEqual({
    entity,
    version: 1,
    subject: 'Trip',
    maximumUserCount: 10,
    users: [{ uri: 'sip:a@x', display: 'A', status: 'connected', isYourOwn: true }],
  });
});

test('a conference that is over has nobody in it (RFC 4575 5.1)', () => {
  expect(rosterOf(conference(user(), 'state="deleted"')).users).toEqual([]);
});

test.each<[string, readonly string[], RosterStatus]>([
  ['no endpoint', [], 'connected'],
  ['no status', [''], 'connected'],
  ['an unknown status', ['<status>x</status>'], 'connected'],
  ['on-hold', ['<status>on-hold</status>'], 'connected'],
  ['alerting', ['<status>alerting</status>'], 'pending'],
  ['disconnecting', ['<status>disconnecting</status>'], 'disconnected'],
  [
    'departed',
    ['<status>disconnected</status><disconnection-method>departed</disconnection-method>'],
    'departed',
  ],
  [
    'an unknown method',
    ['<status>disconnected</status><disconnection-method>x</disconnection-method>'],
    'disconnected',
  ],
  [
    'two endpoints, one pending',
    ['<status>disconnected</status>', '<status>pending</status>', '<status>disconnected</status>'],
    'pending',
  ],
  [
    'two endpoints, one connected',
    ['<status>pending</status>', '<status>connected</status>'],
    'connected',
  ],
])('a user with %s is %s', (_, endpoints, status) => {
  expect(rosterOf(conference(user(...endpoints))).users).toEqual([{ uri: 'sip:a@x', status }]);
});

test('a user who is gone from all endpoints has the reason of the last one', () => {
  const failed = (reason: string): string =>
    `<status>disconnected</status><disconnection-method>failed</disconnection-method>${reason}`;
  const info = (text: string): string =>
    `<disconnection-info><reason>${text}</reason></disconnection-info>`;
  const statusOf = (...endpoints: readonly string[]): unknown =>
    rosterOf(conference(user(...endpoints))).users[0];
  expect(statusOf(failed(info('SIP;cause=486')), failed(''))).toMatchObject({ status: 'failed' });
  expect(statusOf(failed(info('SIP;cause=486')))).toMatchObject({
    status: 'failed',
    reason: 'SIP;cause=486',
  });
  expect(statusOf(failed(info('SIP;cause=603')))).toMatchObject({ status: 'declined' });
});

test('an endpoint that is deleted does not count (RFC 4575 5.7)', () => {
  const users = `<users><user entity="sip:a@x"><endpoint state="deleted"><status>connected</status></endpoint>
    <endpoint><status>pending</status></endpoint></user></users>`;
  expect(rosterOf(conference(users)).users).toEqual([{ uri: 'sip:a@x', status: 'pending' }]);
});

test('who has left, was removed or has declined is no member any more', () => {
  const statuses = [
    'connected',
    'disconnected',
    'failed',
    'departed',
    'booted',
    'declined',
  ] as const;
  expect(statuses.filter((status) => isDeparted({ uri: 'a', status }))).toEqual([
    'departed',
    'booted',
    'declined',
  ]);
});

const roster: Roster = {
  entity,
  version: 3,
  subject: 'A & B',
  maximumUserCount: 50,
  users: [
    { uri: 'sip:a@x', display: 'A', status: 'connected' },
    { uri: 'sip:b@x', status: 'pending' },
    { uri: 'sip:c@x', status: 'disconnected' },
    { uri: 'sip:d@x', status: 'departed' },
    { uri: 'sip:e@x', status: 'failed', reason: 'SIP;cause=486' },
    { uri: 'sip:f@x', status: 'declined', reason: 'SIP;cause=603' },
  ],
};

test('a roster is written as a full document that reads back (RFC 4575 5)', () => {
  const bytes = writeConference(roster);
  expect(read(bytes).state).toBe('full');
  expect(rosterOf(read(bytes))).toEqual(roster);
  expect(utf8Decode(bytes)).toContain('<user-count>1</user-count>');
});

test('a user who has declined is told so without a reason of its own', () => {
  const users = [{ uri: 'sip:f@x', status: 'declined' as const }];
  expect(rosterOf(read(writeConference({ entity, version: 1, users }))).users).toEqual([
    { uri: 'sip:f@x', status: 'declined', reason: 'SIP;cause=603' },
  ]);
});

test('the receiver has the own entry marked', () => {
  const own = rosterOf(read(writeConference(roster, 'sip:b@x'))).users;
  expect(own.filter((item) => item.isYourOwn).map((item) => item.uri)).toEqual(['sip:b@x']);
});

test('a description is written if there is anything to describe', () => {
  const text = utf8Decode(writeConference({ entity, version: 1, users: [] }));
  expect(text).not.toContain('conference-description');
  const limit = writeConference({ entity, version: 1, users: [], maximumUserCount: 5 });
  expect(rosterOf(read(limit))).toEqual({ entity, version: 1, users: [], maximumUserCount: 5 });
  const subject = writeConference({ entity, version: 1, users: [], subject: 's' });
  expect(rosterOf(read(subject))).toEqual({ entity, version: 1, users: [], subject: 's' });
});

test('a partial document has what changed and who is gone (RFC 4575 4.6)', () => {
  const changes = { entity, version: 4, users: roster.users.slice(0, 1), deleted: ['sip:b@x'] };
  const text = utf8Decode(writePartial(changes, 'sip:a@x'));
  expect(text).toContain('state="partial" version="4"><users state="partial">');
  expect(text).toContain('yourown="true"');
  expect(text).toContain('<user entity="sip:b@x" state="deleted"/>');
});

test('a known conference is passed on with what we do not understand, under our own version', () => {
  const known = conference(
    '<users><user entity="sip:a@x"><p:extra xmlns:p="urn:p" p:x="1">y</p:extra></user></users>',
    'version="9" state="full" other="z" xmlns:q="urn:q" q:state="kept"',
  );
  const text = utf8Decode(printConference(known, 2));
  expect(text).toContain('version="2"');
  expect(text).toContain('other="z"');
  expect(text).toContain(':state="kept"');
  expect(text).toContain('<extra xmlns="urn:p"');
  expect(rosterOf(read(printConference(known, 2)))).toEqual({ ...rosterOf(known), version: 2 });
});
