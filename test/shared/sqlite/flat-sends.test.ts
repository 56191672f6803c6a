import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchOf, flatSends } from '../../../shared/sqlite/flat-sends.ts';
import type { Operation } from '../../../shared/sqlite/operation.ts';

const entry = fc.record(
  {
    queue: fc.string(),
    body: fc.string(),
    group: fc.string(),
    deduplicationId: fc.string(),
    delayMs: fc.nat(),
  },
  { requiredKeys: ['queue', 'body'] },
);
const sends = fc.array(
  fc.record({
    kind: fc.constant('send' as const),
    given: fc.record({ entries: fc.array(entry, { maxLength: 4 }) }),
  }),
);

test('a batch of sends is the same behind the thread, whatever is in its entries', () => {
  fc.assert(
    fc.property(fc.nat(), sends, (nowMs, operations) => {
      const flat = structuredClone(flatSends(nowMs, operations as readonly Operation[]));
      expect(batchOf(flat)).toEqual({ nowMs, operations });
    }),
  );
});
