import { describe, expect, it } from 'vitest';
import { findPart, parseMultipart, printMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Decode, utf8Encode } from '../../../edge/bytes/text.ts';
import {
  firstMessageOf,
  focusContact,
  groupInfoOf,
  instanceOf,
  invitationBody,
  invitedUsers,
  isListed,
  listType,
  mediaOf,
  repeatedHeaders,
  restartBody,
  sdpOf,
  sdpType,
  tagParam,
  withoutTag,
} from '../../../edge/participating/invitation-text.ts';
import { repeatedHeaderBytesMax, rosterUsersMax } from '../../../edge/participating/limit.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { readResourceLists, writeResourceLists } from '../../../edge/xml/resource-lists.ts';

const sdp = utf8Encode(
  [
    'v=0',
    'o=- 1 1 IN IP4 cf.test',
    's=-',
    'c=IN IP4 cf.test',
    't=0 0',
    'm=message 2855 TCP/MSRP *',
    'a=path:msrp://cf.test:2855/session;tcp',
    'a=accept-types:message/cpim',
    'a=accept-wrapped-types:text/plain message/imdn+xml',
    '',
  ].join('\r\n'),
);

type Headers = Readonly<Record<string, string>>;

function invite(headers: Headers, body: Uint8Array = new Uint8Array(0)): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:bob@rejoin.test',
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body,
  };
}

function withParts(headers: Headers, ...parts: readonly (readonly [string, Uint8Array])[]) {
  const { contentType, body } = printMultipart(
    parts.map(([type, part]) => ({ headers: [], contentType: type, body: part })),
    'boundary',
  );
  return invite({ ...headers, 'Content-Type': contentType }, body);
}

function list(...uris: readonly string[]): readonly [string, Uint8Array] {
  return [listType, writeResourceLists(uris.map((uri) => ({ uri, copyControl: 'to' })))];
}

describe('what an invitation says of the media', () => {
  const bare = invite({ 'Content-Type': sdpType }, sdp);
  const rows: readonly (readonly [string, SipRequest, Uint8Array | undefined])[] = [
    ['its body', bare, sdp],
    ['a part of its body', withParts({}, [sdpType, sdp], list('sip:a@b')), sdp],
    ['nothing without a type', invite({}, sdp), undefined],
    ['nothing without a body', invite({ 'Content-Type': sdpType }), undefined],
    ['nothing in another type', invite({ 'Content-Type': 'text/plain' }, sdp), undefined],
    [
      'nothing in a body that is no multipart',
      invite({ 'Content-Type': 'multipart/mixed' }, sdp),
      undefined,
    ],
  ];
  for (const [where, request, found] of rows) {
    it(`is read from ${where}`, () => {
      expect(sdpOf(request)).toEqual(found);
      expect(mediaOf(request).kind).toBe(found === undefined ? 'refused' : 'media');
    });
  }

  it('is refused with 488 if there is none, and with its own status if it is unreadable', () => {
    expect(mediaOf(invite({}))).toMatchObject({ kind: 'refused', status: 488 });
    const foreign = invite({ 'Content-Type': 'application/isup' }, utf8Encode('nonsense'));
    expect(mediaOf(foreign)).toMatchObject({ kind: 'refused', status: 415 });
    expect(mediaOf(undefined)).toMatchObject({ kind: 'refused', status: 488 });
    const broken = invite({ 'Content-Type': sdpType }, utf8Encode('nonsense'));
    expect(mediaOf(broken)).toMatchObject({ kind: 'refused', status: 400 });
    const tls = utf8Encode(utf8Decode(sdp).replace('TCP/MSRP', 'TCP/TLS/MSRP'));
    expect(mediaOf(invite({ 'Content-Type': sdpType }, tls))).toMatchObject({ status: 488 });
  });
});

