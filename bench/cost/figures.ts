/** The figures of a run: dollars, and of what they are the sum. */
import type { IdleCost } from '../../infra/idle-cost.ts';
import type { Played, ScenarioName } from './scenarios.ts';
import { dollarsOf, type Parts, partsOf, sum } from './tally.ts';

export type Figure = {
  readonly name: ScenarioName | 'idle-month';
  readonly dollars: number;
  readonly parts: Parts;
};

const million = 1_000_000;

/** Dollars a million deferred messages, and dollars a month. */
export function figuresOf(played: readonly Played[], idle: IdleCost): readonly Figure[] {
  const traffic = played.map(({ name, each }) => figureOf(name, partsOf(sum([each], million))));
  return [...traffic, figureOf('idle-month', idle.parts)];
}

function figureOf(name: Figure['name'], exact: Parts): Figure {
  const parts = Object.fromEntries(
    Object.entries(exact).map(([part, value]) => [part, rounded(value)]),
  );
  return { name, dollars: rounded(dollarsOf(exact)), parts };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
