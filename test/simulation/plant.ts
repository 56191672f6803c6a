/**
 * Plants each fault of the list, one at a time, into a copy of the sources and lets the simulator look for it; what it does not see is
 * left to the conversations and then to the tests of the parts: `node test/simulation/plant.ts [--seeds COUNT] [--only PART-OF-A-NAME]`.
 * Prints a row of the table in the README for each.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { developerOptions } from '../../cli/developer-options.ts';
import { type Fault, faults } from './faults/faults.ts';

const values = developerOptions(
  'node test/simulation/plant.ts [--seeds COUNT] [--steps N] [--only PART-OF-A-NAME]',
  {
    seeds: { type: 'string', default: '200' },
    steps: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
  },
);

const copied = ['shared', 'edge', 'lambdas', 'cli', 'test', 'package.json', 'vitest.config.ts'];
/** Who looks after the simulator: the conversations, then the tests that stand nearest to the faults. */
const suites = [
  ['test/transcript'],
  ['test/shared/core', 'test/shared/app', 'test/shared/memory', 'test/contract'],
  ['test/edge/participating', 'test/edge/runtime'],
];

/** Seeds that break a promise without any fault prove nothing about one. */
const unsound = brokenSeeds(resolve('.'), 0);
if (unsound.size > 0) tell(`left out, for they break without a fault: ${[...unsound.keys()]}`);
let missed = 0;
for (const fault of faults.filter(({ name }) => name.includes(values.only))) {
  const found = look(fault);
  if (found === undefined) missed++;
  tell(`| ${fault.name} | ${found ?? 'not found |'} |`);
}
process.exitCode = missed === 0 ? 0 : 1;

/** Who finds a fault first. */
function look(fault: Fault): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    for (const path of copied) cpSync(path, join(folder, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    plant(join(folder, fault.file), fault);
    return bySimulator(folder) ?? byTests(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first seed that holds without the fault and breaks with it, and the promise that is broken then. */
function bySimulator(folder: string): string | undefined {
  const found = [...brokenSeeds(folder, unsound.size + 1)].find(([seed]) => !unsound.has(seed));
  return found && `the simulator, by promise ${found[1]} | ${found[0]}`;
}

/** The first test that fails. */
function byTests(folder: string): string | undefined {
  for (const paths of suites) {
    const told = join(folder, 'tests.json');
    const options = ['--reporter=json', `--outputFile=${told}`, '--bail=1'];
    const vitest = join(folder, 'node_modules/.bin/vitest');
    const { status } = spawnSync(vitest, ['run', ...options, ...paths], { cwd: folder });
    if (status === 0) continue;
    const [name] = failedTests(readFileSync(told, 'utf8'));
    if (name !== undefined) return `\`${paths[0]}\`: ${name} | -`;
  }
  return undefined;
}

type Told = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

function failedTests(json: string): readonly string[] {
  const { testResults } = JSON.parse(json) as Told;
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName.trim());
}

/** The seeds that break a promise in a copy of the sources, with the promise, lowest first; after `stop` of them the rest is left out. */
function brokenSeeds(folder: string, stop: number): ReadonlyMap<number, number> {
  const options = ['--seed', '1', '--seeds', values.seeds, '--steps', values.steps];
  const run = spawnSync(
    process.execPath,
    ['test/simulation/run.ts', ...options, '--stop', String(stop), '--workers', '1'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (run.status !== 0 && run.status !== 1) throw new Error(run.stderr);
  const told = run.stdout.matchAll(/^seed (\d+): promise (\d+)/gm);
  return new Map([...told].map(([, seed, promise]) => [Number(seed), Number(promise)]));
}

function plant(file: string, { name, from, to }: Fault): void {
  const text = readFileSync(file, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not have it once`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
