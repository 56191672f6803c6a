import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Runs } from '../../../edge/msrp/runs.ts';
import { bytesOf, textOf } from './world.ts';

describe('runs of octets', () => {
  it('written in order are one run that grows no larger than is likely', () => {
    const runs = new Runs();
    for (let at = 0; at < 1_000; at += 100) runs.write(at, new Uint8Array(100), 1_000);
    expect(runs.count).toBe(1);
    expect(runs.allocated).toBe(1_000);
    expect(runs.isWhole(1_000)).toBe(true);
    expect(runs.isWhole(1_001)).toBe(false);
  });

  it('with a hole are two until it is filled', () => {
    const runs = new Runs();
    runs.write(4, bytesOf('ef'), 100);
    runs.write(0, bytesOf('ab'), 100);
    expect(runs.count).toBe(2);
    expect(runs.isWhole(6)).toBe(false);
    runs.write(2, bytesOf('cd'), 100);
    expect(runs.count).toBe(1);
    expect(textOf(runs.whole(6))).toBe('abcdef');
  });

  it('of nothing are whole without an octet', () => {
    const runs = new Runs();
    runs.write(7, bytesOf(''), 100);
    expect(runs.count).toBe(0);
    expect(runs.isWhole(0)).toBe(true);
    expect(runs.isWhole(1)).toBe(false);
    expect(runs.whole(0)).toHaveLength(0);
  });

  it('overlapping in any order hold what was written last [RFC 4975 7.3.1]', () => {
    const write = fc.tuple(fc.nat(60), fc.uint8Array({ maxLength: 30 }));
    fc.assert(
      fc.property(fc.array(write, { maxLength: 20 }), (writes) => {
        const runs = new Runs();
        const wanted: (number | undefined)[] = [];
        for (const [at, octets] of writes) {
          runs.write(at, octets, 40);
          for (const [index, octet] of octets.entries()) wanted[at + index] = octet;
        }
        const hole = Array.from({ length: 100 }, (_, at) => wanted[at]).indexOf(undefined);
        expect(runs.isWhole(hole)).toBe(true);
        expect(runs.isWhole(hole + 1)).toBe(false);
        expect(Array.from(runs.whole(hole))).toEqual(wanted.slice(0, hole));
      }),
    );
  });
});
