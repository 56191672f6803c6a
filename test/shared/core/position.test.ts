import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochStart, positionOf } from '../../../shared/core/position.ts';

/** Take-overs a participation can have before its positions are no longer exact numbers. */
const epochMax = 2 ** 21 - 1;
const epoch = fc.integer({ min: 1, max: epochMax });
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });

test('positions rise with the count, and with the epoch whatever the count was [design 6.2]', () => {
  fc.assert(
    fc.property(epoch, count, epoch, count, (epochA, countA, epochB, countB) => {
      const isBefore = epochA < epochB || (epochA === epochB && countA < countB);
      expect(positionOf(epochA, countA) < positionOf(epochB, countB)).toBe(isBefore);
    }),
  );
});

test('every position of an epoch is behind its start and before the next one', () => {
  fc.assert(
    fc.property(epoch, count, (of, at) => {
      expect(positionOf(of, at)).toBeGreaterThan(epochStart(of));
      expect(positionOf(of, at)).toBeLessThan(epochStart(of + 1));
    }),
  );
});

test('positions are exact for two million take-overs of four thousand million messages each', () => {
  expect(Number.isSafeInteger(positionOf(epochMax, 2 ** 32 - 1))).toBe(true);
});
