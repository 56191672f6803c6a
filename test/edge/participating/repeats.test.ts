import { describe, expect, it, test } from 'vitest';
import { repeatIdsMax } from '../../../edge/participating/limit.ts';
import { Repeats } from '../../../edge/participating/repeats.ts';
import { storedMessage } from './arrivals.ts';
import { Delivering } from './delivery-kit.ts';

describe('a message that stands in the store twice', () => {
  function twice(): Delivering {
    const delivering = new Delivering({ lastStored: 3 });
    delivering.start();
    const messages = ['one', 'two', 'one'].map((id) => storedMessage(id));
    delivering.read({ first: 1, messages });
    return delivering;
  }

  it('is delivered once, and the cursor passes both [promise 3]', () => {
    const delivering = twice();
    expect(delivering.positions).toEqual([1, 2]);
    delivering.acknowledge(1, 2);
    expect(delivering.delivery.cursor).toBe(3);
    expect(delivering.isFinished).toBe(true);
  });

  it('is delivered from its first place again, where that was not acknowledged [promise 1]', () => {
    const delivering = twice();
    delivering.delivery.stop();
    delivering.start();
    delivering.read({ first: 1, messages: ['one', 'two', 'one'].map((id) => storedMessage(id)) });
    expect(delivering.positions).toEqual([1, 2, 1, 2]);
  });
});

test('the oldest are forgotten first', () => {
  const repeats = new Repeats();
  for (let index = 0; index <= repeatIdsMax; index++) repeats.isRepeat(`m${index}`, index);
  expect(repeats.isRepeat('m1', 1000)).toBe(true);
  expect(repeats.isRepeat('m0', 1000)).toBe(false);
});
