/**
 * Every event in every phase: what becomes of it, and why. A cell is the next phase, then the effects; `-` says that nothing changes
 * at all (but for the count of the edge's events). What is behind a `[` is the clause.
 */
import { describe, expect, test } from 'vitest';
import {
  alice,
  available,
  bob,
  by,
  carol,
  drained,
  edgeLost,
  focusEnded,
  focusJoined,
  given,
  joined,
  left,
  lost,
  opened,
  type PhaseName,
  phases,
  position,
  progress,
  refused,
  rejoin,
  restarted,
  restartFailed,
  roster,
  type Step,
  tablet,
} from './spec.ts';

const events = {
  opened: opened(),
  'a new leg of the focus': focusJoined(),
  'a new leg of the focus at a new owner': by({ epoch: 7 }, focusJoined()),
  'a loss': lost(),
  'an acceptance': joined(),
  '480': refused(480),
  '603': refused(603),
  leaving: left,
  'a new roster': roster(alice ?? '', bob ?? '', carol ?? ''),
  'an acknowledgement': progress(position(2)),
  'a re-join': rejoin('a/9'),
  'an end with messages waiting': focusEnded(position(4)),
  'an end with nothing waiting': focusEnded(0),
  'the end of a delivery': drained,
  're-start': restarted(),
  'a failed re-start': restartFailed(),
  'a registration': available(2000),
  'a registration of another device': available(2000, tablet),
  'the loss of its edge': edgeLost('a', 'b'),
  'the loss of another edge': edgeLost('x', 'b'),
} as const satisfies Readonly<Record<string, Step>>;

type EventName = keyof typeof events;

const late = '- [design 6.7]';
const other = '- [PFT-001]';

/** The edge had read something older than what is kept. */
const anew = 'buffering: restore, find-registration since 0 [design 7]';

const table: Readonly<Record<PhaseName, Readonly<Record<EventName, string>>>> = {
  none: {
    opened: 'joined [PFT-151]',
    'a new leg of the focus': late,
    'a new leg of the focus at a new owner': late,
    'a loss': late,
    'an acceptance': late,
    '480': late,
    '603': late,
    leaving: late,
    'a new roster': late,
    'an acknowledgement': late,
    'a re-join': 'none: relay a/9 [PFT-029]',
    'an end with messages waiting': late,
    'an end with nothing waiting': late,
    'the end of a delivery': late,
    're-start': late,
    'a failed re-start': late,
    'a registration': late,
    'a registration of another device': late,
    'the loss of its edge': late,
    'the loss of another edge': late,
  },
  joined: {
    opened: anew,
    'a new leg of the focus': 'joined: (focus) [design 7]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': 'buffering: find-registration since 120 [PFT-086, PFT-087, PFT-088, PFT-089]',
    'an acceptance': '- [001 8.3.2.9.1.2 1c]',
    '480': 'buffering: find-registration since 110 [PFT-066]',
    '603': 'gone: release 603, discard [PFT-063, PFT-064]',
    leaving: 'gone: discard [PFT-032]',
    'a new roster': 'joined: (roster) [PFT-008]',
    'an acknowledgement': 'joined: (cursor) (last) [PFT-101]',
    'a re-join': 'joined: accept a/9 [O-06]',
    'an end with messages waiting': 'draining [O-07]',
    'an end with nothing waiting': 'gone: discard [003]',
    'the end of a delivery': late,
    're-start': late,
    'a failed re-start': late,
    'a registration': '- [PFT-023]',
    'a registration of another device': other,
    'the loss of its edge': 'buffering: restore, find-registration since 0 [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  buffering: {
    opened: anew,
    'a new leg of the focus': 'buffering: (focus) [design 7]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': late,
    'an acceptance': 'joined [001 8.3.2.9.1.2 1c]',
    '480': late,
    '603': 'gone: release 603, discard [PFT-063, PFT-064]',
    leaving: 'gone: discard [PFT-032]',
    'a new roster': 'buffering: (roster) [PFT-008]',
    'an acknowledgement': 'buffering: (cursor) (last) [PFT-101]',
    'a re-join': 'joined: accept a/9 [PFT-017, PFT-076, PFT-082]',
    'an end with messages waiting': 'inactive: find-registration since 120 [003, PFT-094]',
    'an end with nothing waiting': 'gone: discard [003]',
    'the end of a delivery': late,
    're-start': late,
    'a failed re-start': late,
    'a registration': 'reinviting: invite-client [PFT-003, PFT-035, PFT-056]',
    'a registration of another device': other,
    'the loss of its edge': 'buffering: restore, find-registration since 120 [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  reinviting: {
    opened: anew,
    'a new leg of the focus': 'reinviting: (focus) [design 7]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': 'buffering: find-registration since 140 [PFT-089]',
    'an acceptance': 'joined [PFT-061]',
    '480': 'buffering [PFT-066]',
    '603': 'gone: release 603, discard [PFT-063, PFT-064, PFT-065]',
    leaving: 'gone: discard [PFT-032]',
    'a new roster': 'reinviting: (roster) [PFT-011]',
    'an acknowledgement': 'reinviting: (cursor) (last) [PFT-101]',
    'a re-join': 'reinviting: refuse a/9 491 [PFT-021, PFT-022, PFT-083]',
    'an end with messages waiting': 'draining [O-07]',
    'an end with nothing waiting': 'gone: discard [003]',
    'the end of a delivery': late,
    're-start': late,
    'a failed re-start': late,
    'a registration': 'reinviting: invite-again [PFT-035]',
    'a registration of another device': other,
    'the loss of its edge': 'buffering: restore, find-registration since 0 [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  inactive: {
    opened: anew,
    'a new leg of the focus': 'buffering: find-registration since 0 [PFT-147]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': late,
    'an acceptance': late,
    '480': late,
    '603': 'gone: discard [PFT-063, promise 5]',
    leaving: 'gone: discard [PFT-075]',
    'a new roster': 'inactive: (roster) [PFT-099]',
    'an acknowledgement': 'inactive: (cursor) [PFT-101]',
    'a re-join': 'restarting: accept a/9 [PFT-079]',
    'an end with messages waiting': 'inactive: (last) [003]',
    'an end with nothing waiting': late,
    'the end of a delivery': 'gone: discard [003]',
    're-start': late,
    'a failed re-start': late,
    'a registration': 'draining: invite-client [PFT-067, PFT-095]',
    'a registration of another device': other,
    'the loss of its edge': '- [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  draining: {
    opened: anew,
    'a new leg of the focus': 'reinviting [PFT-061]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': 'inactive: find-registration since 150 [PFT-052]',
    'an acceptance': 'draining: (hasAccepted) [PFT-097]',
    '480': 'inactive [O-08]',
    '603': 'gone: release 603, discard [D-19]',
    leaving: 'gone: discard [PFT-074, PFT-075]',
    'a new roster': 'draining: (roster) [PFT-099]',
    'an acknowledgement': 'draining: (cursor) [PFT-101]',
    'a re-join': 'restarting: accept a/9 [PFT-024, PFT-025, PFT-084, PFT-085]',
    'an end with messages waiting': 'draining: (last) [003]',
    'an end with nothing waiting': late,
    'the end of a delivery': 'gone: discard [PFT-100]',
    're-start': late,
    'a failed re-start': late,
    'a registration': 'draining: invite-again [PFT-035]',
    'a registration of another device': other,
    'the loss of its edge': 'inactive: find-registration since 0 [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  restarting: {
    opened: anew,
    'a new leg of the focus': 'joined [PFT-082]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': 'inactive: find-registration since 150 [PFT-052]',
    'an acceptance': '- [PFT-079]',
    '480': 'inactive: find-registration since 120 [PFT-066]',
    '603': 'gone: release 603, discard [PFT-063, PFT-064]',
    leaving: 'gone: discard [PFT-032]',
    'a new roster': 'restarting: (roster) [PFT-078]',
    'an acknowledgement': 'restarting: (cursor) [PFT-101]',
    'a re-join': 'restarting: accept a/9 [O-06]',
    'an end with messages waiting': 'restarting: (last) [003]',
    'an end with nothing waiting': late,
    'the end of a delivery': 'gone: discard [003]',
    're-start': 'joined [PFT-079, PFT-082]',
    'a failed re-start': 'gone: discard [PFT-080, D-17]',
    'a registration': '- [PFT-023]',
    'a registration of another device': other,
    'the loss of its edge': 'inactive: find-registration since 0 [design 7]',
    'the loss of another edge': '- [design 7]',
  },
  gone: {
    opened: 'joined [PFT-151]',
    'a new leg of the focus': '- [PFT-032]',
    'a new leg of the focus at a new owner': 'buffering: find-registration since 0 [PFT-147]',
    'a loss': late,
    'an acceptance': late,
    '480': late,
    '603': late,
    leaving: late,
    'a new roster': late,
    'an acknowledgement': late,
    'a re-join': 'gone: relay a/9 [PFT-029]',
    'an end with messages waiting': late,
    'an end with nothing waiting': late,
    'the end of a delivery': late,
    're-start': late,
    'a failed re-start': late,
    'a registration': '- [PFT-032]',
    'a registration of another device': other,
    'the loss of its edge': '- [design 7]',
    'the loss of another edge': '- [design 7]',
  },
};

