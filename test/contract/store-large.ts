/** The part of the store's contract that is about segments too large to stand beside the others, wherever a store puts them. */
import { expect, test } from 'vitest';
import type { Store } from '../../shared/ports/store.ts';
import { fresh, segment } from './store-segments.ts';

/** Bytes that nothing deflates, other ones for each seed. */
function noise(seed: number, length: number): Uint8Array {
  let word = seed;
  return Uint8Array.from({ length }, () => {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    return word >>> 24;
  });
}

const largeBytes = 140_000;

/** How they are written, read and removed. */
export function largeSegmentContract(store: () => Store): void {
  test('large segments stand in order between small ones, and are read whole', async () => {
    const key = fresh();
    const written = [
      segment(key, 1),
      segment(key, 2, { bytes: noise(2, largeBytes) }),
      segment(key, 3, { bytes: noise(3, largeBytes), count: 2 }),
      segment(key, 5),
    ];
    expect(await store().append(written)).toBe(4);
    expect(await store().append(written)).toBe(0);
    const read = await store().segments(key, { after: 0, bytesMax: 10 * largeBytes });
    expect(read.map(({ first }) => first)).toEqual([1, 2, 3, 5]);
    for (const [index, { bytes }] of read.entries()) {
      expect(Buffer.compare(bytes, written[index]?.bytes ?? new Uint8Array())).toBe(0);
    }
    const few = await store().segments(key, { after: 1, bytesMax: 2 * largeBytes });
    expect(few.map(({ first }) => first)).toEqual([2, 3]);
    const [last] = await store().tail(key, 1);
    expect(last?.first).toBe(5);
    expect(await store().waiting(key, 1)).toEqual({ count: 4, oldestMs: 2 });
  });

  test('a large segment that is discarded is gone, and may be written anew', async () => {
    const key = fresh();
    const large = segment(key, 1, { bytes: noise(1, largeBytes) });
    await store().append([large]);
    await store().discard(key, 1);
    expect(await store().segments(key, { after: 0, bytesMax: 1 })).toEqual([]);
    const other = noise(9, largeBytes);
    await store().append([{ ...large, bytes: other }]);
    const [read] = await store().segments(key, { after: 0, bytesMax: 1 });
    expect(Buffer.compare(read?.bytes ?? new Uint8Array(), other)).toBe(0);
  });
}
