import { describe, expect, test } from 'vitest';
import { LargeSegments } from '../../../shared/dynamodb/large-segments.ts';
import { tableBytesMax } from '../../../shared/dynamodb/limit.ts';
import { memoryBodyStore } from '../../../shared/memory/memory-body-store.ts';
import type { BodyStore } from '../../../shared/ports/body-store.ts';
import { farS, segment } from '../../contract/store-segments.ts';

/** Bytes that nothing deflates. */
function noise(length: number): Uint8Array {
  let word = 1;
  return Uint8Array.from({ length }, () => {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    return word >>> 24;
  });
}

const large = segment('user#1', 7, { count: 2, bytes: noise(tableBytesMax + 1000) });

function open(bodies: BodyStore | undefined = memoryBodyStore({ nowMs: () => 0 }), nowMs = 0) {
  return { bodies, segments: new LargeSegments({ bodies, nowMs: () => nowMs }) };
}

describe('a segment of more bytes than the table is given', () => {
  test('is a body, which its item says, and is read as it was written', async () => {
    const { segments } = open();
    const written = await segments.attributesOf(large);
    expect(written.b).toBeUndefined();
    expect(written.r?.S).toMatch(/^[\w-]{43}$/);
    expect(await segments.segmentOf(written)).toEqual(large);
  });

  test('is deflated in its body too', async () => {
    const { bodies, segments } = open();
    const bytes = Uint8Array.from([...noise(tableBytesMax + 1000), ...new Uint8Array(100_000)]);
    const written = await segments.attributesOf({ ...large, bytes });
    expect((await bodies.get(written.r?.S ?? ''))?.length).toBeLessThan(tableBytesMax + 2000);
    expect(await segments.segmentOf(written)).toEqual({ ...large, bytes });
  });

  test('has one body, however often it is written', async () => {
    const { segments } = open();
    const [first, second] = [
      await segments.attributesOf(large),
      await segments.attributesOf(large),
    ];
    expect(second).toEqual(first);
    const other = await segments.attributesOf({ ...large, key: 'user#2' });
    expect(other.r).not.toEqual(first?.r);
  });

  test('takes its body along when it is removed', async () => {
    const { bodies, segments } = open();
    const written = await segments.attributesOf(large);
    await segments.removeOf([written, await segments.attributesOf(segment('user#1', 1))]);
    expect(await bodies.get(written.r?.S ?? '')).toBeUndefined();
  });

  test('is no more once it has expired and its body is gone, and a fault before', async () => {
    const { bodies, segments } = open();
    const written = await segments.attributesOf(large);
    await bodies.remove(written.r?.S ?? '');
    await expect(segments.segmentOf(written)).rejects.toThrow('not among the bodies');
    const late = open(bodies, farS * 1000).segments;
    expect(await late.segmentOf(written)).toBeUndefined();
  });

  test('stands in the table where there is no other place', async () => {
    const alone = new LargeSegments({ bodies: undefined, nowMs: () => 0 });
    const written = await alone.attributesOf(large);
    expect(written.r).toBeUndefined();
    expect(await alone.segmentOf(written)).toEqual(large);
    await alone.removeOf([written]);
    await alone.close();
  });
});

test('a segment of few bytes stands in the table', async () => {
  const { segments } = open();
  const small = segment('user#1', 1, { bytes: noise(tableBytesMax) });
  const written = await segments.attributesOf(small);
  expect(written.r).toBeUndefined();
  expect(await segments.segmentOf(written)).toEqual(small);
  await segments.close();
});
