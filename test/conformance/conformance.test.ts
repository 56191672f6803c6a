/** The conformance table finds what holds a requirement, and what does not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  conformance,
  gapsOf,
  idsOf,
  readRequirements,
  readTable,
  strayIds,
} from './conformance.ts';
import { conformancePage } from './page.ts';

const must = { id: 'ZZA-001', clause: '001 1', level: 'must', text: 'It rings.' };
const may = { ...must, id: 'ZZA-002', level: 'may' };

function passing(name: string) {
  return { file: 'test/a.test.ts', name, isPassed: true };
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

describe('requirements in the name of a test', () => {
  test.for([
    ['it rings [ZZA-001]', ['ZZA-001']],
    ['it rings [ZZA-001, RFC 3261 17.1, ZZC-002]', ['ZZA-001', 'ZZC-002']],
    ['it rings [ZZA-008 to ZZA-010, ZZB-001]', ['ZZA-008', 'ZZA-009', 'ZZA-010', 'ZZB-001']],
    ['it rings [ZZA-008 to ZZC-010]', ['ZZA-008']],
    ['ZZA-001 is only spoken of', []],
    ['it rings [D-15]', []],
    ['a bell [ZZA-001] rings (ZZC-002)', ['ZZA-001', 'ZZC-002']],
    ['twice [ZZA-001, ZZA-001]', ['ZZA-001']],
  ] as const)('%s', ([name, ids]) => {
    expect(idsOf(name)).toEqual(ids);
  });
});

describe('a requirement', () => {
  test('is held by the tests that name it', () => {
    const [held] = conformance([must], new Map(), [
      passing('it rings [ZZA-001]'),
      passing('other'),
    ]);
    expect(held?.status).toBe('held');
    expect(held?.tests).toEqual([{ file: 'test/a.test.ts', name: 'it rings [ZZA-001]' }]);
  });

  test('is not held if one of them fails', () => {
    const failing = { ...passing('it rings [ZZA-001]'), isPassed: false };
    const held = conformance([must], new Map(), [passing('rings twice [ZZA-001]'), failing]);
    expect(gapsOf(held).map(({ status }) => status)).toEqual(['failing']);
  });

  test('that nobody names is a gap, unless it is optional or has a reason', () => {
    const reasons = new Map([['ZZA-003', 'the core does it']]);
    const held = conformance([must, may, { ...must, id: 'ZZA-003' }], reasons, []);
    expect(held.map(({ status }) => status)).toEqual(['gap', 'open', 'reason']);
    expect(gapsOf(held).map(({ id }) => id)).toEqual(['ZZA-001']);
  });

  test('has a row that says who holds it', () => {
    const page = conformancePage(
      conformance([must, { ...must, id: 'YY-001', text: 'a | b' }], new Map(), [
        passing('it rings [ZZA-001]'),
      ]),
    );
    expect(page).toContain('| ZZA-001 | 001 1 | must | It rings. | it rings (`test/a.test.ts`) |');
    expect(page).toContain('## YY');
    expect(page).toContain('**No test.** a \\| b');
  });
});

test('every reason is for a requirement, and every requirement is there once', () => {
  const ids = readRequirements(file('requirements.tsv')).map(({ id }) => id);
  const known = new Set(ids);
  expect(known.size).toBe(ids.length);
  expect(
    strayIds(
      known,
      readTable(file('reasons.tsv')).map(([id = '']) => id),
    ),
  ).toEqual([]);
  expect(strayIds(new Set(['ZZA-001']), ['ZZA-001', 'ZZA-999'])).toEqual(['ZZA-999']);
});
