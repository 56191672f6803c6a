import { expect, test } from 'vitest';
import { figuresOf } from '../../../bench/cost/figures.ts';
import { costPage } from '../../../bench/cost/page.ts';
import { dollarsOf, nothing, partsOf, sum } from '../../../bench/cost/tally.ts';

const lone = { ...nothing, writeUnits: 1, readUnits: 1, requests: 3, calls: 1, callMs: 10 };

test('a million of what a lone message takes costs what the price list says', () => {
  const parts = partsOf(sum([lone], 1_000_000));
  expect(parts.writes).toBeCloseTo(0.625, 6);
  expect(parts.reads).toBeCloseTo(0.125, 6);
  expect(parts.queues).toBeCloseTo(1.5, 6);
  expect(parts.functionCalls).toBeCloseTo(0.2, 6);
  // 10 ms of half a GiB
  expect(parts.functionTime).toBeCloseTo(10_000 * 0.5 * 0.000_013_333_4, 6);
  expect(dollarsOf(parts)).toBeCloseTo(2.517, 3);
});

test('a sum adds up each kind', () => {
  expect(sum([lone, lone, nothing], 0.5)).toEqual(lone);
});

test('the page shows the figures beside the prices', () => {
  const counted = new Map([['put segments', { ...nothing, writeUnits: 1 }]]);
  const parts = { lost: new Map(), kept: counted, returned: new Map() };
  const played = [{ name: 'lone', messages: 1, each: lone, parts }] as const;
  const figures = figuresOf(played, { dollars: 5, parts: { edges: 5 } });
  expect(figures.map(({ name, dollars }) => [name, dollars])).toEqual([
    ['lone', 2.517],
    ['idle-month', 5],
  ]);
  const page = costPage({ figures, played, date: '2026-11-21' });
  expect(page).toMatch(/\*\*together\*\* +\| \*\*2\.52\*\*/);
  expect(page).toContain('$0.625 a million');
  expect(page).toMatch(/\| messages \| put segments \| 1 +\|/);
});
