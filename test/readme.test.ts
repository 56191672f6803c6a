/** What the README says of settings and commands is what there is. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../cli/run.ts';
import { fixedSettings } from '../edge/runtime/unsupported.ts';
import { settingsTable } from '../shared/settings-table.ts';

const readme = readFileSync('README.md', 'utf8');

/** The rows of tables, without what only lines them up. */
function rowsOf(markdown: string): readonly string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/-{3,}/g, '---').replace(/ +/g, ' '));
}

test('its table has every setting with its kind, default and meaning', () => {
  const rows = rowsOf(readme);
  expect(rows).toEqual(expect.arrayContaining([...rowsOf(settingsTable())]));
});

test('it names the settings that can not be changed in this version', () => {
  const sentence = /^Not honoured yet, .*\n?.*$/m.exec(readme)?.[0] ?? '';
  const named = [...sentence.matchAll(/`([A-Za-z.]+)`/g)].map((match) => match[1]);
  expect(named).toEqual(fixedSettings);
});

test('its table has every command of the tool', () => {
  const named = rowsOf(readme).flatMap((row) => /^\| `([a-z]+( [a-z]+)?)/.exec(row)?.[1] ?? []);
  expect(named.toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/deploy.md', 'docs/cost.md'])(
  'the scripts that %s names are there',
  (path) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = [...readFileSync(path, 'utf8').matchAll(/npm run ([a-z:]+)/g)];
    for (const [, name] of named) expect(scripts).toHaveProperty([name ?? '']);
  },
);
