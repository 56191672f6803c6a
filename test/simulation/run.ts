/**
 * The simulator's command: `npm run simulate -- --seed N --steps N [--seeds COUNT] [--trace]`. With more than one seed the work is shared
 * among processes. It ends with 1 if a promise was broken, and tells the promise, the seed and how it came about.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { developerOptions } from '../../cli/developer-options.ts';
import { type Outcome, type Run, simulate } from './simulate.ts';

type Totals = { seeds: number; steps: number; broken: number };

const values = developerOptions(
  'npm run simulate -- [--seed N] [--steps N] [--seeds COUNT] [--edges N] [--workers N] [--stop N] [--trace]',
  {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '1' },
    /** Processes at the same time. */
    workers: { type: 'string', default: String(availableParallelism()) },
    /** Broken seeds after which no more are begun; 0: never. */
    stop: { type: 'string', default: '5' },
    /** Edges side by side; without it there is one, which dies and is started again. */
    edges: { type: 'string' },
    trace: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
);
const first = Number(values.seed);
const steps = Number(values.steps);
const count = Number(values.seeds);
const places = values.edges === undefined ? {} : { places: Number(values.edges) };
const linesShown = 60;

if (values.worker) work();
else process.exitCode = count === 1 ? await one() : await many();

/** Simulates a seed; a broken one once more, with its trace. */
async function one(): Promise<number> {
  const outcome = await simulate({ seed: first, steps, isTracing: true, ...places });
  const lines = values.trace ? outcome.lines : [];
  for (const line of lines) tell(line);
  if (outcome.broken !== undefined) showBroken(outcome, !values.trace);
  tell(`seed ${first}: ${outcome.steps} steps, ${outcome.broken ?? 'every promise held'}`);
  return outcome.broken === undefined ? 0 : 1;
}

async function many(): Promise<number> {
  const totals: Totals = { seeds: 0, steps: 0, broken: 0 };
  const startMs = performance.now();
  let next = first;
  const stop = Number(values.stop);
  const isOver = (): boolean => next >= first + count || (stop > 0 && totals.broken >= stop);
  const told = (outcome: Outcome): void => {
    totals.seeds++;
    totals.steps += outcome.steps;
    if (outcome.broken !== undefined) {
      totals.broken++;
      tell(`seed ${outcome.seed}: ${outcome.broken}`);
    }
    if (totals.seeds % 250 === 0) tell(summary(totals, startMs));
  };
  const workers = Array.from({ length: Number(values.workers) }, () =>
    employ(() => (isOver() ? undefined : next++), told),
  );
  await Promise.all(workers);
  tell(summary(totals, startMs));
  return totals.broken === 0 ? 0 : 1;
}

/** One process that simulates seed after seed until there is none. */
function employ(
  nextSeed: () => number | undefined,
  told: (outcome: Outcome) => void,
): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['--worker'], { stdio: 'inherit' });
  const give = (): void => {
    const seed = nextSeed();
    if (seed === undefined) child.disconnect();
    else child.send({ seed, steps, ...places } satisfies Run);
  };
  give();
  child.on('message', (outcome: Outcome) => {
    told(outcome);
    give();
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a process that simulates has ended with ${code}`));
    });
  });
}

function work(): void {
  process.on('message', (order: Run) => {
    void simulate(order).then((outcome) => process.send?.({ ...outcome, lines: [] }));
  });
}

function showBroken({ broken, lines, seed }: Outcome, isShort: boolean): void {
  tell(`broken: ${broken ?? ''}`);
  if (isShort) for (const line of lines.slice(-linesShown)) tell(line);
  tell(`again: npm run simulate -- --seed ${seed} --steps ${steps} --trace`);
}

function summary({ seeds, steps: taken, broken }: Totals, startMs: number): string {
  const seconds = (performance.now() - startMs) / 1000;
  const rate = Math.round(taken / seconds);
  return `${seeds} seeds, ${taken} steps in ${seconds.toFixed(1)} s (${rate}/s), ${broken} broken`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
