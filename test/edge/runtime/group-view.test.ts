import { beforeEach, expect, test } from 'vitest';
import { type GroupPage, groupPage } from '../../../edge/runtime/group-view.ts';
import { memoryStore } from '../../../shared/memory/memory-store.ts';
import type { Store } from '../../../shared/ports/store.ts';
import {
  bob,
  groupState,
  keepGroup,
  keepMessages,
  keepParticipation,
  participation,
} from './kept.ts';

let store: Store;
beforeEach(() => {
  store = memoryStore();
});

async function pages(limit: number): Promise<readonly GroupPage[]> {
  const found: GroupPage[] = [];
  for (let after: string | undefined; found.length < 50; ) {
    const page = await groupPage(store, after === undefined ? { limit } : { limit, after });
    if (page === undefined) throw new Error('the page was refused');
    found.push(page);
    if (page.next === null) return found;
    after = page.next;
  }
  throw new Error('pages without end');
}

test('a group of the own focus is shown with its members and what waits for them', async () => {
  const members = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test', 'sip:eve@other.test'];
  await keepGroup(store, groupState('c1', members, { subject: 'Team' }));
  await keepParticipation(store, participation(bob(), { phase: 'buffering', cursor: 2 }));
  await keepMessages(store, bob(), { first: 1, count: 5 });
  const alice = { user: 'sip:alice@rejoin.test', contributionId: 'c1' };
  await keepParticipation(store, participation(alice, { phase: 'joined' }));
  expect(await groupPage(store, { limit: 10 })).toEqual({
    groups: [
      {
        identity: 'sip:c1@rejoin.test',
        contributionId: 'c1',
        focus: 'own',
        subject: 'Team',
        state: 'active',
        members: [
          { user: 'sip:alice@rejoin.test', state: 'joined', waiting: 0 },
          { user: 'sip:bob@rejoin.test', state: 'buffering', waiting: 3 },
          { user: 'sip:eve@other.test', state: null, waiting: 0 },
        ],
        waiting: 3,
        changedAt: '1970-01-01T00:00:02.000Z',
      },
    ],
    next: null,
  });
});

test('a group of another focus is shown as the participation knows it', async () => {
  await keepParticipation(store, participation(bob('x1')));
  await keepMessages(store, bob('x1'), { first: 1, count: 2 });
  expect((await groupPage(store, { limit: 10 }))?.groups).toMatchObject([
    {
      identity: 'sip:x1@focus.test',
      focus: 'other',
      subject: 'Lunch',
      state: 'ended',
      members: [
        { user: 'sip:bob@rejoin.test', state: 'inactive', waiting: 2 },
        { user: 'sip:zoe@focus.test', state: null },
      ],
      waiting: 2,
    },
  ]);
});

test('what is over is left out', async () => {
  await keepGroup(store, groupState('c1', ['sip:bob@rejoin.test'], { phase: 'gone' }));
  await keepParticipation(store, participation(bob('x1'), { phase: 'gone' }));
  expect(await groupPage(store, { limit: 10 })).toEqual({ groups: [], next: null });
});

test('who has left a group of the own focus and still waits is shown apart', async () => {
  const others = ['sip:alice@rejoin.test', 'sip:carol@rejoin.test'];
  await keepGroup(store, groupState('c1', others));
  await keepParticipation(store, participation(bob('c1')));
  const groups = (await groupPage(store, { limit: 10 }))?.groups ?? [];
  expect(groups.map(({ focus, members }) => [focus, members.length])).toEqual([
    ['own', 2],
    ['other', 2],
  ]);
});

test.each([1, 2, 3, 4, 7, 8, 100])('in pages of %i each group comes once', async (limit) => {
  const two = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'];
  for (const id of ['c1', 'c2', 'c3', 'c4']) await keepGroup(store, groupState(id, two));
  for (const id of ['c1', 'c2', 'x1', 'x2', 'x3', 'x4']) {
    await keepParticipation(store, participation(bob(id)));
  }
  const found = await pages(limit);
  const names = found.flatMap(({ groups }) => groups.map((group) => group.contributionId));
  expect(names).toEqual(['c1', 'c2', 'c3', 'c4', 'x1', 'x2', 'x3', 'x4']);
  for (const { groups } of found) expect(groups.length).toBeLessThanOrEqual(limit);
});

test('a page ends early when it holds very many members', async () => {
  const many = Array.from({ length: 600 }, (_, index) => `sip:u${index}@rejoin.test`);
  for (const id of ['c1', 'c2', 'c3']) await keepGroup(store, groupState(id, many));
  const found = await pages(100);
  expect(found.map(({ groups }) => groups.length)).toEqual([2, 1]);
});

test('an `after` that is of no page is refused', async () => {
  expect(await groupPage(store, { limit: 10, after: 'nonsense' })).toBeUndefined();
});
