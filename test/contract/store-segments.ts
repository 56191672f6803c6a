/** The part of the store's contract that is about segments of deferred messages. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Segment, Store } from '../../shared/ports/store.ts';

/** An expiry that no test comes near. */
export const farS = 4_000_000_000;

/** A key that no other test uses. */
export function fresh(): string {
  return `participation#sip:alice@rejoin.test#${randomUUID()}`;
}

export function segment(key: string, first: number, more: Partial<Segment> = {}): Segment {
  const bytes = new TextEncoder().encode(`segment ${first}`);
  const { count = 1 } = more;
  return {
    key,
    first,
    last: first + count - 1,
    count,
    oldestMs: first,
    bytes,
    expiresAtS: farS,
    ...more,
  };
}

/** How segments are written and read. */
export function segmentContract(store: () => Store): void {
  test('a segment is read as it was written', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const written = segment(fresh(), 2 ** 32 * 7 + 1, {
      count: 3,
      oldestMs: 1_750_000_000_123,
      bytes,
    });
    expect(await store().append([written])).toBe(1);
    const read = await store().segments(written.key, { after: 0, bytesMax: 1_000_000 });
    expect(read.map((one) => ({ ...one, bytes: [...one.bytes] }))).toEqual([
      { ...written, bytes: [...bytes] },
    ]);
  });

  test('a segment that is there already stays as it is', async () => {
    const written = segment(fresh(), 1);
    await store().append([written]);
    const again = { ...written, bytes: new TextEncoder().encode('other') };
    expect(await store().append([again])).toBe(0);
    const [read] = await store().segments(written.key, { after: 0, bytesMax: 1_000_000 });
    expect(new TextDecoder().decode(read?.bytes)).toBe('segment 1');
  });

  test('of segments that are appended together, those that are there already stay as they are', async () => {
    const key = fresh();
    await store().append([segment(key, 2)]);
    const other = { bytes: new TextEncoder().encode('other') };
    const together = [segment(key, 1), segment(key, 2, other), segment(key, 3)];
    expect(await store().append(together)).toBe(2);
    const read = await store().segments(key, { after: 0, bytesMax: 1_000_000 });
    const texts = read.map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(texts).toEqual(['segment 1', 'segment 2', 'segment 3']);
  });

  test('of the same segment appended many times at once, one is stored', async () => {
    const written = segment(fresh(), 1);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => store().append([written])));
    expect(outcomes.filter((stored) => stored === 1)).toHaveLength(1);
  });

  test('a view into a larger buffer is stored alone, and the buffer stays the caller’s', async () => {
    const buffer = new TextEncoder().encode('before the bytes after');
    const written = segment(fresh(), 1, { bytes: buffer.subarray(11, 16) });
    await store().append([written]);
    buffer.fill(0);
    const [read] = await store().segments(written.key, { after: 0, bytesMax: 1_000_000 });
    expect(new TextDecoder().decode(read?.bytes)).toBe('bytes');
    expect(buffer.length).toBe(22);
  });

  test('segments come in the order of their positions, whatever the order of writing', async () => {
    const key = fresh();
    for (const first of [2 ** 32 + 1, 10, 9, 2 ** 33 + 1, 100]) {
      await store().append([segment(key, first)]);
    }
    const read = await store().segments(key, { after: 0, bytesMax: 1_000_000 });
    expect(read.map((one) => one.first)).toEqual([9, 10, 100, 2 ** 32 + 1, 2 ** 33 + 1]);
  });

  test('segments start with the one that holds the next position', async () => {
    const key = fresh();
    for (const first of [1, 4, 7]) await store().append([segment(key, first, { count: 3 })]);
    const firsts = async (after: number) => {
      const read = await store().segments(key, { after, bytesMax: 1_000_000 });
      return read.map((one) => one.first);
    };
    expect(await firsts(0)).toEqual([1, 4, 7]);
    expect(await firsts(2)).toEqual([1, 4, 7]);
    expect(await firsts(3)).toEqual([4, 7]);
    expect(await firsts(8)).toEqual([7]);
    expect(await firsts(9)).toEqual([]);
  });

  test('a read of segments has about as many bytes as asked for, and one segment at least', async () => {
    const key = fresh();
    const bytes = new Uint8Array(1000);
    for (const first of [1, 2, 3, 4, 5]) await store().append([segment(key, first, { bytes })]);
    expect(await store().segments(key, { after: 0, bytesMax: 1 })).toHaveLength(1);
    const some = await store().segments(key, { after: 1, bytesMax: 2000 });
    expect(some.length).toBeGreaterThanOrEqual(1);
    expect(some.length).toBeLessThanOrEqual(3);
    expect(some[0]?.first).toBe(2);
  });
}

/** How segments are counted, removed, and read from their end. */
export function endsOfSegmentsContract(store: () => Store): void {
  test('the tail has the last segments in order, with at most as many messages as asked for', async () => {
    const key = fresh();
    for (const first of [1, 4, 7, 10]) await store().append([segment(key, first, { count: 3 })]);
    const firsts = async (messages: number) => {
      const read = await store().tail(key, messages);
      return read.map((one) => one.first);
    };
    expect(await firsts(1)).toEqual([10]);
    expect(await firsts(6)).toEqual([7, 10]);
    expect(await firsts(8)).toEqual([7, 10]);
    expect(await firsts(100)).toEqual([1, 4, 7, 10]);
    expect(await store().tail(fresh(), 5)).toEqual([]);
  });

  test('what waits is counted behind a position, within a segment too', async () => {
    const key = fresh();
    await store().append([segment(key, 1, { count: 3, oldestMs: 500 })]);
    await store().append([segment(key, 2 ** 32 + 1, { count: 4, oldestMs: 700 })]);
    expect(await store().waiting(key, 0)).toEqual({ count: 7, oldestMs: 500 });
    expect(await store().waiting(key, 2)).toEqual({ count: 5, oldestMs: 500 });
    expect(await store().waiting(key, 3)).toEqual({ count: 4, oldestMs: 700 });
    expect(await store().waiting(key, 2 ** 32 + 3)).toEqual({ count: 1, oldestMs: 700 });
    expect(await store().waiting(key, 2 ** 32 + 4)).toEqual({ count: 0, oldestMs: undefined });
    expect(await store().waiting(fresh(), 0)).toEqual({ count: 0, oldestMs: undefined });
  });

  test('a discard removes the segments that stand wholly at or before a position', async () => {
    const [key, other] = [fresh(), fresh()];
    for (const first of [1, 4, 7]) await store().append([segment(key, first, { count: 3 })]);
    await store().append([segment(other, 1)]);
    await store().discard(key, 5);
    const read = await store().segments(key, { after: 0, bytesMax: 1_000_000 });
    expect(read.map((one) => one.first)).toEqual([4, 7]);
    await store().discard(key, 9);
    expect(await store().waiting(key, 0)).toEqual({ count: 0, oldestMs: undefined });
    expect(await store().waiting(other, 0)).toEqual({ count: 1, oldestMs: 1 });
    await store().discard(key, 9);
  });

  test('a discard of many segments removes them all', async () => {
    const key = fresh();
    const firsts = Array.from({ length: 1200 }, (_, index) => index + 1);
    for (let at = 0; at < firsts.length; at += 100) {
      await Promise.all(
        firsts.slice(at, at + 100).map((first) => store().append([segment(key, first)])),
      );
    }
    await store().discard(key, 1199);
    expect(await store().waiting(key, 0)).toEqual({ count: 1, oldestMs: 1200 });
  });
}
