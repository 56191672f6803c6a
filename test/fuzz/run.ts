/**
 * The command of mutation runs: `npm run fuzz -- --mutations N --seed N [--only NAME]`. Every parser gets so many inputs; a line a parser
 * tells what came of them. It ends with 1 if a parser has broken a promise. `--only NAME --index N` shows one input and reads it.
 */
import { developerOptions } from '../../cli/developer-options.ts';
import { utf8Decode } from '../../edge/bytes/text.ts';
import { type Figures, fuzz, inputOf, type Run, type Target } from './fuzz.ts';
import { targets } from './targets.ts';

const values = developerOptions(
  'npm run fuzz -- [--mutations N] [--seed N] [--only NAME [--index N]]',
  {
    mutations: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    index: { type: 'string' },
  },
);
const seed = Number(values.seed);
const mutations = Number(values.mutations);
const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) throw new Error(`no such parser: ${targets.map(({ name }) => name)}`);

for (const target of chosen) {
  if (values.index === undefined) run(target, { seed, mutations });
  else show(target, Number(values.index));
}

function run(target: Target, order: Run): void {
  const started = performance.now();
  const progress = (done: number): void => {
    process.stderr.write(`\r${target.name}: ${done} of ${order.mutations} `);
  };
  const figures = fuzz(target, { ...order, progress });
  process.stderr.write('\r');
  tell(summary(figures, (performance.now() - started) / 1000));
  for (const { index, what } of figures.failures) {
    process.exitCode = 1;
    tell(
      `  ${what}\n  again: npm run fuzz -- --only '${target.name}' --seed ${seed} --index ${index}`,
    );
  }
}

function show(target: Target, index: number): void {
  tell(utf8Decode(inputOf(target, seed, index)));
  run(target, { seed, first: index, mutations: 1 });
}

function summary(figures: Figures, seconds: number): string {
  const { name, mutations: done, taken, failures, slowestMs, slowest, grownBytes } = figures;
  return [
    `${name}: ${done} mutations in ${seconds.toFixed(0)} s`,
    `${taken} taken, ${done - taken} refused, ${failures.length} failures`,
    `slowest ${slowestMs.toFixed(1)} ms (#${slowest})`,
    `heap ${grownBytes < 0 ? '' : '+'}${Math.round(grownBytes / 1024)} KiB`,
  ].join(' · ');
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