describe('what an invitation says of the session', () => {
  const kept = {
    'Contribution-ID': 'c1',
    Subject: 'tea',
    'P-Asserted-Identity': '<sip:group@cf.test>',
  };

  it('is repeated, but for what belongs to one dialog, hop or body [000 steps 11-12]', () => {
    const request = invite({
      Via: 'SIP/2.0/TCP cf.test;branch=z9hG4bK1',
      From: '<sip:group@cf.test>;tag=1',
      'Call-ID': '1@cf',
      Contact: '<sip:group@cf.test>;isfocus',
      'Content-Type': sdpType,
      'Session-Expires': '1800',
      ...kept,
    });
    const headers = Object.entries(kept).map(([name, value]) => ({ name, value }));
    expect(repeatedHeaders(request)).toEqual(headers);
  });

  it('is repeated up to a bound', () => {
    const long = 'x'.repeat(repeatedHeaderBytesMax - 20);
    const request = invite({ 'Contribution-ID': 'c1', Subject: long, 'X-More': 'y' });
    expect(repeatedHeaders(request).map(({ name }) => name)).toEqual(['Contribution-ID']);
  });

  type Row = readonly [string | undefined, string | undefined, string | undefined];
  const contactRows: readonly Row[] = [
    ['<sip:g@cf.test>;isfocus', 'sip:g@cf.test', undefined],
    ['<sip:g@cf.test>;ISFOCUS', 'sip:g@cf.test', undefined],
    ['<sip:b@1.2.3.4>;+sip.instance="<urn:uuid:1>"', undefined, '<urn:uuid:1>'],
    ['<sip:b@1.2.3.4>', undefined, undefined],
    ['nonsense<', undefined, undefined],
    [undefined, undefined, undefined],
  ];
  for (const [contact, focus, instance] of contactRows) {
    it(`is told by the Contact ${contact}: the focus ${focus}, the device ${instance}`, () => {
      const request = invite(contact === undefined ? {} : { Contact: contact });
      expect(focusContact(request)).toBe(focus);
      expect(instanceOf(request)).toBe(instance);
    });
  }

  it('is kept for the next invitation: of a group, or of two users', () => {
    const media = mediaOf(invite({ 'Content-Type': sdpType }, sdp));
    if (media.kind === 'refused') throw new Error(media.reason);
    const ofGroup = { From: '"G" <sip:g@cf.test>;tag=1', Contact: '<sip:g@cf.test>;isfocus' };
    expect(groupInfoOf(invite({ ...ofGroup, ...kept }), 'sip:g@cf.test', media.media)).toEqual({
      identity: 'sip:g@cf.test',
      headers: Object.entries(kept).map(([name, value]) => ({ name, value })),
      from: '<sip:g@cf.test>',
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['text/plain', 'message/imdn+xml'],
    });
    expect(groupInfoOf(invite({}), 'sip:a@rejoin.test', media.media)).toMatchObject({
      kind: 'one-to-one',
      from: '',
    });
  });

  it('names a From without its tag', () => {
    expect(withoutTag('"Bob" <sip:bob@rejoin.test>;tag=77')).toBe('<sip:bob@rejoin.test>');
    expect(withoutTag('nonsense<')).toBe('nonsense<');
  });

  it('may have the first message in it', () => {
    const message = utf8Encode('From: <sip:a@rejoin.test>\r\n\r\n');
    const request = withParts({}, [sdpType, sdp], ['message/cpim', message]);
    expect(firstMessageOf(request)?.body).toEqual(message);
    expect(firstMessageOf(invite({ 'Content-Type': sdpType }, sdp))).toBeUndefined();
    expect(firstMessageOf(invite({}))).toBeUndefined();
  });
});

