import { expect, test } from 'vitest';
import { Call } from '../../../edge/controlling/call.ts';
import { Desk } from '../../../edge/controlling/desk.ts';
import { Factory } from '../../../edge/controlling/factory.ts';
import { Groups } from '../../../edge/controlling/groups.ts';
import { endedGroupsMax, groupsMax, openingCallsMax } from '../../../edge/controlling/limit.ts';
import { readOffer } from '../../../edge/controlling/request.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { Party } from './party.ts';

function newDesk(): Desk {
  const world = new World();
  const focus = new Focus(world);
  return new Desk(focus.options);
}

test('what is no address names no group', () => {
  const desk = newDesk();
  const found: unknown[] = [];
  new Groups(desk).find('nonsense', 0, (_nowMs, group) => found.push(group));
  for (const effect of desk.drain()) {
    if (effect.kind !== 'find-group') continue;
    expect(effect.groupId).toBe('nonsense');
    desk.groupFound(0, effect.lookup, undefined);
  }
  expect(found).toEqual([undefined]);
});

test('too many who wait for one group are refused', () => {
  const groups = new Groups(newDesk());
  const turns: number[] = [];
  for (let turn = 0; turn <= openingCallsMax; turn++) {
    expect(groups.takeTurn(0, 'c', () => turns.push(turn))).toBe(true);
  }
  expect(groups.takeTurn(0, 'c', () => turns.push(-1))).toBe(false);
  expect(turns).toEqual([0]);
  groups.endTurn(0, 'c');
  expect(turns).toEqual([0, 1]);
});

test('a focus that runs as many groups as it may takes no other (promise 8)', () => {
  const world = new World();
  const focus = new Focus(world);
  const desk = new Desk(focus.options);
  const groups = new Groups(desk);
  const factory = new Factory(desk, groups);
  for (let count = 0; count <= groupsMax; count++) groups.takeTurn(0, `c${count}`, () => undefined);
  const { node } = focus;
  node.onSip = (nowMs, event) => {
    const offer = event.kind === 'invite' ? readOffer(event.request, false) : undefined;
    if (event.kind !== 'invite' || offer?.kind !== 'media') return;
    factory.invited(nowMs, new Call(desk, event, 'sip:alice@rejoin.test', offer.media));
  };
  new Party(world, 'alice').create(['bob']);
  world.run(50);
  expect(world.answers('INVITE', 'alice')).toEqual([503]);
});

test('of the groups that have ended the latest are remembered', () => {
  const desk = newDesk();
  const groups = new Groups(desk);
  const found: unknown[] = [];
  for (let count = 0; count <= endedGroupsMax; count++) {
    groups
      .open({
        identity: `sip:g${count}@rejoin.test`,
        contributionId: `c${count}`,
        conversationId: 'v',
        subject: undefined,
        featureTag: undefined,
        isClosed: true,
        creator: 'sip:alice@rejoin.test',
        members: ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'],
        epoch: 1,
        startedAtMs: 0,
      })
      .end(0, 'idle');
  }
  desk.drain();
  for (const contributionId of ['c0', 'c1']) {
    groups.lookUp(contributionId, (_nowMs, group) => found.push(group));
  }
  for (const effect of desk.drain()) {
    if (effect.kind === 'find-group') desk.groupFound(0, effect.lookup, undefined);
  }
  expect(found).toMatchObject([undefined, { contributionId: 'c1', phase: 'ended' }]);
});
