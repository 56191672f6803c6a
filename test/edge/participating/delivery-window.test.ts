import { describe, expect, it } from 'vitest';
import {
  readAheadBytesMax,
  readAheadMessagesMax,
  readBytesMax,
  windowBytesMax,
  windowMessagesMax,
} from '../../../edge/participating/limit.ts';
import { bytesOf } from './arrivals.ts';
import { Delivering, range, runOf } from './delivery-kit.ts';

describe('the window of a delivery', () => {
  it('is never more than may come twice after a crash, by the durable cursor [promise 3]', () => {
    const more = windowMessagesMax + 10;
    const delivering = Delivering.withRead(more);
    expect(delivering.positions).toEqual(range(1, windowMessagesMax));
    delivering.acknowledge(...range(1, 20));
    // Acknowledged, but not durably known: one report is under way, for the first.
    expect(delivering.kept).toEqual([1]);
    expect(delivering.sent).toHaveLength(windowMessagesMax);
    delivering.keep();
    expect(delivering.sent).toHaveLength(windowMessagesMax + 1);
    expect(delivering.kept).toEqual([1, 20]);
    delivering.keep();
    expect(delivering.positions).toEqual(range(1, more));
  });

  it('counts what was acknowledged before a loss until the cursor is durable', () => {
    const delivering = Delivering.withRead(windowMessagesMax + 10);
    delivering.acknowledge(...range(1, 10));
    delivering.delivery.stop();
    delivering.sent.length = 0;
    delivering.start();
    delivering.read(runOf(11, windowMessagesMax));
    expect(delivering.positions).toEqual(range(11, windowMessagesMax));
    delivering.keep();
    expect(delivering.sent.at(-1)?.position).toBe(windowMessagesMax + 1);
    delivering.keep();
    expect(delivering.sent.at(-1)?.position).toBe(windowMessagesMax + 10);
  });

  it('is tried again if the cursor could not be made durable', () => {
    const delivering = Delivering.withRead(windowMessagesMax + 1);
    delivering.acknowledge(...range(1, windowMessagesMax));
    delivering.keep(false);
    expect(delivering.sent).toHaveLength(windowMessagesMax);
    expect(delivering.kept).toEqual([1, windowMessagesMax]);
    delivering.keep();
    expect(delivering.sent).toHaveLength(windowMessagesMax + 1);
  });

  it('does not move by an outcome that nobody waits for', () => {
    const delivering = Delivering.withRead(windowMessagesMax + 1);
    delivering.keep();
    expect(delivering.sent).toHaveLength(windowMessagesMax);
    expect(delivering.kept).toEqual([]);
  });

  it('is bounded in bytes, though one message may always be out', () => {
    const delivering = Delivering.withRead(3, { body: bytesOf(windowBytesMax / 2 + 1) });
    expect(delivering.positions).toEqual([1]);
    delivering.acknowledge(1);
    delivering.keep();
    expect(delivering.positions).toEqual([1, 2]);
  });

  it('takes a message larger than itself when nothing else is out', () => {
    const delivering = new Delivering({ lastStored: 2 });
    delivering.start();
    delivering.read(runOf(1, 1), runOf(2, 1, { body: bytesOf(windowBytesMax + 1) }));
    expect(delivering.positions).toEqual([1]);
    delivering.acknowledge(1);
    expect(delivering.positions).toEqual([1]);
    delivering.keep();
    expect(delivering.positions).toEqual([1, 2]);
  });

  it('waits while the queue of the client is full', () => {
    const delivering = new Delivering({ lastStored: 3 });
    delivering.hasRoom = false;
    delivering.start();
    delivering.read(runOf(1, 3));
    expect(delivering.positions).toEqual([1]);
    delivering.delivery.unblock(0, 3);
    expect(delivering.positions).toEqual([1, 2]);
    delivering.hasRoom = true;
    delivering.delivery.unblock(0, 3);
    expect(delivering.positions).toEqual([1, 2, 3]);
  });

  it('does not wait any more when the client has come back', () => {
    const delivering = new Delivering({ lastStored: 2 });
    delivering.hasRoom = false;
    delivering.start();
    delivering.read(runOf(1, 2));
    delivering.delivery.stop();
    delivering.hasRoom = true;
    delivering.start();
    delivering.read(runOf(1, 2));
    expect(delivering.positions).toEqual([1, 1, 2]);
  });
});

describe('the memory of a delivery', () => {
  it('is bounded: no further is read than so many bytes ahead', () => {
    const bytes = windowBytesMax / 8;
    const body = bytesOf(bytes);
    const delivering = new Delivering({ lastStored: 1_000 });
    delivering.start();
    for (let read = 0; delivering.reads.length > read; read++) {
      delivering.read(runOf(read + 1, 1, { body }));
    }
    const ahead = (delivering.reads.length - delivering.sent.length) * bytes;
    expect(ahead).toBeLessThanOrEqual(readAheadBytesMax + readBytesMax);
    for (let acknowledged = 1; acknowledged <= 1_000; acknowledged++) {
      delivering.acknowledge(acknowledged);
      delivering.keep();
      const read = delivering.reads.length;
      if (read <= 1_000) delivering.read(runOf(read, 1, { body }));
    }
    expect(delivering.positions).toEqual(range(1, 1_000));
    expect(delivering.isFinished).toBe(true);
  });

  it('is bounded: no further is read than so many messages ahead', () => {
    const stored = 10_000;
    const step = 100;
    const delivering = new Delivering({ lastStored: stored });
    delivering.start();
    let read = 0;
    const take = (): void => {
      while (delivering.reads.length * step > read) {
        delivering.read(runOf(read + 1, step));
        read += step;
      }
    };
    take();
    expect(read).toBeLessThanOrEqual(windowMessagesMax + readAheadMessagesMax + step);
    let acknowledged = 0;
    while (acknowledged < stored) {
      expect(delivering.sent.length).toBeGreaterThan(acknowledged);
      acknowledged++;
      delivering.acknowledge(acknowledged);
      delivering.keep();
      take();
      const ahead = read - acknowledged;
      expect(ahead).toBeLessThanOrEqual(windowMessagesMax + readAheadMessagesMax + step);
    }
    expect(delivering.positions).toEqual(range(1, stored));
    expect(delivering.isFinished).toBe(true);
  });
});
