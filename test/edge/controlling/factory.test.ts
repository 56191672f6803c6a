import { describe, expect, test } from 'vitest';
import { findPart, parseMultipart } from '../../../edge/bytes/multipart.ts';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { header } from '../../../edge/sip/header.ts';
import type { Header, SipRequest } from '../../../edge/sip/message.ts';
import { readResourceLists, writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import { domain, Focus, factory, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';
import { nameOf } from './watcher.ts';

function listOf(invite: SipRequest) {
  const parts = parseMultipart(header(invite, 'Content-Type') ?? '', invite.body) ?? [];
  const part = findPart(parts, 'application/resource-lists+xml');
  const read = readResourceLists(part?.body ?? new Uint8Array());
  const users = read.kind === 'recipients' ? read.recipients.map(({ uri }) => nameOf(uri)) : [];
  const disposition = part?.headers.find(({ name }) => name === 'Content-Disposition')?.value;
  return { users, disposition };
}

test('an INVITE to the factory makes a group and invites the others (RFC 5366 5, CF-018)', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob', 'carol']) as [Party, Party, Party];
  expect(alice.identity).toMatch(new RegExp(`^sip:[^@]+@${domain}$`));
  const [invite] = bob.invites as [SipRequest];
  expect(invite.uri).toBe(bob.uri);
  const contact = header(invite, 'Contact');
  expect(contact).toContain(`<${alice.identity}>;isfocus`);
  expect(header(invite, 'P-Asserted-Identity')).toBe(`<${alice.uri}>`);
  expect(header(invite, 'Referred-By')).toBe(`<${alice.uri}>`);
  expect(header(invite, 'P-Asserted-Service')).toBe(
    'urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session',
  );
  expect(header(invite, 'Accept-Contact')).toBe(
    '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session"',
  );
  expect(header(invite, 'Contribution-ID')).toBe('group-1');
  expect(header(invite, 'Conversation-ID')).toBeTruthy();
  expect(header(invite, 'Subject')).toBe('Trip');
  expect(header(invite, 'User-Agent')).toContain('CPM-serv');
  expect(listOf(invite)).toEqual({
    users: ['alice', 'bob', 'carol'],
    disposition: 'recipient-list-history; handling=optional',
  });
  expect(focus.store.groups.get('group-1')).toMatchObject({
    phase: 'active',
    isClosed: true,
    identity: alice.identity,
    creator: alice.uri,
    members: [alice.uri, bob.uri, uriOf('carol')],
  });
  expect(focus.controlling.groupEntries()).toEqual({ groups: 1, members: 3 });
});

test('what a creator says of the group is said to all, with the tag of the settings (decision D-08)', () => {
  const world = new World();
  new Focus(world, { featureTag: 'urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session.group' });
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  alice.create(['bob'], { headers: [{ name: 'Conversation-ID', value: 'talk-1' }] });
  world.run(50);
  const [invite] = bob.invites as [SipRequest];
  expect(header(invite, 'Conversation-ID')).toBe('talk-1');
  expect(header(invite, 'Subject')).toBeUndefined();
  expect(header(invite, 'P-Asserted-Service')).toMatch(/^urn:urn-7:.*session\.group$/);
});

test('who is hidden in the list is invited, and not shown to the others (RFC 5364 4)', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => new Party(world, name));
  alice?.create(['bob', { uri: uriOf('carol'), copyControl: 'bcc' }]);
  world.run(50);
  expect(carol?.invites).toHaveLength(1);
  expect(listOf(bob?.invites[0] as SipRequest).users).toEqual(['alice', 'bob']);
});

test('the creator has its 200 only when the store has the group', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  focus.store.mode = 'hold';
  alice.create(['bob']);
  world.run(5000);
  expect(world.answers('INVITE', 'alice')).toEqual([]);
  expect(bob.invites).toEqual([]);
  focus.store.release();
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([200]);
  expect(bob.isUp).toBe(true);
});

