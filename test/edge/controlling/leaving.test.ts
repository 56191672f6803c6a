import { describe, expect, test } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import type { SipRequest } from '../../../edge/sip/message.ts';
import { Focus, uriOf } from './focus.ts';
import { World } from './network.ts';
import { inGroup, Party } from './party.ts';

type Three = [Party, Party, Party];

function three(): { world: World; focus: Focus; parties: Three } {
  const world = new World();
  const focus = new Focus(world);
  return { world, focus, parties: inGroup(world, ['alice', 'bob', 'carol']) as Three };
}

function reasonOf(request: SipRequest | undefined): string | undefined {
  return request && header(request, 'Reason');
}

describe('a member who leaves by choice is no member any more (001 8.3.2.9)', () => {
  test.each([
    'SIP;cause=200;text="Call completed"',
    'SIP;cause=603',
    'Q.850;cause=16, sip;cause=200',
  ])('%s', (reason) => {
    const { world, focus, parties } = three();
    const [alice, bob, carol] = parties;
    carol.bye(reason);
    world.run(50);
    expect(focus.store.events.at(-1)).toMatchObject({ kind: 'member-departed', member: carol.uri });
    expect(focus.store.groups.get('group-1')?.members).toEqual([alice.uri, bob.uri]);
    carol.call(alice.identity);
    world.run(50);
    expect(carol.refusals.at(-1)?.status).toBe(403);
    alice.say('without carol');
    world.run(50);
    expect(bob.texts).toEqual(['without carol']);
    expect(carol.texts).toEqual([]);
  });
});

describe('a member whose leg ends otherwise stays one and may come back (001 8.3.2.9)', () => {
  test.each([undefined, 'SIP;cause=480', 'SIP;cause=503;text="lost"', 'Q.850;cause=200'])(
    '%s',
    (reason) => {
      const { world, focus, parties } = three();
      const [alice, bob, carol] = parties;
      alice.subscribe(alice.identity);
      carol.bye(reason);
      world.run(2000);
      expect(alice.roster).toMatchObject({ carol: 'disconnected' });
      expect(focus.store.kinds()).toEqual(['group-started']);
      const id = alice.say('missed');
      world.run(50);
      expect(alice.outcomes.get(id)).toBe(200);
      carol.call(alice.identity);
      world.run(50);
      alice.say('seen');
      world.run(50);
      expect(carol.texts).toEqual(['seen']);
      expect(bob.texts).toEqual(['missed', 'seen']);
    },
  );
});

test('with fewer than two members a group ends for good: BYE with cause 410', () => {
  const { world, focus, parties } = three();
  const [alice, bob, carol] = parties;
  carol.bye('SIP;cause=200');
  world.run(50);
  bob.bye('SIP;cause=200');
  world.run(5000);
  expect(alice.byes.map(reasonOf)).toEqual(['SIP;cause=410;text="Gone"']);
  expect(focus.store.groups.get('group-1')).toMatchObject({ phase: 'gone', members: [alice.uri] });
  expect(focus.store.events.at(-1)).toMatchObject({ kind: 'group-ended', reason: 'too-few' });
  expect(focus.controlling.counts).toEqual({ dialogs: 0, sessions: 0, timers: 0, waiting: 0 });
});

describe('a refused INVITE', () => {
  test.each([
    [603, 'declined', false],
    [404, 'failed', false],
    [604, 'failed', false],
    [486, 'busy', true],
    [600, 'busy', true],
    [408, 'disconnected', true],
    [430, 'disconnected', true],
    [480, 'disconnected', true],
    [500, 'disconnected', true],
    [488, 'failed', true],
    [606, 'failed', true],
  ])('%i shows as %s; stays a member: %s (decision O-05)', (status, shown, isMember) => {
    const world = new World();
    const focus = new Focus(world);
    const [alice, , carol] = ['alice', 'bob', 'carol'].map(
      (name) => new Party(world, name),
    ) as Three;
    carol.onInvite = status;
    alice.create(['bob', 'carol']);
    world.run(50);
    alice.subscribe(alice.identity);
    world.run(50);
    expect(alice.roster).toEqual({ alice: 'connected', bob: 'connected', carol: shown });
    const members = focus.store.groups.get('group-1')?.members ?? [];
    expect(members.includes(carol.uri)).toBe(isMember);
    carol.call(alice.identity);
    world.run(50);
    expect(carol.isUp).toBe(isMember);
  });

  test('of the only other member ends the group for good', () => {
    const world = new World();
    const focus = new Focus(world);
    const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
    bob.onInvite = 603;
    alice.create(['bob']);
    world.run(50);
    expect(alice.byes.map(reasonOf)).toEqual(['SIP;cause=410;text="Gone"']);
    expect(focus.store.groups.get('group-1')?.phase).toBe('gone');
  });
});

