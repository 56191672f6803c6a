/**
 * `npm run conformance [-- --json] [--from FILE]`: runs the tests, writes docs/conformance.md, and ends with 1 if a requirement that has to be
 * met is held by no passing test. `--json` prints the table as JSON; `--from` takes the report of an earlier run (vitest's json
 * reporter) in the place of a run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { developerOptions } from '../../cli/developer-options.ts';
import {
  conformance,
  gapsOf,
  idsOf,
  readRequirements,
  readTable,
  strayIds,
  type TestOutcome,
} from './conformance.ts';
import { conformancePage } from './page.ts';

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

const root = join(import.meta.dirname, '../..');
const values = developerOptions('npm run conformance -- [--json] [--from FILE]', {
  json: { type: 'boolean', default: false },
  from: { type: 'string' },
});

const tests = testsOf(values.from ?? runTests());
const requirements = readRequirements(table('requirements.tsv'));
const reasons = new Map(readTable(table('reasons.tsv')).map(([id = '', why = '']) => [id, why]));
const held = conformance(requirements, reasons, tests);
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(join(root, 'docs/conformance.md'), conformancePage(held));

if (values.json) process.stdout.write(`${JSON.stringify(held, undefined, 2)}\n`);
const known = new Set(requirements.map(({ id }) => id));
const strays = strayIds(known, reasons.keys());
for (const id of strays) process.stderr.write(`a reason for ${id}, which is no requirement\n`);
const gaps = gapsOf(held);
for (const { id, status, text } of gaps) process.stderr.write(`${id} (${status}): ${text}\n`);
const count = new Set(tests.flatMap(({ name }) => idsOf(name)).filter((id) => known.has(id))).size;
process.stderr.write(
  `${count} of ${held.length} requirements held by tests, ${gaps.length} gaps\n`,
);
process.exitCode = gaps.length + strays.length > 0 ? 1 : 0;

function table(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

function runTests(): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const file = join(folder, 'report.json');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const cli = join(root, 'node_modules/vitest/vitest.mjs');
  const options = ['run', '--reporter=json', `--outputFile=${file}`];
  spawnSync(process.execPath, [cli, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}

function testsOf(file: string): readonly TestOutcome[] {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: relative(root, name),
      name: fullName,
      isPassed: status === 'passed',
    })),
  );
}
