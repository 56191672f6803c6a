import { beforeEach, describe, expect, it } from 'vitest';
import { oneToOneName } from '../../../shared/core/participation/kind.ts';
import {
  alice,
  bob,
  CallsWorld,
  found,
  groupUri,
  nobody,
  participation,
  sdp,
} from './calls-kit.ts';

let world: CallsWorld;

beforeEach(() => {
  world = new CallsWorld();
});

describe('an INVITE of a client for whom nothing is kept', () => {
  it('is relayed to the focus at once [PFT-029]', () => {
    world.invite();
    world.answer(bob, found(participation('gone')));
    expect(world.lookups).toEqual([groupUri]);
    world.answer(groupUri, nobody);
    expect(world.relayed.map(({ uri }) => uri)).toEqual([groupUri]);
    expect(world.isAsked).toBe(false);
    expect(world.timers.size).toBeLessThanOrEqual(1);
    expect(world.registry.find({ user: bob, contributionId: 'c1' })?.epoch).toBe(3);
  });

  const unasked: readonly (readonly [string, Parameters<CallsWorld['invite']>[0]])[] = [
    ['is the user itself', { uri: bob }],
    [
      'comes with a list',
      {
        type: 'multipart/mixed;boundary="b"',
        body: [
          '--b\r\nContent-Type: application/sdp\r\n',
          sdp,
          '--b\r\nContent-Type: application/resource-lists+xml\r\n',
          '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list/></resource-lists>',
          '--b--\r\n',
        ].join('\r\n'),
      },
    ],
  ];
  for (const [what, draft] of unasked) {
    it(`is relayed without a look-up of whom it calls, if that ${what}`, () => {
      world.invite(draft);
      world.answer(bob, found());
      expect(world.lookups).toEqual([]);
      expect(world.relayed).toHaveLength(1);
    });
  }

  it('has nobody to be looked up if its URI is of no user', () => {
    world.invite({ toldUri: 'urn:service:sos' });
    world.sip.isBroken = () => true;
    world.answer(bob, found());
    expect(world.lookups).toEqual([]);
    expect(world.isAsked).toBe(false);
  });

  it('calls a user: the two have a session of their own', () => {
    world.invite({ uri: alice });
    world.answer(bob, found());
    world.answer(alice, found());
    const participant = world.registry.find(oneToOneName(bob, alice));
    expect(participant?.group).toMatchObject({ kind: 'one-to-one', identity: alice });
    expect(participant?.roster).toEqual([]);
    expect(world.relayed.map(({ uri }) => uri)).toEqual([alice]);
  });

  it('calls a user from whom something waits: the functions decide', () => {
    const kept = { ...participation('inactive'), ...oneToOneName(bob, alice) };
    world.invite({ uri: alice });
    world.answer(bob, found(kept));
    world.answer(alice, found());
    const { call, contributionId } = world.asked;
    expect(contributionId).toBe(kept.contributionId);
    const restarting = { ...kept, phase: 'restarting' as const };
    world.do((nowMs) => world.calls.accept(nowMs, call, restarting));
    expect(world.statuses).toEqual([200]);
    expect(world.relayed.map(({ uri }) => uri)).toEqual([alice]);
  });

  it('is nobody’s business any more if it is given up while it is looked for', () => {
    world.invite();
    world.cancel();
    world.answer(bob, found());
    world.invite({ callId: 'two' });
    world.answer(bob, found());
    world.cancel({ callId: 'two' });
    world.answer(groupUri, nobody);
    expect(world.statuses).toEqual([487, 487]);
    expect(world.relayed).toEqual([]);
    expect(world.timers.size).toBe(0);
  });
});
