/** Which epochs begin: claimed ones, and those that came to nothing anybody else knows of. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { UserFound } from '../../../edge/participating/effect.ts';
import { lastHeldMax, spareEpochsMax } from '../../../edge/participating/limit.ts';
import type { Registry } from '../../../edge/participating/registry.ts';
import { epochStart } from '../../../shared/core/position.ts';
import { bob, found, participation } from './calls-kit.ts';
import { RegistryWorld } from './registry-world.ts';

const name = { user: bob, contributionId: 'c1' };

let world: RegistryWorld;
let registry: Registry;

beforeEach(() => {
  world = new RegistryWorld();
  registry = world.registry;
});

describe('the epoch of a participation', () => {
  const found5: UserFound = { ...found(), epoch: 5 };

  /** Looks bob up; the answer to each look-up in turn. */
  function begin(...answers: readonly (UserFound | undefined)[]): UserFound | undefined {
    let answer: UserFound | undefined;
    world.do(() =>
      registry.findToBegin(bob, ['c1'], (_nowMs, user) => {
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
      count: { reports: 0 },
      cursor: epochStart(5),
      isEndUnknown: false,
    });
  });

  it('is taken again after a participation that nobody was told of', () => {
    const { group } = participation('joined');
    world.over(registry.hold({ ...registry.fresh(name, found5), group, roster: [] }));
    expect(begin(found())?.epoch).toBe(5);
    expect(begin({ ...found(), epoch: 7 })?.epoch).toBe(7);
    expect(asked()).toEqual([false, true]);
  });

  it('is not taken again if something was reported, or stored, in it', () => {
    const told = world.hold();
    world.do((nowMs) => told.report(nowMs, { kind: 'restart-failed', status: 480 }));
    world.over(told);
    const storing = world.hold('c2');
    world.arrive(storing);
    registry.endStep(world.nowMs);
    world.over(storing);
    begin(found5);
    expect(asked()).toEqual([true]);
  });

  it('is another one if others have gone on meanwhile', () => {
    world.over(world.hold());
    const kept = participation('inactive', { epoch: 2 });
    expect(begin(found(kept), { ...found(kept), epoch: 5 })?.epoch).toBe(5);
    expect(asked()).toEqual([false, true]);
  });

  it('is another one if the participation has gone on here, and nobody else knows yet', () => {
    world.over(world.hold('c2'));
    const { group } = participation('joined');
    registry.hold({ ...registry.fresh(name, { ...found(), epoch: 7 }), group, roster: [] });
    expect(begin(found(), { ...found(), epoch: 9 })?.epoch).toBe(9);
    expect(asked()).toEqual([false, true]);
    expect(world.effects('find-user').map(({ contributionIds }) => contributionIds)).toEqual([
      ['c1'],
      ['c1'],
    ]);
  });

  it('is unknown if the store does not answer', () => {
    world.over(world.hold());
    expect(begin(undefined)).toBeUndefined();
  });

  it('that was not used is kept for as many users as may be', () => {
    for (let count = 0; count <= spareEpochsMax; count++) {
      world.over(world.hold('c1', `sip:u${count}@rejoin.test`));
    }
    const find = (user: string): void =>
      world.do(() => registry.findToBegin(user, ['c1'], () => undefined));
    find('sip:u0@rejoin.test');
    find('sip:u1@rejoin.test');
    expect(asked()).toEqual([true, false]);
  });

  it('is remembered for as many participations as may be', () => {
    const { group } = participation('joined');
    for (let count = 0; count <= lastHeldMax; count++) {
      const other = { user: bob, contributionId: `d${count}` };
      const epoch = 7;
      const start = {
        name: other,
        epoch,
        count: { reports: 0 },
        cursor: epochStart(7),
        isEndUnknown: false,
      };
      registry.hold({ ...start, group, roster: [] });
    }
    const isOutdated = (contributionId: string): boolean =>
      registry.isOutdated(participation('buffering', { contributionId, epoch: 6 }));
    expect(isOutdated('d0')).toBe(false);
    expect(isOutdated('d1')).toBe(true);
    expect(isOutdated(`d${lastHeldMax}`)).toBe(true);
  });
});
