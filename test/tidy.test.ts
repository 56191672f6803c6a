/**
 * The rules of the house that no compiler knows: which folder may import which, how long a file may be, which words never stay, and
 * that the pure layers are pure. Each rule is shown to find a planted offence, so that it can't pass by looking at nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

type Source = { readonly path: string; readonly text: string };

/** What each folder may import, by folder; the first match counts. */
const allowed: readonly (readonly [folder: string, mayImport: readonly string[]])[] = [
  ['shared/core', ['shared/core']],
  ['shared/ports', ['shared/core', 'shared/ports']],
  ['shared/memory', ['shared/core', 'shared/ports', 'shared/memory']],
  ['shared/app', ['shared/core', 'shared/ports', 'shared/app']],
  ['shared/sqlite', ['shared/core', 'shared/ports', 'shared/memory', 'shared/sqlite']],
  ['shared', ['shared']],
  ['edge/bytes', ['edge/bytes']],
  ['edge/xml', ['edge/bytes', 'edge/xml']],
  ['edge/sip', ['edge/bytes', 'edge/sip']],
  ['edge/sdp', ['edge/bytes', 'edge/sdp']],
  ['edge/msrp', ['edge/bytes', 'edge/msrp']],
  ['edge/cpim', ['edge/bytes', 'edge/xml', 'edge/cpim']],
  ['edge/participating', [...byteLayers(), 'shared/core', 'edge/participating']],
  ['edge/controlling', [...byteLayers(), 'shared/core', 'edge/controlling']],
  ['edge/registrar', [...byteLayers(), 'shared/core', 'edge/registrar']],
  ['edge', ['shared', 'edge', 'lambdas']],
  ['lambdas', ['shared', 'lambdas']],
  ['infra', ['shared', 'infra']],
  ['cli', ['shared', 'edge', 'lambdas', 'cli', 'test/kit']],
  ['bench', ['shared', 'edge', 'lambdas', 'cli', 'infra', 'bench', 'test/kit', 'test/aws']],
  ['test', ['']],
  ['', ['']],
];

function byteLayers(): readonly string[] {
  return ['edge/bytes', 'edge/xml', 'edge/sip', 'edge/sdp', 'edge/msrp', 'edge/cpim'];
}

const pureFolders = [
  'shared/core/',
  'shared/ports/',
  'edge/participating/',
  'edge/controlling/',
  'edge/registrar/',
  ...byteLayers().map((folder) => `${folder}/`),
];

const linesMax = 300;
const bannedWords = [
  'FIXME',
  'TODO',
  'XXX',
  'biome-ignore',
  'oxlint-disable',
  '@ts-ignore',
  '@ts-nocheck',
];
const impureNames =
  /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|setImmediate|process\.|Promise\b|async )/;

function sources(): readonly Source[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path.length > 0)
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function startsWithFolder(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

function importOffences({ path, text }: Source): readonly string[] {
  const rule = allowed.find(([folder]) => startsWithFolder(path, folder));
  if (rule === undefined) return [`${path}: no rule`];
  const imports = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map((match) =>
    normalize(join(dirname(path), match[1] ?? '')),
  );
  return imports
    .filter((target) => !rule[1].some((folder) => startsWithFolder(target, folder)))
    .map((target) => `${path} imports ${target}`);
}

function lengthOffences({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1;
  return lines > linesMax ? [`${path}: ${lines} lines`] : [];
}

function wordOffences({ path, text }: Source): readonly string[] {
  if (path === 'test/tidy.test.ts') return [];
  return bannedWords.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`);
}

function purityOffences({ path, text }: Source): readonly string[] {
  if (!pureFolders.some((folder) => path.startsWith(folder))) return [];
  if (path.startsWith('shared/ports/')) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const found = impureNames.exec(code);
  const node = /from 'node:|from '@/.exec(code);
  return [found, node].flatMap((match) => (match === null ? [] : [`${path}: ${match[0]}`]));
}

function openingOffences({ path, text }: Source): readonly string[] {
  const isOurs = !path.startsWith('test/') && path.split('/').length > 1;
  return isOurs && !text.startsWith('/**') && !text.startsWith('#!')
    ? [`${path}: does not open with what it is for`]
    : [];
}

function skippedTests({ path, text }: Source): readonly string[] {
  if (!path.endsWith('.test.ts') || path === 'test/tidy.test.ts') return [];
  const skipped = /\b(test|it|describe)\.(only|todo|skip)\(/.exec(text);
  return skipped === null ? [] : [`${path}: ${skipped[0]}`];
}

const all = sources();

describe('the repository', () => {
  test('has sources to look at', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test.each([
    ['imports point inward only', importOffences],
    [`no source is longer than ${linesMax} lines`, lengthOffences],
    ['nothing is left for later, and no check is switched off', wordOffences],
    ['the pure layers know no clock, randomness, promise or Node', purityOffences],
    ['every source opens with what it is for', openingOffences],
    ['no test is skipped, left for later, or runs alone', skippedTests],
  ])('%s', (_name, offences) => {
    expect(all.flatMap(offences)).toEqual([]);
  });

  test('each rule finds a planted offence', () => {
    const planted = (path: string, text: string): Source => ({ path, text });
    const outward = "import { a } from '../../edge/sip/header.ts';";
    expect(importOffences(planted('shared/core/a.ts', outward))).toHaveLength(1);
    const sideways = "import { a } from '../controlling/a.ts';";
    expect(importOffences(planted('edge/participating/a.ts', sideways))).toHaveLength(1);
    expect(lengthOffences(planted('edge/a.ts', '\n'.repeat(linesMax + 1)))).toHaveLength(1);
    expect(wordOffences(planted('edge/a.ts', '// TODO'))).toHaveLength(1);
    expect(purityOffences(planted('edge/sip/a.ts', 'const now = Date.now();'))).toHaveLength(1);
    expect(purityOffences(planted('edge/msrp/a.ts', "import 'x' from 'node:fs'"))).toHaveLength(1);
    expect(openingOffences(planted('edge/sip/a.ts', 'const a = 1;'))).toHaveLength(1);
    expect(skippedTests(planted('test/a.test.ts', "test.skip('x')"))).toHaveLength(1);
  });
});
