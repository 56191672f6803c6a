import { describe, expect, test } from 'vitest';
import { departedMax, memberSubscriptionsMax } from '../../../edge/controlling/limit.ts';
import { header } from '../../../edge/sip/header.ts';
import type { SipResponse } from '../../../edge/sip/message.ts';
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

describe('a SUBSCRIBE is refused (CF-008, CF-009, CF-013)', () => {
  test('403 for who is no member', () => {
    const { world, parties } = three();
    const dave = new Party(world, 'dave');
    dave.subscribe(parties[0].identity);
    world.run(50);
    expect(answered(dave).status).toBe(403);
    expect(dave.notified).toEqual([]);
  });

  test('403 for whom nobody trusted asserts', () => {
    const { world, parties } = three();
    const stranger = new Party(world, 'stranger');
    stranger.subscribe(parties[0].identity);
    world.run(50);
    expect(answered(stranger).status).toBe(403);
  });

  test('404 for a group that does not run, 503 if that is not known', () => {
    const { world, focus, parties } = three();
    const [alice] = parties;
    alice.subscribe(uriOf('no-group'));
    world.run(50);
    expect(answered(alice).status).toBe(404);
    focus.store.lookups = 'fault';
    alice.subscribe(uriOf('no-group'));
    world.run(50);
    expect(answered(alice).status).toBe(503);
  });

  test('406 for a document of another type', () => {
    const { world, parties } = three();
    const [alice] = parties;
    alice.subscribe(alice.identity, [
      { name: 'Event', value: 'conference' },
      { name: 'Accept', value: 'text/plain' },
    ]);
    world.run(50);
    const { status, response } = answered(alice);
    expect(status).toBe(406);
    expect(header(response, 'Accept')).toBe('application/conference-info+xml');
  });

  test.each(['presence', ''])('489 for the package "%s"', (name) => {
    const { world, parties } = three();
    const [alice] = parties;
    alice.subscribe(alice.identity, [{ name: 'Event', value: name }]);
    world.run(50);
    const { status, response } = answered(alice);
    expect(status).toBe(489);
    expect(header(response, 'Allow-Events')).toBe('conference');
  });

  test('423 for too short a time', () => {
    const { world, parties } = three();
    const [alice] = parties;
    alice.subscribe(alice.identity, [{ name: 'Expires', value: '59' }]);
    world.run(50);
    const { status, response } = answered(alice);
    expect(status).toBe(423);
    expect(header(response, 'Min-Expires')).toBe('60');
  });
});

test.each([
  ['481', 481],
  ['no answer', 'leave'],
] as const)(
  'a subscriber that gives %s to a NOTIFY is none any more (RFC 6665 4.2.2)',
  (_name, onNotify) => {
    const { world, focus, parties } = three({ groupIdleMs: 0 });
    const [, bob, carol] = parties;
    const { counts } = focus.controlling;
    bob.onNotify = onNotify;
    bob.subscribe(bob.identity);
    world.run(100_000);
    bob.onNotify = 200;
    carol.bye();
    world.run(5000);
    expect(bob.notified).toHaveLength(1);
    expect(focus.controlling.counts.timers).toBe(counts.timers);
  },
);

test('the answer to the last NOTIFY of a subscription that is over changes nothing', () => {
  const { world, focus, parties } = three();
  const [, bob] = parties;
  bob.onNotify = 'leave';
  bob.subscribe(bob.identity);
  world.run(50);
  bob.resubscribe(0);
  world.run(50);
  bob.answerNotifies(481);
  world.run(50);
  expect(bob.notified).toHaveLength(2);
  expect(focus.controlling.counts.waiting).toBe(0);
});

test('a member has a bounded number of subscriptions: the oldest gives way', () => {
  const { world, parties } = three();
  const [, bob] = parties;
  for (let count = 0; count <= memberSubscriptionsMax; count++) bob.subscribe(bob.identity);
  world.run(50);
  const ended = bob.notified.filter(({ state }) => state === 'terminated;reason=giveup');
  expect(ended).toHaveLength(1);
  expect(bob.notified).toHaveLength(memberSubscriptionsMax + 2);
});

test('of those who have left only the latest stay in the roster', () => {
  const world = new World();
  new Focus(world, { membersMax: 200 });
  const names = Array.from({ length: departedMax + 2 }, (_, index) => `user${index}`);
  const [alice] = [new Party(world, 'alice'), new Party(world, 'bob')] as [Party, Party];
  const users = names.map((name) => new Party(world, name));
  for (const user of users) user.onInvite = 'leave';
  alice.create(['bob', ...names]);
  world.run(100);
  alice.subscribe(alice.identity);
  world.run(2000);
  for (const user of users) user.answer(603);
  world.run(2000);
  const { user0, user1, user2, ...others } = alice.roster;
  expect([user0, user1, user2]).toEqual([undefined, undefined, 'declined']);
  expect(Object.keys(others)).toHaveLength(departedMax - 1 + 2);
});

test('a refresh of a subscription that is over finds none (RFC 6665 4.2.1.1)', () => {
  const { world, parties } = three();
  const [, bob] = parties;
  bob.subscribe(bob.identity);
  world.run(50);
  world.isLost = ({ message }) => message.kind === 'request' && message.method === 'NOTIFY';
  bob.resubscribe(0);
  world.run(50);
  bob.resubscribe(600);
  world.run(50);
  expect(answered(bob).status).toBe(481);
});

test('a dialog that the agent loses ends what it was for', () => {
  const { world, focus, parties } = three();
  const [alice, bob] = parties;
  bob.subscribe(bob.identity);
  world.run(50);
  const { node } = focus;
  node.do(() => {
    for (let count = 1; count < 20; count++) {
      focus.controlling.sip(world.nowMs, {
        kind: 'dialog-lost',
        dialog: `d${count}`,
        loss: 'gone',
      });
    }
  });
  world.run(5000);
  expect(focus.controlling.counts).toMatchObject({ dialogs: 0, sessions: 0 });
  expect(bob.notified).toHaveLength(1);
  alice.call(alice.identity);
  world.run(50);
  expect(alice.isUp).toBe(true);
});

test('a NOTIFY repeats the value of Event (RFC 6665 8.2.1)', () => {
  const { world, parties } = three();
  const [, bob] = parties;
  bob.subscribe(bob.identity, [{ name: 'Event', value: 'Conference;id=7' }]);
  world.run(50);
  expect(header(bob.notified[0]?.request as never, 'Event')).toBe('Conference;id=7');
});
