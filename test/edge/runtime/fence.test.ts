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

  test('is held back before anybody else may act for the edge', () => {
    expect(fenceAfterMs).toBeLessThan(lostAfterMs);
  });
});
