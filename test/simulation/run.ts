/** The simulator's command: `npm run simulate -- --seed N --steps N [--seeds COUNT] [--trace]`. */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const steps = Number(values.steps);
const t0 = performance.now();
let total = 0;
let broken = 0;
for (let one = seed; one < seed + Number(values.seeds); one++) {
  const outcome = await simulate({ seed: one, steps, isTracing: values.trace });
  total += outcome.steps;
  if (values.trace) process.stdout.write(`${outcome.lines.join('\n')}\n`);
  if (outcome.broken !== undefined) {
    broken++;
    process.stdout.write(`seed ${one}: ${outcome.broken}\n`);

  }
}
const s = (performance.now() - t0) / 1000;
process.stdout.write(
  `${broken} broken; ${total} steps in ${s.toFixed(1)} s: ${Math.round(total / s)}/s\n`,
);
