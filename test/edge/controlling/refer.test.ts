import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest, SipResponse } from '../../../edge/sip/message.ts';
import { writeResourceLists } from '../../../edge/xml/resource-lists.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

function open(options: ConstructorParameters<typeof Focus>[1] = { isOpen: true }) {
  const world = new World();
  const focus = new Focus(world, options);
  const parties = inGroup(world, ['alice', 'bob', 'carol']) as Three;
  return { world, focus, parties };
}

/** A REFER with a recipient list (RFC 5368). */
function refer(party: Party, uri: string, names: readonly string[]): void {
  const list = writeResourceLists(names.map((name) => ({ uri: uriOf(name) })));
  party.send('REFER', uri, [...multiple, { name: 'Content-Type', value: listType }], list);
}

const listType = 'application/resource-lists+xml';
const multiple = [
  { name: 'Require', value: 'multiple-refer, norefersub' },
  { name: 'Refer-Sub', value: 'false' },
  { name: 'Refer-To', value: '<cid:list@alice>' },
];

test('a member of an open group adds others (RFC 5368)', () => {
  const { world, focus, parties } = open();
  const [alice, bob] = parties;
  const [dave, erin] = [new Party(world, 'dave'), new Party(world, 'erin')];
  bob.subscribe(bob.identity);
  world.run(2000);
  refer(bob, bob.identity, ['dave', 'erin', 'alice']);
  world.run(2000);
  const { status, response } = bob.responses.at(-1) ?? {};
  expect(status).toBe(202);
  expect(header(response as SipResponse, 'Refer-Sub')).toBe('false');
  expect(focus.store.events.at(-1)).toMatchObject({
    kind: 'members-added',
    members: [dave.uri, erin.uri],
  });
  for (const party of [dave, erin]) {
    const invite = party.invites[0] as SipRequest;
    expect(header(invite, 'Referred-By')).toBe(`<${bob.uri}>`);
    expect(header(invite, 'Contribution-ID')).toBe('group-1');
    expect(party.identity).toBe(alice.identity);
  }
  expect(alice.invites).toEqual([]);
  expect(bob.roster).toMatchObject({ dave: 'connected', erin: 'connected' });
  dave.say('hello');
  world.run(50);
  expect([alice.texts, bob.texts, erin.texts]).toEqual([['hello'], ['hello'], ['hello']]);
});

test('a REFER may come within the session, for one user (RFC 3515)', () => {
  const { world, focus, parties } = open();
  const [, bob] = parties;
  const dave = new Party(world, 'dave');
  bob.request('REFER', [{ name: 'Refer-To', value: `<${dave.uri};method=INVITE>` }]);
  world.run(100);
  expect(bob.responses.at(-1)?.status).toBe(202);
  expect(dave.isUp).toBe(true);
  expect(focus.store.groups.get('group-1')?.members).toHaveLength(4);
});

test('who is a member already, and not in the session, is invited again', () => {
  const { world, focus, parties } = open();
  const [, bob, carol] = parties;
  carol.bye('SIP;cause=480');
  world.run(50);
  bob.send('REFER', bob.identity, [{ name: 'Refer-To', value: `<${carol.uri}>` }]);
  world.run(100);
  expect(bob.responses.at(-1)?.status).toBe(202);
  expect(carol.invites).toHaveLength(2);
  expect(focus.store.kinds()).toEqual(['group-started']);
});

describe('a REFER is refused', () => {
  const dave = `<${uriOf('dave')}>`;
  test.each<[string, number, readonly string[]]>([
    ['400 without a user', 400, []],
    ['400 for several at once without a list', 400, [dave, `<${uriOf('erin')}>`]],
    ['400 for a list that is not there', 400, ['<cid:none@alice>']],
    ['400 for what is no user', 400, ['<http://dave.test/>']],
    ['400 for another method than INVITE', 400, [`<${uriOf('bob')};method=BYE>`]],
    ['400 for what is no address', 400, ['nonsense']],
  ])('%s', (_name, status, targets) => {
    const { world, focus, parties } = open();
    const [alice] = parties;
    const headers = targets.map((value) => ({ name: 'Refer-To', value }));
    alice.send('REFER', alice.identity, headers);
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(status);
    expect(focus.store.kinds()).toEqual(['group-started']);
  });

  test('403 in a closed group (FEAT-004)', () => {
    const { world, parties } = open({});
    const [alice] = parties;
    refer(alice, alice.identity, ['dave']);
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(403);
  });

  test('403 for who is no member', () => {
    const { world, parties } = open();
    const outsider = new Party(world, 'dave');
    refer(outsider, parties[0].identity, ['erin']);
    world.run(50);
    expect(outsider.responses.at(-1)?.status).toBe(403);
  });

  test('403 if the group would have too many members, also by several at once', () => {
    const { world, focus, parties } = open({ isOpen: true, membersMax: 4 });
    const [alice, bob] = parties;
    focus.store.mode = 'hold';
    refer(alice, alice.identity, ['dave']);
    refer(bob, bob.identity, ['erin']);
    refer(bob, bob.identity, ['dave']);
    world.run(50);
    focus.store.mode = 'store';
    focus.store.release();
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(202);
    expect(bob.responses.map(({ status }) => status)).toEqual([403, 202]);
    expect(focus.store.groups.get('group-1')?.members).toHaveLength(4);
  });

  test('404 for a group that does not run', () => {
    const { world, parties } = open();
    const [alice] = parties;
    refer(alice, uriOf('no-group'), ['dave']);
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(404);
  });

  test('503 if the store does not take it, or the group has ended meanwhile', () => {
    const { world, focus, parties } = open();
    const [alice] = parties;
    focus.store.mode = 'refuse';
    refer(alice, alice.identity, ['dave']);
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(503);
    focus.store.mode = 'hold';
    world.run(299_000);
    refer(alice, alice.identity, ['dave']);
    world.run(10_000);
    focus.store.release();
    world.run(50);
    expect(alice.responses.at(-1)?.status).toBe(503);
    expect(focus.controlling.groupEntries().groups).toBe(0);
  });
});

test('requests that a focus has no use for are refused', () => {
  const { world, parties } = open();
  const [alice] = parties;
  alice.send('INFO', alice.identity, []);
  world.run(50);
  expect(alice.responses.at(-1)?.status).toBe(481);
  alice.send('MESSAGE', alice.identity, []);
  world.run(50);
  expect(alice.responses.at(-1)?.status).toBe(405);
});
