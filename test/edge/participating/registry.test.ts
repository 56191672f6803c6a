import { beforeEach, describe, expect, it } from 'vitest';
import type { UserFound } from '../../../edge/participating/effect.ts';
import { lastHeldMax, spareEpochsMax } from '../../../edge/participating/limit.ts';
import type { Participant } from '../../../edge/participating/participant.ts';
import { Registry } from '../../../edge/participating/registry.ts';
import { epochStart, positionOf } from '../../../shared/core/position.ts';
import { bytesOf } from './arrivals.ts';
import { alice, bob, found, groupUri, participation } from './calls-kit.ts';
import { DeskWorld } from './desk-world.ts';

const name = { user: bob, contributionId: 'c1' };

let world: DeskWorld;
let registry: Registry;
let messages = 0;

beforeEach(() => {
  world = new DeskWorld();
  registry = new Registry(world.desk);
});

function hold(contributionId = 'c1', user = bob): Participant {
  const { group } = participation('joined');
  const other = { user, contributionId };
  return registry.hold({ ...registry.fresh(other, found()), group, roster: [alice, bob] });
}

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

function over(participant: Participant): void {
  world.do((nowMs) => participant.over(nowMs));
}

/** A message of the focus for a participant. */
function arrive(participant: Participant): void {
  world.do((nowMs) =>
    participant.fromFocus(nowMs, {
      session: '',
      inbound: 1,
      messageId: `m${++messages}`,
      contentType: 'message/cpim',
      body: bytesOf(10),
      isSuccessReportWanted: false,
      failureReport: 'no',
    }),
  );
}

describe('the participations of an edge', () => {
  it('are found by their names and by their users', () => {
    const first = hold();
    const second = hold('c2');
    const other = hold('c1', alice);
    expect(registry.size).toBe(3);
    expect(registry.find(name)).toBe(first);
    expect(registry.find({ user: alice, contributionId: 'c1' })).toBe(other);
    expect([...registry.ofUser(bob)]).toEqual([first, second]);
    expect([...registry.ofUser('sip:nobody@rejoin.test')]).toEqual([]);
  });

  it('are found by the Group Session Identity, for their user', () => {
    const participant = hold();
    expect(registry.ofIdentity(bob, groupUri)).toBe(participant);
    expect(registry.ofIdentity(bob, 'sip:other@cf.test')).toBeUndefined();
    expect(registry.ofIdentity(alice, groupUri)).toBeUndefined();
  });

  it('are let go of when they are over, each once', () => {
    const first = hold();
    const second = hold('c2');
    over(first);
    expect(registry.find(name)).toBeUndefined();
    expect([...registry.ofUser(bob)]).toEqual([second]);
    over(second);
    over(second);
    expect(registry.size).toBe(0);
    expect([...registry.ofUser(bob)]).toEqual([]);
  });

  it('stay when what they have replaced is over', () => {
    const older = hold();
    const newer = hold();
    over(older);
    expect(registry.find(name)).toBe(newer);
    expect([...registry.ofUser(bob)]).toEqual([newer]);
  });

  it('hand over at the end of a step what they have collected in it', () => {
    const participant = hold();
    registry.endStep(world.nowMs);
    arrive(participant);
    expect(world.effects('report')).toHaveLength(0);
    registry.endStep(world.nowMs);
    const [report] = world.effects('report');
    expect(report?.event).toMatchObject({ kind: 'messages', count: 1 });
    registry.endStep(world.nowMs);
    expect(world.effects('report')).toHaveLength(1);
  });
});

