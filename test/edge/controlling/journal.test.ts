import { expect, test } from 'vitest';
import { Desk } from '../../../edge/controlling/desk.ts';
import type { ControllingEffect } from '../../../edge/controlling/effect.ts';
import { Journal } from '../../../edge/controlling/journal.ts';
import { reportRetriesMax, reportsMax } from '../../../edge/controlling/limit.ts';
import { Focus } from './focus.ts';
import { World } from './network.ts';
import { inGroup, type Party } from './party.ts';

const ended = { kind: 'group-ended', reason: 'idle' } as const;

function newDesk(): Desk {
  const world = new World();
  const focus = new Focus(world);
  return new Desk(focus.options);
}

function reports(effects: readonly ControllingEffect[]) {
  return effects.flatMap((effect) => (effect.kind === 'report' ? [effect] : []));
}

test('the events of a group are handed over one after the other, numbered', () => {
  const desk = newDesk();
  const journal = new Journal(desk, 'c', 7);
  journal.write(100, ended);
  journal.write(200, { kind: 'member-departed', member: 'sip:a@b' });
  const [first] = reports(desk.drain());
  expect(first?.event).toEqual({ ...ended, contributionId: 'c', epoch: 7, counter: 1, atMs: 100 });
  expect(reports(desk.drain())).toEqual([]);
  desk.reported(300, first?.report ?? 0, true);
  const [second] = reports(desk.drain());
  expect(second?.event).toMatchObject({ kind: 'member-departed', counter: 2, atMs: 200 });
  expect(journal.counter).toBe(2);
});

test('what has happened is reported again until the store takes it, and later events wait', () => {
  const world = new World();
  const focus = new Focus(world);
  const [, bob, carol] = inGroup(world, ['alice', 'bob', 'carol', 'dave']) as [Party, Party, Party];
  focus.store.mode = 'refuse';
  bob.bye('SIP;cause=200');
  world.run(5000);
  carol.bye('SIP;cause=200');
  world.run(5000);
  expect(focus.store.kinds()).toEqual(['group-started']);
  focus.store.mode = 'store';
  world.run(2000);
  expect(focus.store.events.slice(1)).toMatchObject([
    { kind: 'member-departed', member: bob.uri, counter: 2 },
    { kind: 'member-departed', member: carol.uri, counter: 3 },
  ]);
});

test('a report is not tried without end', () => {
  const desk = newDesk();
  const journal = new Journal(desk, 'c', 1);
  journal.write(0, ended);
  let tries = 0;
  for (let nowMs = 1; tries < 1000; nowMs++) {
    const effects = desk.drain();
    const [report] = reports(effects);
    if (report !== undefined) {
      tries++;
      desk.reported(nowMs, report.report, false);
    }
    const timer = effects.find((effect) => effect.kind === 'set-timer');
    if (timer !== undefined) desk.timer(nowMs, timer.timer);
    if (effects.length === 0) break;
  }
  expect(tries).toBe(reportRetriesMax + 1);
  expect(desk.counts.waiting).toBe(0);
});

test('at the bound an event counts as not stored (promise 8)', () => {
  const desk = newDesk();
  const journal = new Journal(desk, 'c', 1);
  const outcomes: boolean[] = [];
  for (let count = 0; count < reportsMax; count++) journal.write(0, ended);
  journal.write(0, ended, (_nowMs, isStored) => outcomes.push(isStored));
  journal.write(0, ended);
  expect(outcomes).toEqual([false]);
});