describe('an INVITE to the factory is refused', () => {
  const list = writeResourceLists([{ uri: uriOf('bob') }]);
  const named: readonly Header[] = [{ name: 'Contribution-ID', value: 'c' }];
  const many = Array.from({ length: 10 }, (_, index) => ({ uri: uriOf(`user${index}`) }));
  const long = 'x'.repeat(257);
  test.each<[string, number, readonly Header[], Uint8Array | undefined]>([
    ['403 without an asserted caller', 403, [{ name: 'P-Asserted-Identity', value: '' }], list],
    [
      '403 if the caller is no user',
      403,
      [{ name: 'P-Asserted-Identity', value: '<http://a>' }],
      list,
    ],
    ['400 without a Contribution-ID', 400, [], list],
    ['400 if that is too long', 400, [{ name: 'Contribution-ID', value: long }], list],
    [
      '400 if the Conversation-ID is',
      400,
      [...named, { name: 'Conversation-ID', value: long }],
      list,
    ],
    ['400 if the subject is', 400, [...named, { name: 'Subject', value: 'x'.repeat(1025) }], list],
    ['400 with a list that is none', 400, named, utf8Encode('<other/>')],
    ['400 without a list', 400, named, undefined],
    ['400 with nobody else in it', 400, named, writeResourceLists([{ uri: uriOf('alice') }])],
    ['403 with too many members', 403, named, writeResourceLists(many)],
  ])('%s', (_name, status, headers, body) => {
    const world = new World();
    const focus = new Focus(world);
    const alice = new Party(world, 'alice');
    alice.call(factory, headers, body);
    world.run(50);
    expect(world.answers('INVITE', 'alice')).toEqual([status]);
    expect(focus.store.events).toEqual([]);
    expect(focus.controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
  });

  test('403 if a stranger asserts the caller (RFC 3325 9.1)', () => {
    const world = new World();
    new Focus(world);
    const stranger = new Party(world, 'stranger');
    stranger.create(['bob']);
    world.run(50);
    expect(world.answers('INVITE', 'stranger')).toEqual([403]);
  });

  test.each<[string, Party['sdp'], number]>([
    ['488 for media without a type in common (RFC 4975 8.6)', { acceptTypes: ['text/plain'] }, 488],
    ['488 for TLS where there is none', { isTls: true }, 488],
    ['400 for a description without a path', { path: [] }, 400],
  ])('%s', (_name, sdp, status) => {
    const world = new World();
    new Focus(world);
    const alice = new Party(world, 'alice');
    alice.sdp = sdp;
    alice.create(['bob']);
    world.run(50);
    expect(world.answers('INVITE', 'alice')).toEqual([status]);
  });

  test.each([
    ['488 without a session description', '', 0, 488],
    ['415 for a body that describes none (RFC 3261 8.2.3)', 'application/isup', 9, 415],
  ])('%s', (_what, value, bytes, status) => {
    const world = new World();
    new Focus(world);
    const alice = new Party(world, 'alice');
    const type = { name: 'Content-Type', value };
    alice.callWith(factory, [...named, type], new Uint8Array(bytes));
    world.run(50);
    expect(world.answers('INVITE', 'alice')).toEqual([status]);
  });

  test('503 if the store does not take the group, and nobody is invited', () => {
    const world = new World();
    const focus = new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    focus.store.mode = 'refuse';
    alice.create(['bob']);
    world.run(50);
    expect(world.answers('INVITE', 'alice')).toEqual([503]);
    expect(header(alice.refusals[0]?.response as never, 'Retry-After')).toBe('10');
    expect(bob.invites).toEqual([]);
    expect(focus.controlling.groupEntries().groups).toBe(0);
  });

  test('503 if the store does not answer whether the group is known', () => {
    const world = new World();
    const focus = new Focus(world);
    const alice = new Party(world, 'alice');
    focus.store.lookups = 'fault';
    alice.create(['bob']);
    world.run(50);
    expect(world.answers('INVITE', 'alice')).toEqual([503]);
  });
});

describe('a creator who gives up', () => {
  test('while the group is looked up leaves nothing behind', () => {
    const world = new World();
    const focus = new Focus(world);
    const alice = new Party(world, 'alice');
    focus.store.lookups = 'hold';
    alice.create(['bob']);
    world.run(500);
    alice.cancel();
    world.run(50);
    focus.store.release();
    world.run(50);
    expect(alice.refusals[0]?.status).toBe(487);
    expect(focus.store.events).toEqual([]);
    expect(focus.controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
  });

  test('while the group is being stored leaves a group that can be re-started', () => {
    const world = new World();
    const focus = new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    focus.store.mode = 'hold';
    alice.create(['bob']);
    world.run(500);
    alice.cancel();
    world.run(50);
    focus.store.mode = 'store';
    focus.store.release();
    world.run(50);
    expect(bob.invites).toEqual([]);
    expect(focus.store.groups.get('group-1')?.phase).toBe('ended');
    alice.create(['bob']);
    world.run(50);
    expect(focus.store.kinds()).toEqual(['group-started', 'group-ended', 'group-restarted']);
    expect(bob.isUp).toBe(true);
  });

  test('while another one opens the group is passed over', () => {
    const world = new World();
    const focus = new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    focus.store.mode = 'hold';
    alice.create(['bob']);
    world.run(300);
    bob.create(['alice']);
    world.run(300);
    bob.cancel();
    world.run(50);
    focus.store.mode = 'store';
    focus.store.release();
    world.run(50);
    expect(bob.refusals[0]?.status).toBe(487);
    expect(bob.isUp).toBe(true);
    expect(focus.controlling.groupEntries()).toEqual({ groups: 1, members: 2 });
  });
});

test('who asks the factory for a group that runs joins it', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = inGroup(world, ['alice', 'bob', 'carol']) as [Party, Party, Party];
  const { identity } = bob;
  world.cut('bob');
  bob.create(['alice', 'carol']);
  world.run(50);
  expect(bob.identity).toBe(identity);
  expect(focus.store.kinds()).toEqual(['group-started']);
  alice.say('hello');
  world.run(50);
  expect(bob.texts).toEqual(['hello']);
});

test('members who open a group at the same time meet in one session', () => {
  const world = new World();
  const focus = new Focus(world);
  const names = ['alice', 'bob', 'carol'];
  const parties = names.map((name) => new Party(world, name));
  for (const party of parties) party.create(names.filter((name) => name !== party.name));
  world.run(300);
  expect(new Set(parties.map(({ identity }) => identity)).size).toBe(1);
  expect(focus.store.kinds()).toEqual(['group-started']);
  expect(parties.map(({ isUp }) => isUp)).toEqual([true, true, true]);
  parties[0]?.say('one');
  world.run(50);
  expect(parties.map(({ texts }) => texts)).toEqual([[], ['one'], ['one']]);
});

test('entries of the list that are no users are left out', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  alice.create(['bob', { uri: 'http://web.test/' }, { uri: 'SIP:bob@REJOIN.test;user=phone' }]);
  world.run(50);
  expect(bob.invites).toHaveLength(1);
  expect(focus.store.groups.get('group-1')?.members).toEqual([alice.uri, bob.uri]);
});

test('a provisioned factory address is known in any case of letters', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  const headers = [{ name: 'Contribution-ID', value: 'c' }];
  alice.call(`sip:Conference-Factory@${domain}`, headers, writeResourceLists([{ uri: bob.uri }]));
  world.run(50);
  expect(alice.isUp && bob.isUp).toBe(true);
});
