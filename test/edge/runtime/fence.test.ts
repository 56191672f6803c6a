/** When an edge may still give its word. */
import { describe, expect, test } from 'vitest';
import { Fence } from '../../../edge/runtime/fence.ts';
import { fenceAfterMs, lostAfterMs } from '../../../shared/app/edges-limit.ts';

describe('what an edge has stored', () => {
  test('may be promised while nobody can take the edge for lost [design 6.1, 7]', async () => {
    let nowMs = 0;
    const fence = new Fence(() => nowMs);
    nowMs = fenceAfterMs - 1;
    expect(fence.isOpen).toBe(true);
    await fence.pass();
  });

  test('is held back after that, until the edge has said again that it lives', async () => {
    let nowMs = 0;
    const fence = new Fence(() => nowMs);
    nowMs = fenceAfterMs;
    expect(fence.isOpen).toBe(false);
    let isPromised = false;
    const passing = fence.pass().then(() => {
      isPromised = true;
    });
    await Promise.resolve();
    expect(isPromised).toBe(false);
    fence.renew(nowMs);
    await passing;
    expect(fence.isOpen).toBe(true);
  });

  test('stays held back when the word itself took too long: others may have acted since [design 6.1]', async () => {
    let nowMs = 0;
    const fence = new Fence(() => nowMs);
    nowMs = 2 * fenceAfterMs;
    let isPromised = false;
    const passing = fence.pass().then(() => {
      isPromised = true;
    });
    fence.renew(nowMs - fenceAfterMs);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isPromised).toBe(false);
    fence.renew(nowMs - 1);
    await passing;
  });

  test('is let go for all who wait, in the order in which they came', async () => {
    let nowMs = fenceAfterMs;
    const fence = new Fence(() => nowMs);
    nowMs = 2 * fenceAfterMs;
    const passed: number[] = [];
    const passing = [1, 2, 3].map((one) => fence.pass().then(() => passed.push(one)));
    fence.renew(nowMs);
    await Promise.all(passing);
    expect(passed).toEqual([1, 2, 3]);
  });

  test('is held back before anybody else may act for the edge', () => {
    expect(fenceAfterMs).toBeLessThan(lostAfterMs);
  });
});
