import { describe, expect, it } from 'vitest';
import { readAheadBytesMax, readAheadMessagesMax } from '../../../edge/participating/limit.ts';
import { ReadAhead } from '../../../edge/participating/read-ahead.ts';
import { bytesOf, storedMessage } from './arrivals.ts';

function filled(count: number, bytes = 10): ReadAhead {
  const ahead = new ReadAhead();
  for (let position = 1; position <= count; position++) {
    ahead.add({ position, message: storedMessage(`m${position}`, { body: bytesOf(bytes) }) });
  }
  return ahead;
}

/** Takes so many; answers their positions. */
function take(ahead: ReadAhead, count: number): readonly number[] {
  const positions: number[] = [];
  for (let { next } = ahead; next !== undefined && positions.length < count; next = ahead.next) {
    positions.push(next.position);
    ahead.take(next);
  }
  return positions;
}

describe('messages read ahead', () => {
  it('are taken in order, each once, also while more are added', () => {
    const ahead = filled(3);
    expect(take(ahead, 2)).toEqual([1, 2]);
    ahead.add({ position: 4, message: storedMessage('m4') });
    expect(ahead.isEmpty).toBe(false);
    expect(take(ahead, 9)).toEqual([3, 4]);
    expect(ahead.isEmpty).toBe(true);
    expect(ahead.next).toBeUndefined();
  });

  it('are taken in order far behind what was taken before', () => {
    const ahead = filled(3 * readAheadMessagesMax);
    const positions = take(ahead, 3 * readAheadMessagesMax);
    expect(positions).toHaveLength(3 * readAheadMessagesMax);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('are enough at a number of messages, and not any more below it', () => {
    expect(filled(readAheadMessagesMax - 1).isFull).toBe(false);
    const ahead = filled(readAheadMessagesMax);
    expect(ahead.isFull).toBe(true);
    take(ahead, 1);
    expect(ahead.isFull).toBe(false);
  });

  it('are enough at a number of bytes, and not any more below it', () => {
    const ahead = filled(4, readAheadBytesMax / 4);
    expect(ahead.isFull).toBe(true);
    take(ahead, 1);
    expect(ahead.isFull).toBe(false);
    expect(take(ahead, 3)).toEqual([2, 3, 4]);
  });

  it('of many bytes are taken in order too', () => {
    expect(take(filled(20, readAheadBytesMax / 4), 20)).toHaveLength(20);
  });

  it('are none after the client is gone', () => {
    const ahead = filled(4, readAheadBytesMax);
    take(ahead, 1);
    ahead.clear();
    expect([ahead.isEmpty, ahead.isFull]).toEqual([true, false]);
    ahead.add({ position: 9, message: storedMessage('m9') });
    expect(take(ahead, 1)).toEqual([9]);
  });
});
