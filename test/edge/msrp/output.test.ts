import { describe, expect, it } from 'vitest';
import { copiedBytesMax, slabBytes, slabsMax } from '../../../edge/msrp/limit.ts';
import { Output, SlabPool } from '../../../edge/msrp/output.ts';
import { textOf } from './world.ts';

function put(output: Output, text: string): void {
  output.reserve(text.length);
  output.text(text);
}

describe('output', () => {
  it('of many small writes is one part', () => {
    const output = new Output(new SlabPool());
    for (let index = 0; index < 100; index++) put(output, 'hello');
    expect(output.bytes).toBe(500);
    const { parts, bytes } = output.take();
    expect(parts).toHaveLength(1);
    expect(bytes).toBe(500);
    expect(output.take()).toEqual({ parts: [], bytes: 0 });
  });

  it('numbers are written as text', () => {
    const output = new Output(new SlabPool());
    output.reserve(100);
    for (const value of [0, 9, 10, 1_234_567_890_123]) output.number(value);
    expect(textOf(output.take().parts)).toBe('09101234567890123');
  });

  it('a small body is copied, a large one is a part of its own', () => {
    const output = new Output(new SlabPool());
    const large = new Uint8Array(copiedBytesMax + 1).fill(120);
    put(output, 'a');
    output.body(large.subarray(0, 2));
    output.body(large);
    put(output, 'b');
    expect(output.bytes).toBe(large.length + 4);
    const { parts } = output.take();
    expect(parts.map(({ length }) => length)).toEqual([3, large.length, 1]);
    expect(parts[1]).toBe(large);
  });

  it('more than a block goes on in the next', () => {
    const output = new Output(new SlabPool());
    const text = 'x'.repeat(1_000);
    for (let index = 0; index < 100; index++) put(output, text);
    const { parts, bytes } = output.take();
    expect(bytes).toBe(100_000);
    expect(parts).toHaveLength(4);
  });

  it('what a block has left serves the next output, and nothing is written twice', () => {
    const pool = new SlabPool();
    const first = new Output(pool);
    const second = new Output(pool);
    put(first, 'first');
    const one = first.take().parts;
    put(second, 'second');
    const other = second.take().parts;
    expect(other[0]!.buffer).toBe(one[0]!.buffer);
    expect(textOf(one) + textOf(other)).toBe('firstsecond');
  });

  it('a block with too little left is let go, and no more than a few are kept', () => {
    const pool = new SlabPool();
    pool.give(new Uint8Array(10));
    expect(pool.take(1)).toHaveLength(slabBytes);
    pool.give(new Uint8Array(2_000));
    expect(pool.take(2_001)).toHaveLength(slabBytes);
    for (let index = 0; index < slabsMax + 1; index++) pool.give(new Uint8Array(2_000));
    const sizes = Array.from({ length: slabsMax + 1 }, () => pool.take(1).length);
    expect(sizes.filter((size) => size === 2_000)).toHaveLength(slabsMax);
    expect(pool.take(slabBytes + 1)).toHaveLength(slabBytes + 1);
  });
});