/** Fields that may change without a change of phase or an effect. */
const fields = ['focus', 'roster', 'cursor', 'last', 'hasAccepted'] as const;
const counted = { counter: 0, changedAtMs: 0, edge: '' };

function printed(phase: PhaseName, event: EventName): string {
  const outcome = given(...phases[phase]).when(events[event]);
  const { before, state, effects } = outcome;
  const plain =
    JSON.stringify({ ...state, ...counted }) === JSON.stringify({ ...before, ...counted });
  if (outcome.phase === phase && plain && effects.length === 0) return '-';
  const touched = fields.filter(
    (field) => JSON.stringify(state?.[field]) !== JSON.stringify(before?.[field]),
  );
  const isMove = outcome.phase !== phase || effects.length > 0;
  const details = isMove ? effects.join(', ') : touched.map((field) => `(${field})`).join(' ');
  return details === '' ? outcome.phase : `${outcome.phase}: ${details}`;
}

function sentence(phase: PhaseName, event: EventName, outcome: string): string {
  const [next = '', effects] = outcome.split(': ');
  const where = phase === 'none' ? 'with nothing kept' : `in ${phase}`;
  if (outcome === '-') return `${where}, ${event} changes nothing`;
  const asks = effects === undefined ? '' : `, with ${effects}`;
  return next === phase
    ? `${where}, ${event} is taken in${asks}`
    : `${where}, ${event} leads to ${next}${asks}`;
}

const cells = Object.entries(table).flatMap(([phase, row]) =>
  Object.entries(row).map(([event, cell]) => {
    const [outcome = '', clause = ''] = cell.split(' [');
    const at = { phase: phase as PhaseName, event: event as EventName };
    return { ...at, outcome, fact: `${sentence(at.phase, at.event, outcome)} [${clause}` };
  }),
);

describe('a participation, by the state table', () => {
  test.each(cells)('$fact', ({ phase, event, outcome }) => {
    expect(printed(phase, event)).toBe(outcome);
  });
});