test('a member whose answer has no media for us gets a BYE and shows as failed', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.sdp = { acceptTypes: ['text/plain'] };
  alice.create(['bob']);
  world.run(50);
  expect(bob.byes).toHaveLength(1);
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toEqual({ alice: 'connected', bob: 'failed' });
});

test('a member who does not answer is not rung for ever, and may join later', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(1000);
  bob.answer(180);
  world.run(169_000);
  expect(bob.cancels).toHaveLength(0);
  world.run(20_000);
  expect(bob.cancels).toHaveLength(1);
  alice.subscribe(alice.identity);
  world.run(50);
  expect(alice.roster).toEqual({ alice: 'connected', bob: 'disconnected' });
  bob.call(alice.identity);
  world.run(50);
  expect(bob.isUp).toBe(true);
  expect(focus.store.kinds()).toEqual(['group-started']);
});

test('a member who answers while the INVITE is being given up gets a BYE (RFC 3261 9.1)', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(500);
  world.isLost = ({ message }) => message.kind === 'request' && message.method === 'CANCEL';
  world.run(180_000);
  bob.answer(200);
  world.run(50);
  expect(bob.byes).toHaveLength(1);
  expect(bob.isUp).toBe(false);
});

test('a member who joins while being rung is rung no more', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  bob.onInvite = 'leave';
  alice.create(['bob']);
  world.run(500);
  const id = alice.say('early');
  world.run(50);
  bob.call(alice.identity);
  world.run(500);
  expect(bob.cancels.map(reasonOf)).toEqual(['SIP;cause=200;text="Call completed elsewhere"']);
  expect(bob.texts).toEqual(['early']);
  expect(alice.outcomes.get(id)).toBe(200);
});

test('a second device that answers too gets a BYE (RFC 3261 13.2.2.4)', () => {
  const world = new World();
  new Focus(world);
  const [alice, bob] = [new Party(world, 'alice'), new Party(world, 'bob')];
  alice.create(['bob']);
  world.run(50);
  const [answer] = world.carried.filter(
    ({ from, message }) => from === 'bob' && message.kind === 'response' && message.status === 200,
  );
  if (answer === undefined) throw new Error('no answer');
  const headers = answer.message.headers.map(({ name, value }) =>
    name === 'To' ? { name, value: value.replace(/tag=.*/, 'tag=other') } : { name, value },
  );
  const second = { ...answer.message, headers };
  const flow = { id: 'tcp:bob', transport: 'tcp', host: 'bob', port: 5060 } as const;
  const { node } = new FocusOf(world);
  node.do(() => node.agent.receive(world.nowMs, second, flow));
  world.run(50);
  expect(world.requests('BYE', 'focus')).toHaveLength(1);
  expect(bob.isUp).toBe(true);
});

test('a caller whose 200 gets no ACK is out of the session, not of the group', () => {
  const world = new World();
  const focus = new Focus(world);
  const [alice] = [new Party(world, 'alice'), new Party(world, 'bob')];
  world.isLost = ({ message, from }) =>
    from === 'alice' && message.kind === 'request' && message.method === 'ACK';
  alice.create(['bob']);
  world.run(40_000);
  expect(focus.store.groups.get('group-1')?.members).toEqual([uriOf('alice'), uriOf('bob')]);
  expect(alice.byes).toHaveLength(1);
});

/** The focus's node of a world. */
class FocusOf {
  readonly node: Focus['node'];
  constructor(world: World) {
    const node = world.nodes.get('focus');
    if (node === undefined) throw new Error('no focus');
    this.node = node;
  }
}
