import { describe, expect, it } from 'vitest';
import { AnsweredBefore } from '../../../edge/participating/answered-before.ts';
import { answeredAtEndMax, answeredBeforeMax } from '../../../edge/participating/limit.ts';
import type { Participant } from '../../../edge/participating/participant.ts';
import { Registry } from '../../../edge/participating/registry.ts';
import { found, participation } from './calls-kit.ts';
import { DeskWorld } from './desk-world.ts';

const name = { user: 'sip:bob@rejoin.test', contributionId: 'c1' };
const other = { ...name, contributionId: 'c2' };

describe('what a session that is over had answered', () => {
  it('is told once, to the next session of the same user and group', () => {
    const before = new AnsweredBefore();
    before.keep(name, ['a', 'b']);
    expect(before.take(other)).toEqual([]);
    expect(before.take(name)).toEqual(['a', 'b']);
    expect(before.take(name)).toEqual([]);
  });

  it('is what the last of them had answered', () => {
    const before = new AnsweredBefore();
    before.keep(name, ['a', 'b']);
    before.keep(name, ['c']);
    expect(before.take(name)).toEqual(['c']);
    before.keep(name, ['d']);
    before.keep(name, []);
    expect(before.take(name)).toEqual([]);
  });

  it('is forgotten with the oldest session first when there are too many messages', () => {
    const before = new AnsweredBefore();
    const ids = Array.from({ length: answeredAtEndMax }, (_, index) => `m${index}`);
    before.keep(name, ids);
    before.keep(other, ids);
    for (let count = 2; count < Math.floor(answeredBeforeMax / ids.length); count++) {
      before.keep({ ...name, contributionId: `more-${count}` }, ids);
    }
    before.keep({ ...name, contributionId: 'one too many' }, ids);
    expect(before.take(name)).toEqual([]);
    expect(before.take(other)).toEqual(ids);
  });
});

it('A session answers at once what the focus sends again, for the answer was lost with the session before [design 5.9]', () => {
  const world = new DeskWorld();
  const registry = new Registry(world.desk);
  const { group, roster } = participation('joined');
  const hold = (): Participant =>
    registry.hold({ ...registry.fresh(name, found()), group, roster });
  const before = hold();
  before.bridge.remember(['m1', 'm2']);
  world.do((nowMs) => before.over(nowMs, true));
  expect(hold().bridge.answered).toEqual(['m2', 'm1']);
});
