import { describe, expect, it } from 'vitest';
import { Held } from '../../../edge/participating/held.ts';
import { heldBytesMax, heldMessagesMax } from '../../../edge/participating/limit.ts';
import { bytesOf, idsOf, newArrival } from './arrivals.ts';

describe('messages held near the end of a delivery', () => {
  it('go on in order, once', () => {
    const held = new Held();
    for (const id of ['a', 'b']) held.add(newArrival(id));
    expect(idsOf(held.takeAll())).toEqual(['a', 'b']);
    expect(held.takeAll()).toEqual([]);
  });

  it('go on one by one, the first one first', () => {
    const held = new Held();
    for (const id of ['a', 'b']) held.add(newArrival(id));
    expect(held.first?.messageId).toBe('a');
    expect(held.take()?.messageId).toBe('a');
    expect(held.take()?.messageId).toBe('b');
    expect(held.take()).toBeUndefined();
    expect([held.first, held.isEmpty]).toEqual([undefined, true]);
  });

  it('are not full any more when enough have gone on', () => {
    const held = new Held();
    held.add(newArrival('large', { body: bytesOf(heldBytesMax) }));
    held.add(newArrival('more', { body: bytesOf(1) }));
    held.take();
    expect(held.isFull).toBe(false);
  });

  it('are full beyond a number of messages', () => {
    const held = new Held();
    for (let count = 0; count < heldMessagesMax; count++) held.add(newArrival(`m${count}`));
    expect(held.isFull).toBe(false);
    held.add(newArrival('more'));
    expect(held.isFull).toBe(true);
    held.takeAll();
    expect(held.isFull).toBe(false);
  });

  it('are full beyond a number of bytes', () => {
    const held = new Held();
    held.add(newArrival('large', { body: bytesOf(heldBytesMax) }));
    expect(held.isFull).toBe(false);
    held.add(newArrival('more', { body: bytesOf(1) }));
    expect(held.isFull).toBe(true);
    held.takeAll();
    held.add(newArrival('small'));
    expect(held.isFull).toBe(false);
  });
});
