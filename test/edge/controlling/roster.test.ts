import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipResponse } from '../../../edge/sip/message.ts';
import { rosterOf } from '../../../edge/xml/conference-info.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

function three(options: ConstructorParameters<typeof Focus>[1] = {}) {
  const world = new World();
  const focus = new Focus(world, options);
  return { world, focus, parties: inGroup(world, ['alice', 'bob', 'carol']) as Three };
}

function answered(party: Party): { status: number; response: SipResponse } {
  const { status = 0, response } = party.responses.at(-1) ?? {};
  return { status, response: response as SipResponse };
}

test('a member who subscribes gets the whole roster at once (CF-002, CF-007, CF-010, CF-011, RFC 4575)', () => {
  const { world, parties } = three();
  const [, bob] = parties;
  bob.subscribe(bob.identity);
  world.run(50);
  const { status, response } = answered(bob);
  expect(status).toBe(200);
  expect(header(response, 'Expires')).toBe('3600');
  expect(header(response, 'Contact')).toContain(`<${bob.identity}>;isfocus`);
  const [notified] = bob.notified as [Party['notified'][0]];
  expect(bob.notified).toHaveLength(1);
  expect(notified.state).toBe('active;expires=3600');
  expect(header(notified.request, 'Event')).toBe('conference');
  expect(notified.document).toMatchObject({ entity: bob.identity, version: 1, state: 'full' });
  const roster = rosterOf(notified.document);
  expect(roster).toMatchObject({ subject: 'Trip', maximumUserCount: 10 });
  expect(roster.users.map(({ uri, isYourOwn }) => [uri, isYourOwn])).toEqual([
    [uriOf('alice'), undefined],
    [uriOf('bob'), true],
    [uriOf('carol'), undefined],
  ]);
});

test('changes come as partial documents whose versions rise by one (CF-012, RFC 4575 4.6)', () => {
  const { world, parties } = three();
  const [, bob, carol] = parties;
  bob.subscribe(bob.identity);
  world.run(2000);
  carol.bye('SIP;cause=480');
  world.run(2000);
  carol.call(bob.identity);
  world.run(2000);
  carol.bye('SIP;cause=200;text="Call completed"');
  world.run(2000);
  expect(bob.notified.map(({ document }) => [document.version, document.state])).toEqual([
    [1, 'full'],
    [2, 'partial'],
    [3, 'partial'],
    [4, 'partial'],
  ]);
  expect(bob.roster).toEqual({ alice: 'connected', bob: 'connected', carol: 'departed' });
  const [user] = rosterOf(bob.notified[1]?.document as never).users;
  expect(user).toMatchObject({ uri: carol.uri, status: 'disconnected', reason: 'SIP;cause=480' });
});

test('notifications of one subscription keep a second apart, and changes between are collected', () => {
  const world = new World();
  new Focus(world);
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
  const parties = names.map((name) => new Party(world, name)) as [Party, ...Party[]];
  for (const party of parties.slice(1)) party.onInvite = 'leave';
  parties[0].create(names.slice(1));
  world.run(50);
  const [alice] = parties;
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toMatchObject({ bob: 'pending', erin: 'pending' });
  for (const party of parties.slice(1)) {
    party.answer(200);
    world.run(100);
  }
  world.run(3000);
  const times = alice.notified.map(({ atMs }) => atMs);
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000);
  expect(new Set(Object.values(alice.roster))).toEqual(new Set(['connected']));
});

test('a NOTIFY waits for the answer to the one before', () => {
  const { world, parties } = three();
  const [, bob, carol] = parties;
  bob.onNotify = 'leave';
  bob.subscribe(bob.identity);
  world.run(2000);
  carol.bye('SIP;cause=480');
  world.run(5000);
  carol.call(bob.identity);
  world.run(5000);
  expect(bob.notified).toHaveLength(1);
  bob.answerNotifies(200);
  world.run(50);
  expect(bob.notified).toHaveLength(2);
  expect(bob.roster).toMatchObject({ carol: 'connected' });
});

