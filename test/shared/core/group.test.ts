import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertGroup,
  decideGroup,
  type GroupEvent,
  type GroupState,
} from '../../../shared/core/group.ts';
import { groupMembersMax } from '../../../shared/core/limit.ts';

const contributionId = 'c-1';
const [alice, bob, carol] = ['sip:alice@a.test', 'sip:bob@a.test', 'sip:carol@a.test'] as const;

function at(epoch: number, counter: number) {
  return { contributionId, epoch, counter, atMs: epoch * 100 + counter };
}

const started: GroupEvent = {
  kind: 'group-started',
  identity: 'sip:g1@a.test',
  conversationId: 'v-1',
  subject: 'Trip',
  isClosed: true,
  creator: alice,
  members: [alice, bob, carol],
  ...at(1, 1),
};

function after(...events: readonly GroupEvent[]): GroupState {
  let state: GroupState | undefined;
  for (const event of events) state = decideGroup(state, event).state;
  if (state === undefined) throw new Error('no state');
  return state;
}

test('a group that has started is kept with all that its re-start needs (FEAT-019)', () => {
  const decision = decideGroup(undefined, started);
  expect(decision.state).toEqual({
    contributionId,
    conversationId: 'v-1',
    identity: 'sip:g1@a.test',
    subject: 'Trip',
    isClosed: true,
    creator: alice,
    members: [alice, bob, carol],
    phase: 'active',
    startedAtMs: 101,
    changedAtMs: 101,
    epoch: 1,
    counter: 1,
  });
  expect(decision.effects).toEqual([
    { kind: 'name-group', identity: 'sip:g1@a.test', contributionId },
  ]);
  expect(JSON.parse(JSON.stringify(decision.state))).toEqual(decision.state);
});

test('an idle group has ended, keeps its members, and re-starts under a new identity', () => {
  const ended = after(started, { kind: 'group-ended', reason: 'idle', ...at(1, 2) });
  expect(ended).toMatchObject({ phase: 'ended', members: [alice, bob, carol] });
  const restarted: GroupEvent = {
    kind: 'group-restarted',
    identity: 'sip:g2@a.test',
    members: [alice, bob],
    ...at(2, 1),
  };
  const { state, effects } = decideGroup(ended, restarted);
  expect(state).toMatchObject({
    phase: 'active',
    identity: 'sip:g2@a.test',
    members: [alice, bob],
    startedAtMs: 201,
  });
  expect(effects).toEqual([{ kind: 'name-group', identity: 'sip:g2@a.test', contributionId }]);
});

test('a group with fewer than two members is gone for good', () => {
  const two = after(started, { kind: 'member-departed', member: bob, ...at(1, 2) });
  expect(two).toMatchObject({ phase: 'active', members: [alice, carol] });
  const one = after(
    started,
    { kind: 'member-departed', member: bob, ...at(1, 2) },
    {
      kind: 'member-departed',
      member: carol,
      ...at(1, 3),
    },
  );
  expect(one).toMatchObject({ phase: 'gone', members: [alice] });
  const ended = decideGroup(one, { kind: 'group-ended', reason: 'idle', ...at(1, 4) });
  expect(ended.state?.phase).toBe('gone');
});

test('too few members end a group for good', () => {
  const ended = after(started, { kind: 'group-ended', reason: 'too-few', ...at(1, 2) });
  expect(ended.phase).toBe('gone');
});

test('added members are in once', () => {
  const dave = 'sip:dave@a.test';
  const added = after(started, { kind: 'members-added', members: [bob, dave, dave], ...at(1, 2) });
  expect(added.members).toEqual([alice, bob, carol, dave]);
});

test('an event of a group that is not known changes nothing', () => {
  const event: GroupEvent = { kind: 'group-ended', reason: 'idle', ...at(1, 2) };
  expect(decideGroup(undefined, event)).toEqual({ state: undefined, effects: [] });
});

describe('an event that was applied, or is of an older epoch, changes nothing', () => {
  const state = after(
    started,
    { kind: 'group-ended', reason: 'idle', ...at(1, 2) },
    { kind: 'group-restarted', identity: 'sip:g2@a.test', members: [alice, bob], ...at(3, 2) },
  );
  test.each<[string, GroupEvent]>([
    ['the same', { kind: 'group-ended', reason: 'idle', ...at(3, 2) }],
    ['an earlier one', { kind: 'member-departed', member: bob, ...at(3, 1) }],
    ['one of an older epoch', { kind: 'group-ended', reason: 'idle', ...at(2, 9) }],
    ['the start', started],
  ])('%s', (_name, event) => {
    const decision = decideGroup(state, event);
    expect(decision.state).toBe(state);
    expect(decision.effects).toEqual([]);
  });
});

test('a replayed start asks for the name again, for the process may have died before it was given', () => {
  const again = decideGroup(after(started), started);
  expect(again.state).toEqual(after(started));
  expect(again.effects).toEqual(decideGroup(undefined, started).effects);
});

test('a group that starts in a later epoch takes the place of an earlier one', () => {
  const again = after(started, { ...started, identity: 'sip:g9@a.test', ...at(4, 1) });
  expect(again).toMatchObject({ identity: 'sip:g9@a.test', epoch: 4, counter: 1 });
});

describe('what must hold is checked', () => {
  const state = after(started);
  test.each<[string, Partial<GroupState>]>([
    ['a group has a name and an identity', { identity: '' }],
    ['a group has a name and an identity', { contributionId: '' }],
    ['has at most', { members: Array.from({ length: groupMembersMax + 1 }, (_, i) => `sip:${i}`) }],
    ['a member is in a group once', { members: [alice, bob, alice] }],
    ['a group that may run has members', { members: [alice] }],
    ['epochs and events count from 1', { epoch: 0 }],
    ['epochs and events count from 1', { counter: 0 }],
  ])('%s', (sentence, change) => {
    expect(() => assertGroup({ ...state, ...change })).toThrow(sentence);
  });
  test('and holds for a group that has started', () => {
    expect(() => assertGroup(state)).not.toThrow();
  });
});

test('events that come twice and late make the same group as events in order', () => {
  const user = fc.constantFrom(alice, bob, carol, 'sip:dave@a.test', 'sip:erin@a.test');
  const happening = fc.oneof(
    user.map((member) => ({ kind: 'member-departed', member }) as const),
    fc.array(user).map((members) => ({ kind: 'members-added', members }) as const),
    fc.constantFrom('idle', 'too-few').map((reason) => ({ kind: 'group-ended', reason }) as const),
  );
  const log = fc.array(happening, { maxLength: 12 });
  fc.assert(
    fc.property(log, fc.array(fc.nat({ max: 5 })), (happenings, repeats) => {
      const events = numbered(happenings);
      const state = after(...events);
      const untidy = events.flatMap((event, index) => {
        const earlier = events[Math.max(0, index - (repeats[index] ?? 0))];
        return earlier === undefined ? [event] : [event, earlier];
      });
      const again = after(...untidy);
      expect(again).toEqual(state);
    }),
  );
});

type Happening<Event = GroupEvent> = Event extends unknown
  ? Omit<Event, 'contributionId' | 'epoch' | 'counter' | 'atMs'>
  : never;

/** The start and what has happened then, as far as the focus would report it: nothing once the group is gone. */
function numbered(happenings: readonly Happening[]): GroupEvent[] {
  const events: GroupEvent[] = [started];
  for (const one of happenings) {
    if (after(...events).phase === 'gone') break;
    events.push({ ...one, ...at(1, events.length + 1) });
  }
  return events;
}
