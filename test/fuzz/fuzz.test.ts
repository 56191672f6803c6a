import { expect, test } from 'vitest';
import { utf8Decode } from '../../edge/bytes/text.ts';
import { Random } from '../simulation/random.ts';
import { fuzz, inputOf, type Target } from './fuzz.ts';
import { pieces } from './hold.ts';
import { targets } from './targets.ts';

const seed = 1;

test.each(targets.map((target) => [target.name, target] as const))(
  '%s: whatever comes, nothing is thrown, nothing takes long, nothing is kept',
  (_name, target) => {
    const { failures, taken, mutations } = fuzz(target, { mutations: 1500, seed });
    expect(failures).toEqual([]);
    // A run that only refuses, or never does, tries little.
    expect(taken).toBeGreaterThan(mutations / 50);
    expect(taken).toBeLessThan(mutations);
  },
);

const [first] = targets;

test('an input is the same in every run', () => {
  const inputs = (seedOfRun: number): readonly string[] =>
    targets.map((target) => utf8Decode(inputOf(target, seedOfRun, 7)));
  expect(inputs(3)).toEqual(inputs(3));
  expect(inputs(3)).not.toEqual(inputs(4));
});

test('a parser that throws, hangs or keeps what it read is found out', () => {
  const kept: number[][] = [];
  const faulty = (read: Target['read']): readonly string[] =>
    fuzz(
      { name: 'faulty', samples: first?.samples ?? [], words: ['a'], read },
      {
        mutations: 400,
        seed,
      },
    ).failures.map(({ what }) => what);
  expect(
    faulty(() => {
      throw new Error('thrown');
    })[0],
  ).toContain('thrown');
  expect(faulty(() => waited(60))[0]).toMatch(/it took \d+ ms/);
  expect(faulty(() => kept.push(new Array<number>(20_000).fill(1)) > 0)[0]).toContain('grown');
});

test('a pause of the machine is not taken for the parser’s', () => {
  let paused = 0;
  const target = { name: 'paused', samples: first?.samples ?? [], words: ['a'] };
  const read = (): boolean => paused++ === 10 && waited(60);
  const figures = fuzz({ ...target, read }, { mutations: 100, seed });
  expect(figures.failures).toEqual([]);
  expect(figures.slowestMs).toBeLessThan(50);
});

test('pieces of a stream are the stream', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);
  const parts = [...pieces(bytes, new Random(1))];
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap((part) => [...part])).toEqual([...bytes]);
});

/** Keeps the processor at work for a while. */
function waited(ms: number): boolean {
  const before = process.threadCpuUsage();
  while (process.threadCpuUsage(before).user < ms * 1000);
  return true;
}