describe('a refresh (CF-003 to CF-006)', () => {
  test('brings the whole roster again', () => {
    const { world, parties } = three({ groupIdleMs: 0 });
    const [, bob] = parties;
    bob.subscribe(bob.identity, [{ name: 'Expires', value: '600' }]);
    world.run(599_000);
    bob.resubscribe(600);
    world.run(50);
    expect(answered(bob).status).toBe(200);
    expect(bob.notified.map(({ state }) => state)).toEqual([
      'active;expires=600',
      'active;expires=600',
    ]);
    expect(bob.notified.at(-1)?.document).toMatchObject({ state: 'full', version: 2 });
  });

  test('while a NOTIFY is unanswered comes after its answer', () => {
    const { world, parties } = three();
    const [, bob] = parties;
    bob.onNotify = 'leave';
    bob.subscribe(bob.identity);
    world.run(50);
    bob.resubscribe(600);
    world.run(50);
    expect(bob.notified).toHaveLength(1);
    bob.answerNotifies(200);
    world.run(50);
    expect(bob.notified.map(({ document }) => document.state)).toEqual(['full', 'full']);
  });

  test('with Expires 0 ends the subscription', () => {
    const { world, focus, parties } = three();
    const [, bob, carol] = parties;
    const { counts } = focus.controlling;
    bob.subscribe(bob.identity);
    world.run(50);
    bob.resubscribe(0);
    world.run(50);
    expect(bob.notified.at(-1)?.state).toBe('terminated;reason=timeout');
    expect(focus.controlling.counts).toEqual(counts);
    carol.bye();
    world.run(2000);
    expect(bob.notified).toHaveLength(2);
  });

  test('that is too short, or no SUBSCRIBE, leaves it as it is', () => {
    const { world, parties } = three();
    const [, bob] = parties;
    bob.subscribe(bob.identity);
    world.run(50);
    bob.resubscribe(30);
    world.run(50);
    expect(answered(bob).status).toBe(423);
    bob.resubscribe(30, 'INFO');
    world.run(50);
    expect(answered(bob).status).toBe(405);
    expect(bob.notified).toHaveLength(1);
  });
});

test('a subscription that is not refreshed ends (RFC 6665 4.2.2)', () => {
  const { world, parties } = three({ groupIdleMs: 0 });
  const [, bob] = parties;
  bob.subscribe(bob.identity, [{ name: 'Expires', value: '60' }]);
  world.run(59_000);
  expect(bob.notified).toHaveLength(1);
  world.run(2000);
  expect(bob.notified.at(-1)?.state).toBe('terminated;reason=timeout');
});

test('Expires 0 in the first SUBSCRIBE asks once (RFC 6665 4.4.3)', () => {
  const { world, focus, parties } = three();
  const [, bob] = parties;
  const { counts } = focus.controlling;
  bob.subscribe(bob.identity, [{ name: 'Expires', value: '0' }]);
  world.run(50);
  expect(bob.notified.map(({ state }) => state)).toEqual(['terminated;reason=timeout']);
  expect(rosterOf(bob.notified[0]?.document as never).users).toHaveLength(3);
  expect(focus.controlling.counts).toEqual(counts);
});

test('at the end of the group the whole roster comes with the last NOTIFY (C-12)', () => {
  const { world, focus, parties } = three();
  const [, bob] = parties;
  bob.subscribe(bob.identity);
  world.run(310_000);
  const last = bob.notified.at(-1);
  expect(last?.state).toBe('terminated;reason=noresource');
  expect(last?.document.state).toBe('full');
  expect(rosterOf(last?.document as never).users).toHaveLength(3);
  expect(focus.controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
});

test('who leaves hears no more of the group', () => {
  const { world, parties } = three();
  const [alice, bob, carol] = parties;
  carol.subscribe(carol.identity);
  world.run(50);
  carol.bye('SIP;cause=200');
  world.run(2000);
  expect(carol.notified.at(-1)?.state).toBe('terminated;reason=rejected');
  bob.bye('SIP;cause=480');
  world.run(2000);
  alice.say('x');
  expect(carol.notified.at(-1)?.state).toBe('terminated;reason=rejected');
});
