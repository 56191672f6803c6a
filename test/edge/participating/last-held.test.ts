/** What an edge remembers of the participations that it held, beside what is stored. */
import { describe, expect, test } from 'vitest';
import type { UserFound } from '../../../edge/participating/effect.ts';
import { LastHeld } from '../../../edge/participating/last-held.ts';
import type { Participant } from '../../../edge/participating/participant.ts';
import type { ParticipantStart } from '../../../edge/participating/start.ts';
import type { Participation } from '../../../shared/core/participation/state.ts';
import { positionOf } from '../../../shared/core/position.ts';

const name = { user: 'sip:bob@rejoin.test', contributionId: 'c1' };
const group = {
  identity: 'sip:g@cf.test',
  headers: [],
  from: '',
  acceptTypes: [],
  acceptWrappedTypes: [],
};

function start(epoch: number, isEndUnknown: boolean): ParticipantStart {
  const cursor = positionOf(epoch, 0);
  return { name, epoch, count: { reports: 0 }, cursor, isEndUnknown, group, roster: [] };
}

function participant(epoch: number, cursor: number, isRevived: boolean): Participant {
  const held = {
    ...start(epoch, isRevived),
    bridge: { cursor, last: cursor, lastStored: cursor },
    instance: undefined,
    isRevived,
  };
  return held as unknown as Participant;
}

function stored(more: Partial<Participation>): Participation {
  return {
    ...name,
    phase: 'inactive',
    epoch: 1,
    counter: 0,
    group,
    roster: [],
    cursor: positionOf(1, 4),
    last: positionOf(1, 9),
    awaySinceMs: 0,
    isAvailableAgain: false,
    changedAtMs: 0,
    ...more,
  };
}

function found(...participations: readonly Participation[]): UserFound {
  return { isKnown: true, bindings: [], participations, epoch: 0 };
}

describe('where somebody goes on who takes it up', () => {
  test('is where the client was last here, if that is further [design 6.3]', () => {
    const last = new LastHeld();
    last.over(participant(1, positionOf(1, 7), true), false);
    expect(last.startOf(stored({}))).toMatchObject({ cursor: positionOf(1, 7) });
    expect(last.kept(name, found(stored({})))).toMatchObject({ cursor: positionOf(1, 7) });
  });

  test('reads as far as was stored here, though the store may not show it yet [promise 2]', () => {
    const last = new LastHeld();
    expect(last.startOf(stored({}))).toMatchObject({ lastStored: 0 });
    last.over(participant(1, positionOf(1, 7), true), false);
    expect(last.startOf(stored({}))).toMatchObject({ lastStored: positionOf(1, 7) });
    expect(last.kept(name, found(stored({})))).toMatchObject({ lastStored: positionOf(1, 7) });
  });

  test('is where it ended here, though what is stored does not know yet of an end before [design 6.3]', () => {
    const last = new LastHeld();
    last.over(participant(1, positionOf(1, 9), false), true);
    last.begun(start(2, false));
    last.over(participant(2, positionOf(2, 5), false), false);
    expect(last.kept(name, found(stored({})))).toMatchObject({ cursor: positionOf(2, 5) });
  });

  test('is not where an edge began that knew nothing of what waits [design 6.1]', () => {
    const last = new LastHeld();
    last.begun(start(2, false));
    expect(last.startOf(stored({ epoch: 3 }))).toMatchObject({ cursor: positionOf(1, 4) });
    last.over(participant(2, positionOf(2, 0), false), false);
    expect(last.startOf(stored({ epoch: 3 }))).toMatchObject({ cursor: positionOf(1, 4) });
    expect(last.kept(name, found(stored({ epoch: 2 })))).toMatchObject({
      cursor: positionOf(1, 4),
    });
  });

  test('is there if nothing waits of before [design 6.3]', () => {
    const last = new LastHeld();
    last.over(participant(2, positionOf(2, 5), false), false);
    const later = stored({ epoch: 2, cursor: positionOf(2, 1), last: positionOf(2, 9) });
    expect(last.startOf(later)).toMatchObject({ cursor: positionOf(2, 5) });
    expect(last.kept(name, found())).toMatchObject({ cursor: positionOf(2, 5) });
  });

  test('is nowhere if it has ended [promise 5]', () => {
    const last = new LastHeld();
    last.over(participant(1, positionOf(1, 7), true), true);
    expect(last.kept(name, found(stored({})))).toBeUndefined();
  });
});
