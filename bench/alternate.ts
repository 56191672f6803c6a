/** Measures a piece and its reference side by side in one process, in turns, so that a machine that gets slower hits both. */
export type Side = { readonly name: string; readonly run: (rounds: number) => number };

/** What one round was worth: units a second, the median over several turns. */
export type Pair = { readonly value: number; readonly reference: number; readonly ratio: number };

const turns = 9;
const turnMs = 250;

/** `run` does a number of rounds and answers how many units those were. */
export function alternate(piece: Side, reference: Side): Pair {
  const rates: Record<string, number[]> = { [piece.name]: [], [reference.name]: [] };
  const ratios: number[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const rate = measure(piece);
    const against = measure(reference);
    // The first turn warms up.
    if (turn === 0) continue;
    rates[piece.name]?.push(rate);
    rates[reference.name]?.push(against);
    ratios.push(rate / against);
  }
  return {
    value: median(rates[piece.name] ?? []),
    reference: median(rates[reference.name] ?? []),
    ratio: median(ratios),
  };
}

function measure({ run }: Side): number {
  const started = performance.now();
  let units = 0;
  while (performance.now() - started < turnMs) units += run(100);
  return units / ((performance.now() - started) / 1000);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
