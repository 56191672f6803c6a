import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceList } from '../../../shared/memory/sequence-list.ts';

/** A list without the first place of a number. */
function without(numbers: readonly number[], removed: number): number[] {
  const at = numbers.indexOf(removed);
  return numbers.filter((_, index) => index !== at);
}

test('numbers come out in order, however they went in', () => {
  const step = fc.oneof(
    fc.constant('shift' as const),
    fc.integer({ min: 1, max: 1_000 }),
    fc.record({ removed: fc.integer({ min: 1, max: 50 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const list = new SequenceList();
      let model: number[] = [];
      for (const one of steps) {
        if (one === 'shift') {
          expect(list.shift()).toBe(model[0]);
          model = model.slice(1);
        } else if (typeof one === 'object') {
          expect(list.remove(one.removed)).toBe(model.includes(one.removed));
          model = without(model, one.removed);
        } else {
          list.insert(one);
          model = [...model, one].sort((first, second) => first - second);
        }
        expect(list.first).toBe(model[0]);
        expect(list.length).toBe(model.length);
        expect([...list.values()]).toEqual(model);
      }
    }),
  );
});

test('a long list is cut at its head and goes on in order', () => {
  const list = new SequenceList();
  for (let number = 1; number <= 10_000; number++) list.insert(number);
  for (let number = 1; number <= 9_000; number++) expect(list.shift()).toBe(number);
  list.insert(8_999);
  expect([list.shift(), list.shift(), list.length]).toEqual([8_999, 9_001, 999]);
});
