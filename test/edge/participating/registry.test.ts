import { beforeEach, describe, expect, it } from 'vitest';
import type { Participant } from '../../../edge/participating/participant.ts';
import type { Registry } from '../../../edge/participating/registry.ts';
import { positionOf } from '../../../shared/core/position.ts';
import { alice, bob, found, groupUri, participation } from './calls-kit.ts';
import { RegistryWorld } from './registry-world.ts';

const name = { user: bob, contributionId: 'c1' };

let world: RegistryWorld;
let registry: Registry;

beforeEach(() => {
  world = new RegistryWorld();
  registry = world.registry;
});

/** The participation of a command, if it comes at once. */
function owned(...stored: Parameters<typeof participation>): Participant | undefined {
  let owner: Participant | undefined;
  world.do((nowMs) =>
    registry.owned(nowMs, participation(...stored), (_atMs, participant) => {
      owner = participant;
    }),
  );
  return owner;
}

describe('the participations of an edge', () => {
  it('are found by their names and by their users', () => {
    const first = world.hold();
    const second = world.hold('c2');
    const other = world.hold('c1', alice);
    expect(registry.size).toBe(3);
    expect(registry.find(name)).toBe(first);
    expect(registry.find({ user: alice, contributionId: 'c1' })).toBe(other);
    expect([...registry.ofUser(bob)]).toEqual([first, second]);
    expect([...registry.ofUser('sip:nobody@rejoin.test')]).toEqual([]);
  });

  it('are found by the Group Session Identity, for their user', () => {
    const participant = world.hold();
    expect(registry.ofIdentity(bob, groupUri)).toBe(participant);
    expect(registry.ofIdentity(bob, 'sip:other@cf.test')).toBeUndefined();
    expect(registry.ofIdentity(alice, groupUri)).toBeUndefined();
  });

  it('are let go of when they are over, each once', () => {
    const first = world.hold();
    const second = world.hold('c2');
    world.over(first);
    expect(registry.find(name)).toBeUndefined();
    expect([...registry.ofUser(bob)]).toEqual([second]);
    world.over(second);
    world.over(second);
    expect(registry.size).toBe(0);
    expect([...registry.ofUser(bob)]).toEqual([]);
  });

  it('stay when what they have replaced is over', () => {
    const older = world.hold();
    const newer = world.hold();
    world.over(older);
    expect(registry.find(name)).toBe(newer);
    expect([...registry.ofUser(bob)]).toEqual([newer]);
  });

  it('hand over at the end of a step what they have collected in it', () => {
    const participant = world.hold();
    registry.endStep(world.nowMs);
    world.arrive(participant);
    expect(world.effects('report')).toHaveLength(0);
    registry.endStep(world.nowMs);
    const [report] = world.effects('report');
    expect(report?.event).toMatchObject({ kind: 'messages', count: 1 });
    registry.endStep(world.nowMs);
    expect(world.effects('report')).toHaveLength(1);
  });
});

describe('the participation of a command', () => {
  it('is the one that is held, in the same epoch', () => {
    const participant = world.hold();
    expect(owned('buffering')).toBe(participant);
  });

  it('is taken in from its stored state if it is not held', () => {
    const participant = owned('buffering', { epoch: 3, cursor: 9, instance: '<urn:uuid:1>' });
    expect(participant?.epoch).toBe(3);
    expect(participant?.isRevived).toBe(true);
    expect(participant?.instance).toBe('<urn:uuid:1>');
    expect(participant?.roster).toEqual([alice, bob]);
    expect(participant?.bridge.cursor).toBe(9);
    expect(registry.find(name)).toBe(participant);
  });

  it('goes on behind what its client has acknowledged here since it was stored', () => {
    const cursor = positionOf(1, 5);
    const { group } = participation('joined');
    const start = { name, epoch: 1, count: { reports: 0 }, cursor, isEndUnknown: false };
    world.over(registry.hold({ ...start, group, roster: [] }));
    expect(owned('buffering')?.bridge.cursor).toBe(cursor);
  });

  it('goes on behind the positions that were given here in the same epoch [promise 2]', () => {
    const before = world.hold();
    world.arrive(before);
    registry.endStep(world.nowMs);
    world.reported();
    world.over(before);
    const participant = owned('reinviting');
    if (participant === undefined) throw new Error('nobody holds it');
    expect(participant.epoch).toBe(1);
    expect(participant.bridge.last).toBe(positionOf(1, 1));
    world.arrive(participant);
    registry.endStep(world.nowMs);
    const last = world.effects('report').at(-1);
    expect(last?.event).toMatchObject({ kind: 'messages', first: positionOf(1, 2) });
  });

  it('goes on behind the last position that is stored, too', () => {
    const last = positionOf(1, 7);
    expect(owned('reinviting', { last })?.bridge.last).toBe(last);
  });

  it('is not there if it has begun anew since', () => {
    world.hold();
    const anew = owned('buffering', { epoch: 2 });
    expect(anew?.epoch).toBe(2);
    expect(registry.isOutdated(participation('buffering', { epoch: 1 }))).toBe(true);
    expect(owned('buffering', { epoch: 1 })).toBeUndefined();
    expect(registry.find(name)).toBe(anew);
  });

  it('numbers its reports together with whoever held it here before in the same epoch: the queue would drop one with the same number [promise 3]', () => {
    const before = world.hold();
    before.report(world.nowMs, { kind: 'client-joined' });
    world.do((nowMs) => before.over(nowMs));
    const after = owned('inactive', {});
    after?.report(world.nowMs, { kind: 'client-joined' });
    before.report(world.nowMs, { kind: 'progress', cursor: 7 });
    expect(after).not.toBe(before);
    expect(after?.count).toBe(before.count);
  });

  it('is not there if it has ended here since: the user has left, and what was decided before brings nobody back [promise 5]', () => {
    const before = world.hold();
    before.report(world.nowMs, { kind: 'client-joined' });
    const counter = before.count.reports;
    before.report(world.nowMs, { kind: 'client-left' });
    world.do((nowMs) => before.over(nowMs, true));
    expect(owned('reinviting', { counter })).toBeUndefined();
    expect(owned('reinviting', { counter: counter + 1 })?.epoch).toBe(1);
  });

  it('begins anew only when the run before has stored what it had', () => {
    const older = world.hold();
    world.arrive(older);
    let newer: Participant | undefined;
    world.do((nowMs) =>
      registry.owned(nowMs, participation('buffering', { epoch: 2 }), (_atMs, participant) => {
        newer = participant;
      }),
    );
    expect(newer).toBeUndefined();
    expect(registry.find(name)).toBe(older);
    world.reported();
    world.fire('stored/');
    expect(newer?.epoch).toBe(2);
    expect(registry.find(name)).toBe(newer);
  });
});

describe('what is kept of a session that had ended', () => {
  it('goes on here, in an epoch of its own', () => {
    const kept = participation('inactive', { epoch: 3 });
    expect(registry.isKept(name, found(kept))).toBe(true);
    const participant = registry.revive(name, found(kept));
    expect(participant?.epoch).toBe(5);
    expect(participant?.isRevived).toBe(true);
    expect(registry.isKept(name, found(kept))).toBe(false);
  });

  it('is nothing if it is gone, or another one', () => {
    const gone = participation('gone');
    const other = participation('inactive', { contributionId: 'c2' });
    expect(registry.isKept(name, found(gone, other))).toBe(false);
    expect(registry.revive(name, found(gone, other))).toBeUndefined();
    expect(registry.size).toBe(0);
  });
});
