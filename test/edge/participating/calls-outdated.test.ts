/** What becomes of a client's INVITE on which was decided before its session ended here, or began anew. */
import { describe, expect, it } from 'vitest';
import { header } from '../../../edge/sip/header.ts';
import { bob, CallsWorld, found, groupUri, nobody, participation } from './calls-kit.ts';

const name = { user: bob, contributionId: 'c1' };

function hold(world: CallsWorld): void {
  world.do(() =>
    world.registry.hold({
      ...world.registry.fresh(name, found(participation('gone'))),
      group: participation('joined').group,
      roster: [],
    }),
  );
}

/** Bob's client has asked, and the session has begun anew before the decision; answers the call. */
function begunAnew(world: CallsWorld): string {
  world.invite();
  world.answer(bob, found(participation('buffering')));
  const { call } = world.asked;
  hold(world);
  return call;
}

function accept(world: CallsWorld, call: string, decided: Parameters<typeof participation>): void {
  world.do((nowMs) => world.calls.accept(nowMs, call, participation(...decided)));
}

describe('an INVITE of a client whose session has begun anew since it was decided on', () => {
  it('is decided on once more', () => {
    const world = new CallsWorld();
    const call = begunAnew(world);
    const epoch = world.registry.find(name)?.epoch ?? 0;
    accept(world, call, ['joined']);
    expect(world.statuses).toEqual([]);
    world.answer(bob, found(participation('joined', { epoch })));
    expect(world.asked.call).not.toBe(call);
    accept(world, world.asked.call, ['joined', { epoch, cursor: 0, last: 0 }]);
    expect(world.statuses).toEqual([200]);
    expect(world.registry.find(name)?.client.isPresent).toBe(true);
  });

  it('is refused if that is outdated again', () => {
    const world = new CallsWorld();
    accept(world, begunAnew(world), ['joined']);
    world.answer(bob, found(participation('joined')));
    accept(world, world.asked.call, ['joined']);
    expect(world.statuses).toEqual([503]);
    const { lastResponse } = world;
    expect(lastResponse && header(lastResponse, 'Retry-After')).toBe('5');
  });

  it('is forgotten if it has been given up', () => {
    const world = new CallsWorld();
    const call = begunAnew(world);
    world.cancel();
    accept(world, call, ['joined']);
    expect(world.lookups).toEqual([]);
    expect(world.statuses).toEqual([487]);
  });
});

describe('an INVITE of a client whose session has ended here since it was decided on', () => {
  function ended(world: CallsWorld, decided: 'joined' | 'restarting'): void {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    const { call } = world.asked;
    hold(world);
    world.do((nowMs) => world.registry.find(name)?.over(nowMs, true));
    accept(world, call, [decided]);
    world.answer(bob, found(participation('gone')));
    world.answer(groupUri, nobody);
  }

  it('is relayed, if the session ran [PFT-029]', () => {
    const world = new CallsWorld();
    ended(world, 'joined');
    expect(world.statuses).toEqual([]);
    expect(world.relayed.map(({ uri }) => uri)).toEqual([groupUri]);
  });

  it('asks the focus for a re-start, if that was decided [PFT-079]', () => {
    const world = new CallsWorld();
    ended(world, 'restarting');
    expect(world.statuses).toEqual([]);
    expect(world.relayed.map(({ uri }) => uri)).toEqual(['sip:conference-factory@cf.test']);
  });
});
