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

const must = { id: 'PFT-001', clause: '001 1', level: 'must', text: 'It rings.' };
const may = { ...must, id: 'PFT-002', level: 'may' };

function passing(name: string) {
  return { file: 'test/a.test.ts', name, isPassed: true };
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

describe('requirements in the name of a test', () => {
  test.for([
    ['it rings [PFT-001]', ['PFT-001']],
    ['it rings [PFT-001, RFC 3261 17.1, CF-002]', ['PFT-001', 'CF-002']],
    ['it rings [PFT-008 to PFT-010, PFO-001]', ['PFT-008', 'PFT-009', 'PFT-010', 'PFO-001']],
    ['it rings [PFT-008 to CF-010]', ['PFT-008']],
    ['PFT-001 is only spoken of', []],
    ['it rings [D-15]', []],
  ] as const)('%s', ([name, ids]) => {
    expect(idsOf(name)).toEqual(ids);
  });
});

describe('a requirement', () => {
  test('is held by the tests that name it', () => {
    const [held] = conformance([must], new Map(), [
      passing('it rings [PFT-001]'),
      passing('other'),
    ]);
    expect(held?.status).toBe('held');
    expect(held?.tests).toEqual([{ file: 'test/a.test.ts', name: 'it rings [PFT-001]' }]);
  });

  test('is not held if one of them fails', () => {
    const failing = { ...passing('it rings [PFT-001]'), isPassed: false };
    const held = conformance([must], new Map(), [passing('rings twice [PFT-001]'), failing]);
    expect(gapsOf(held).map(({ status }) => status)).toEqual(['failing']);
  });

  test('that nobody names is a gap, unless it is optional or has a reason', () => {
    const reasons = new Map([['PFT-003', 'the core does it']]);
    const held = conformance([must, may, { ...must, id: 'PFT-003' }], reasons, []);
    expect(held.map(({ status }) => status)).toEqual(['gap', 'open', 'reason']);
    expect(gapsOf(held).map(({ id }) => id)).toEqual(['PFT-001']);
  });

  test('has a row that says who holds it', () => {
    const page = conformancePage(
      conformance([must, { ...must, id: 'XX-001', text: 'a | b' }], new Map(), [
        passing('it rings [PFT-001]'),
      ]),
    );
    expect(page).toContain('| PFT-001 | 001 1 | must | It rings. | it rings (`test/a.test.ts`) |');
    expect(page).toContain('## XX');
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
  expect(strayIds(known, ['PFT-001', 'PFT-999'])).toEqual(['PFT-999']);
});
