import { describe, expect, it } from 'vitest';
import * as limit from '../../../edge/participating/limit.ts';

const queueBytesMax = 200 * 1024;

describe('the bounds of the Participating Function', () => {
  it('are all positive', () => {
    for (const bound of Object.values(limit)) expect(bound).toBeGreaterThan(0);
  });

  it('let a segment fit into the smallest queue as base64, with its names', () => {
    expect(Math.ceil(limit.segmentBytesMax / 3) * 4 + 4096).toBeLessThan(queueBytesMax);
  });

  it('let the largest segment wait, and messages be read ahead by the segment', () => {
    expect(limit.collectedBytesMax).toBeGreaterThan(limit.segmentBytesMax);
    expect(limit.readBytesMax).toBeGreaterThan(limit.segmentBytesMax);
    expect(limit.readAheadMessagesMax).toBeGreaterThanOrEqual(limit.windowMessagesMax);
  });

  it('remember at least the Message-IDs of a window and of what is held', () => {
    expect(limit.recentIdsMax).toBeGreaterThanOrEqual(
      limit.windowMessagesMax + limit.heldMessagesMax,
    );
  });
});