describe('the epoch of a participation', () => {
  const found5: UserFound = { ...found(), epoch: 5 };

  /** Looks bob up; the answer to each look-up in turn. */
  function begin(...answers: readonly (UserFound | undefined)[]): UserFound | undefined {
    let answer: UserFound | undefined;
    world.do(() =>
      registry.findToBegin(bob, (_nowMs, user) => {
        answer = user;
      }),
    );
    for (const user of answers) world.found(user ? { kind: 'user', user } : { kind: 'fault' });
    return answer;
  }

  const asked = (): readonly boolean[] =>
    world.effects('find-user').map(({ isBeginning }) => isBeginning);

  it('is one that nobody else has [design 3]', () => {
    expect(begin(found5)?.epoch).toBe(5);
    expect(asked()).toEqual([true]);
    expect(registry.fresh(name, found5)).toEqual({
      name,
      epoch: 5,
      counter: 0,
      cursor: epochStart(5),
      isEndUnknown: false,
    });
  });

  it('is taken again after a participation that nobody was told of', () => {
    const { group } = participation('joined');
    over(registry.hold({ ...registry.fresh(name, found5), group, roster: [] }));
    expect(begin(found())?.epoch).toBe(5);
    expect(begin({ ...found(), epoch: 7 })?.epoch).toBe(7);
    expect(asked()).toEqual([false, true]);
  });

  it('is not taken again if something was reported, or stored, in it', () => {
    const told = hold();
    world.do((nowMs) => told.report(nowMs, { kind: 'restart-failed', status: 480 }));
    over(told);
    const storing = hold('c2');
    arrive(storing);
    registry.endStep(world.nowMs);
    over(storing);
    begin(found5);
    expect(asked()).toEqual([true]);
  });

  it('is another one if others have gone on meanwhile', () => {
    over(hold());
    const kept = participation('inactive', { epoch: 2 });
    expect(begin(found(kept), { ...found(kept), epoch: 5 })?.epoch).toBe(5);
    expect(asked()).toEqual([false, true]);
  });

  it('is unknown if the store does not answer', () => {
    over(hold());
    expect(begin(undefined)).toBeUndefined();
  });

  it('that was not used is kept for as many users as may be', () => {
    for (let count = 0; count <= spareEpochsMax; count++) {
      over(hold('c1', `sip:u${count}@rejoin.test`));
    }
    const find = (user: string): void =>
      world.do(() => registry.findToBegin(user, () => undefined));
    find('sip:u0@rejoin.test');
    find('sip:u1@rejoin.test');
    expect(asked()).toEqual([true, false]);
  });

  it('is remembered for as many participations as may be', () => {
    const { group } = participation('joined');
    for (let count = 0; count <= lastHeldMax; count++) {
      const other = { user: bob, contributionId: `d${count}` };
      const epoch = 7;
      const start = { name: other, epoch, counter: 0, cursor: epochStart(7), isEndUnknown: false };
      registry.hold({ ...start, group, roster: [] });
    }
    const isOutdated = (contributionId: string): boolean =>
      registry.isOutdated(participation('buffering', { contributionId, epoch: 6 }));
    expect(isOutdated('d0')).toBe(false);
    expect(isOutdated('d1')).toBe(true);
    expect(isOutdated(`d${lastHeldMax}`)).toBe(true);
  });
});

describe('the participation of a command', () => {
  it('is the one that is held, in the same epoch', () => {
    const participant = hold();
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
    const start = { name, epoch: 1, counter: 0, cursor, isEndUnknown: false };
    over(registry.hold({ ...start, group, roster: [] }));
    expect(owned('buffering')?.bridge.cursor).toBe(cursor);
  });

  it('goes on behind the positions that were given here in the same epoch [promise 2]', () => {
    const before = hold();
    arrive(before);
    registry.endStep(world.nowMs);
    world.reported();
    over(before);
    const participant = owned('reinviting');
    if (participant === undefined) throw new Error('nobody holds it');
    expect(participant.epoch).toBe(1);
    expect(participant.bridge.last).toBe(positionOf(1, 1));
    arrive(participant);
    registry.endStep(world.nowMs);
    const last = world.effects('report').at(-1);
    expect(last?.event).toMatchObject({ kind: 'messages', first: positionOf(1, 2) });
  });

  it('goes on behind the last position that is stored, too', () => {
    const last = positionOf(1, 7);
    expect(owned('reinviting', { last })?.bridge.last).toBe(last);
  });

  it('is not there if it has begun anew since', () => {
    hold();
    const anew = owned('buffering', { epoch: 2 });
    expect(anew?.epoch).toBe(2);
    expect(registry.isOutdated(participation('buffering', { epoch: 1 }))).toBe(true);
    expect(owned('buffering', { epoch: 1 })).toBeUndefined();
    expect(registry.find(name)).toBe(anew);
  });

  it('is not there if it has ended here since: the user has left, and what was decided before brings nobody back [promise 5]', () => {
    const before = hold();
    before.report(world.nowMs, { kind: 'client-joined' });
    const { counter } = before;
    before.report(world.nowMs, { kind: 'client-left' });
    world.do((nowMs) => before.over(nowMs, true));
    expect(owned('reinviting', { counter })).toBeUndefined();
    expect(owned('reinviting', { counter: counter + 1 })?.epoch).toBe(1);
  });

  it('begins anew only when the run before has stored what it had', () => {
    const older = hold();
    arrive(older);
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
