import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueueEntry } from '../../../shared/ports/queue.ts';
import { batchBytesMax, batchMax } from '../../../shared/sqs/limit.ts';
import { roundsOf } from '../../../shared/sqs/rounds.ts';
import { shortId } from '../../../shared/sqs/short-id.ts';

const entries = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.nat({ max: 150_000 }), fc.uuid())
    .map(([group, length, id]): QueueEntry => {
      const body = `${id}${'x'.repeat(length)}`;
      const queue = group === undefined ? 'a' : 'a.fifo';
      return { queue, body, ...(group === undefined ? {} : { group, deduplicationId: id }) };
    }),
  { maxLength: 60 },
);

test('requests together hold every entry once, within what a request takes', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const rounds = roundsOf(some);
      expect(rounds.flat().toSorted(byBody)).toEqual([...some].toSorted(byBody));
      for (const round of rounds) {
        expect(round.length).toBeLessThanOrEqual(batchMax);
        const bytes = round.reduce((sum, { body }) => sum + body.length, 0);
        expect(round.length === 1 || bytes <= batchBytesMax).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test('no request has two entries of a group, and those of a group keep their order', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const rounds = roundsOf(some);
      for (const round of rounds) {
        const groups = round.flatMap(({ group }) => group ?? []);
        expect(new Set(groups).size).toBe(groups.length);
      }
      for (const name of ['a', 'b', 'c']) {
        const inGroup = (all: readonly QueueEntry[]) => all.filter(({ group }) => group === name);
        expect(inGroup(rounds.flat())).toEqual(inGroup(some));
      }
    }),
    { numRuns: 50 },
  );
});

test('an id is within what SQS takes, the same for the same, another for another', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 400 }),
      fc.string({ minLength: 1 }),
      (one, other) => {
        expect(shortId(one)).toMatch(/^[!-~]{1,128}$/);
        expect(shortId(one)).toBe(shortId(one));
        expect(shortId(one) === shortId(other)).toBe(one === other);
      },
    ),
  );
  const long = `sip:alice@rejoin.test#${'0'.repeat(200)}`;
  expect(shortId(`${long}1`)).not.toBe(shortId(`${long}2`));
  expect(shortId(long).startsWith('sip:alice@rejoin.test#')).toBe(true);
});

function byBody(one: QueueEntry, other: QueueEntry): number {
  return one.body < other.body ? -1 : 1;
}