describe('whom an invitation names', () => {
  const user = 'sip:bob@rejoin.test';

  it('are the inviter, the listed ones and the invited user, each once [C-08]', () => {
    const listed = list('sip:carol@rejoin.test', 'sip:alice@rejoin.test', user);
    const request = withParts(
      { 'P-Asserted-Identity': '<sip:alice@rejoin.test>' },
      [sdpType, sdp],
      listed,
    );
    expect(invitedUsers(request, user)).toEqual([
      'sip:alice@rejoin.test',
      'sip:carol@rejoin.test',
      'sip:bob@rejoin.test',
    ]);
    expect(isListed(request)).toBe(true);
  });

  it('has as inviter the one who referred, if somebody has', () => {
    const headers = {
      'Referred-By': '<sip:dave@rejoin.test>',
      'P-Asserted-Identity': '<sip:group@cf.test>',
    };
    expect(invitedUsers(invite(headers), user)).toEqual(['sip:dave@rejoin.test', user]);
  });

  it('are read as far as they can be', () => {
    const bare = invite({ 'Content-Type': sdpType }, sdp);
    const badList = withParts({}, [listType, utf8Encode('<nonsense')]);
    const unnamed = withParts({ 'Referred-By': 'nonsense<' }, list('tel-less', 'sip:x@y.test'));
    expect(invitedUsers(invite({}), user)).toEqual([user]);
    expect(invitedUsers(bare, user)).toEqual([user]);
    expect(invitedUsers(badList, user)).toEqual([user]);
    expect(invitedUsers(unnamed, user)).toEqual(['sip:x@y.test', user]);
    expect([isListed(invite({})), isListed(bare), isListed(badList)]).toEqual([false, false, true]);
  });

  it('are as many as may be', () => {
    const uris = Array.from({ length: rosterUsersMax + 5 }, (_, index) => `sip:u${index}@r.test`);
    expect(invitedUsers(withParts({}, list(...uris)), user)).toHaveLength(rosterUsersMax);
  });
});

describe('what our invitations say', () => {
  const roster = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'];

  it('is the description alone if there is nobody to list', () => {
    const { headers, body } = invitationBody(sdp, { roster: [] }, 'b1');
    expect(headers).toEqual([{ name: 'Content-Type', value: sdpType }]);
    expect(body).toBe(sdp);
  });

  for (const [what, made, disposition] of [
    [
      'to a client',
      invitationBody(sdp, { roster }, 'b1'),
      'recipient-list-history; handling=optional',
    ],
    ['to a focus', restartBody(sdp, roster, 'b1'), 'recipient-list'],
  ] as const) {
    it(`${what} is the description and the list of participants [C-08, RFC 5366]`, () => {
      const message = { ...invite({}), headers: made.headers };
      const parts = parseMultipart(header(message, 'Content-Type') ?? '', made.body) ?? [];
      expect(findPart(parts, sdpType)?.body).toEqual(sdp);
      const part = findPart(parts, listType);
      const read = readResourceLists(part?.body ?? new Uint8Array(0));
      const uris = read.kind === 'recipients' ? read.recipients.map(({ uri }) => uri) : [];
      expect(uris).toEqual(roster);
      expect(utf8Decode(made.body)).toContain(`Content-Disposition: ${disposition}\r\n`);
      expect(header(message, 'Require')).toBe(
        what === 'to a focus' ? 'recipient-list-invite' : undefined,
      );
    });
  }

  it('may be the description and the first message, without a list [O-11]', () => {
    const first = { contentType: 'message/cpim', body: utf8Encode('hello') };
    const stored = { ...first, messageId: 'm1', receivedAtMs: 0 };
    const made = invitationBody(sdp, { roster: [], first: stored }, 'b1');
    const message = { ...invite({}), headers: made.headers };
    const parts = parseMultipart(header(message, 'Content-Type') ?? '', made.body) ?? [];
    expect(parts.map(({ contentType }) => contentType)).toEqual([sdpType, 'message/cpim']);
    expect(parts[1]?.body).toEqual(first.body);
  });

  it('is tagged as a parameter of Contact and Accept-Contact', () => {
    expect(tagParam('urn%3Aurn-7')).toBe('+g.3gpp.icsi-ref="urn%3Aurn-7"');
  });
});
