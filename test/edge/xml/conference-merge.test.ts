import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import {
  readConference,
  rosterOf,
  writeConference,
  writePartial,
} from '../../../edge/xml/conference-info.ts';
import {
  type AppliedConference,
  applyConference,
  type Conference,
} from '../../../edge/xml/conference-merge.ts';
import { childOf, childText, type XmlElement } from '../../../edge/xml/element.ts';
import { xmlElementsMax } from '../../../edge/xml/limit.ts';

const entity = 'sip:g@x';

function read(bytes: Uint8Array): Conference {
  const result = readConference(bytes);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.conference;
}

function document(version: number, state: string, inside: string, of = entity): Conference {
  const text = `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${of}" state="${state}" version="${version}">${inside}</conference-info>`;
  return read(utf8Encode(text));
}

function applied(result: AppliedConference): Conference {
  if (result.kind !== 'applied') throw new Error(result.kind);
  return result.conference;
}

const full = document(
  5,
  'full',
  `<conference-description><subject>old</subject><conf-uris state="full">
    <entry><uri>sip:1</uri></entry><entry><uri>sip:2</uri></entry></conf-uris></conference-description>
  <users state="full"><user entity="sip:a@x" state="full" lang="en"><display-text>A</display-text>
    <endpoint entity="sip:a@1"><status>connected</status><media id="1"><type>message</type></media></endpoint>
    <call-info>1</call-info><call-info>2</call-info></user>
  <user entity="sip:b@x"/></users>`,
);

function usersOf(conference: Conference): readonly string[] {
  return rosterOf(conference).users.map((user) => `${user.uri} ${user.status}`);
}

test('the first document has to be full (RFC 4575 4.6)', () => {
  expect(applyConference(undefined, full)).toEqual({ kind: 'applied', conference: full });
  expect(applyConference(undefined, document(5, 'partial', ''))).toEqual({ kind: 'gap' });
});

test('a full document replaces everything, whatever its version (RFC 4575 4.6)', () => {
  const other = document(1, 'full', '', 'sip:other@x');
  expect(applyConference(full, other)).toEqual({ kind: 'applied', conference: other });
});

test('an old partial document is ignored, a later one than the next is a gap (RFC 4575 4.6)', () => {
  expect(applyConference(full, document(5, 'partial', ''))).toEqual({ kind: 'ignored' });
  expect(applyConference(full, document(7, 'partial', ''))).toEqual({ kind: 'gap' });
  expect(applyConference(full, document(6, 'partial', '', 'sip:other@x'))).toEqual({
    kind: 'ignored',
  });
});

test('a conference may end, and is not changed by parts after that (RFC 4575 5.1)', () => {
  const over = applied(applyConference(full, document(6, 'deleted', '')));
  expect(over.state).toBe('deleted');
  expect(applyConference(over, document(7, 'partial', ''))).toEqual({ kind: 'gap' });
});

test('users are added, changed and taken out by their entity (RFC 4575 5.6)', () => {
  const next = applied(
    applyConference(
      full,
      document(
        6,
        'partial',
        `<users state="partial"><user entity="sip:c@x" state="full"/><user entity="sip:b@x" state="deleted"/>
        <user entity="sip:nobody@x" state="deleted"/><user entity="sip:d@x" state="partial"/></users>`,
      ),
    ),
  );
  expect(usersOf(next)).toEqual(['sip:a@x connected', 'sip:c@x connected', 'sip:d@x connected']);
  expect(next).toMatchObject({ version: 6, state: 'full' });
});

test('a partial user keeps what is not told, down to the media (RFC 4575 5.7, 5.8)', () => {
  const next = applied(
    applyConference(
      full,
      document(
        6,
        'partial',
        `<users state="partial"><user entity="sip:a@x" state="partial">
          <endpoint entity="sip:a@1" state="partial"><status>on-hold</status><media id="2"/></endpoint>
          <call-info>3</call-info><call-info>4</call-info></user></users>`,
      ),
    ),
  );
  const user = childOf(childOf(next.root, 'users'), 'user');
  const endpoint = childOf(user, 'endpoint');
  expect(childText(user, 'display-text')).toBe('A');
  expect(childText(endpoint, 'status')).toBe('on-hold');
  expect(endpoint?.children.map((child) => child.name)).toEqual(['status', 'media', 'media']);
  expect(user?.children.map((child: XmlElement) => child.text)).toEqual(['A', '', '3', '4']);
  expect(user?.attributes.map(({ name, value }) => [name, value])).toEqual([
    ['lang', 'en'],
    ['entity', 'sip:a@x'],
    ['state', 'full'],
  ]);
});

test('an element that says nothing of its state replaces the known one (RFC 4575 5)', () => {
  const next = applied(
    applyConference(full, document(6, 'partial', '<users><user entity="sip:z@x"/></users>')),
  );
  expect(usersOf(next)).toEqual(['sip:z@x connected']);
  expect(rosterOf(next).subject).toBe('old');
});

test('entries of a list of URIs are told apart by the URI, text is replaced by text (RFC 4575 5.3)', () => {
  const next = applied(
    applyConference(
      full,
      document(
        6,
        'partial',
        `<conference-description state="partial">new<subject state="partial">text</subject>
        <conf-uris state="partial"><entry><uri>sip:2</uri><purpose>x</purpose></entry><entry/></conf-uris>
        </conference-description>`,
      ),
    ),
  );
  const description = childOf(next.root, 'conference-description');
  expect(description?.text.trim()).toBe('new');
  expect(childText(description, 'subject')).toBe('text');
  expect(
    childOf(description, 'conf-uris')?.children.map((entry) => childText(entry, 'uri')),
  ).toEqual(['sip:1', 'sip:2', undefined]);
});

test('our own partial documents lead to the roster that they were made for', () => {
  const known = read(
    writeConference({
      entity,
      version: 1,
      users: [
        { uri: 'sip:a@x', status: 'connected' },
        { uri: 'sip:b@x', status: 'pending' },
        { uri: 'sip:c@x', status: 'connected' },
      ],
    }),
  );
  const users = [{ uri: 'sip:b@x', status: 'departed' as const }];
  const changes = { entity, version: 2, users, deleted: ['sip:c@x'] };
  expect(usersOf(applied(applyConference(known, read(writePartial(changes)))))).toEqual([
    'sip:a@x connected',
    'sip:b@x departed',
  ]);
});

test('a conference does not grow beyond its bound', () => {
  const users = (from: number): string =>
    `<users state="partial">${Array.from({ length: xmlElementsMax - 10 }, (_, index) => `<user entity="${from + index}"/>`).join('')}</users>`;
  const large = applied(applyConference(full, document(6, 'full', users(0))));
  expect(applyConference(large, document(7, 'partial', users(xmlElementsMax)))).toEqual({
    kind: 'ignored',
  });
});
