import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpiryWheel } from '../../../edge/registrar/expiry-wheel.ts';

test('users come out when their time has come, not before', () => {
  const wheel = new ExpiryWheel();
  wheel.add('a', 1000);
  wheel.add('b', 1500);
  wheel.add('c', 1999);
  expect(wheel.take(999)).toEqual([]);
  expect(wheel.take(1000)).toEqual(['a']);
  expect(wheel.take(5000)).toEqual(['b', 'c']);
  expect(wheel.take(9000)).toEqual([]);
});

test('a user has one entry: the earliest', () => {
  const wheel = new ExpiryWheel();
  wheel.add('a', 5000);
  wheel.add('b', 5000);
  wheel.add('a', 9000);
  wheel.add('a', 2000);
  wheel.add('c', 1000);
  wheel.add('b', 1000);
  expect(wheel.take(1000)).toEqual(['c', 'b']);
  expect(wheel.take(9000)).toEqual(['a']);
});

test('whatever is put in comes out once, at its earliest time', () => {
  const entry = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9000 }));
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const wheel = new ExpiryWheel();
      const first = new Map<string, number>();
      for (const [user, atMs] of entries) {
        wheel.add(user, atMs);
        const second = Math.ceil(atMs / 1000);
        first.set(user, Math.min(first.get(user) ?? second, second));
      }
      for (let second = 0; second <= 9; second++) {
        const due = [...first].filter(([, at]) => at === second).map(([user]) => user);
        expect([...wheel.take(second * 1000)].sort()).toEqual(due.sort());
      }
    }),
  );
});
