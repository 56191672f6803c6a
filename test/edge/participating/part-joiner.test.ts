import { describe, expect, it } from 'vitest';
import { PartJoiner } from '../../../edge/participating/part-joiner.ts';
import type { StoredMessage } from '../../../shared/core/segment.ts';
import { bytesOf, storedMessage, storedPart } from './arrivals.ts';

const body = bytesOf(9);
const first = storedPart('a', 'first', body.subarray(0, 3));
const middle = storedPart('a', 'middle', body.subarray(3, 6));
const last = storedPart('a', 'last', body.subarray(6));
const whole = storedPart('a', 'whole', body);
const half = storedPart('a', 'first', body.subarray(0, 5));
const rest = storedPart('a', 'last', body.subarray(5));
const other = storedPart('b', 'whole', bytesOf(2));

type Row = {
  readonly given: string;
  readonly taken: readonly StoredMessage[];
  readonly whole: readonly (StoredMessage | undefined)[];
};

const rows: readonly Row[] = [
  { given: 'a whole message', taken: [whole], whole: [whole] },
  { given: 'two parts', taken: [half, rest], whole: [undefined, whole] },
  { given: 'three parts', taken: [first, middle, last], whole: [undefined, undefined, whole] },
  { given: 'a last part alone', taken: [last], whole: [undefined] },
  { given: 'a middle part alone', taken: [middle, last], whole: [undefined, undefined] },
  {
    given: 'parts whose last one was never stored, then another message',
    taken: [first, middle, other, last],
    whole: [undefined, undefined, other, undefined],
  },
  {
    given: 'a part of another message between',
    taken: [first, storedPart('b', 'middle', bytesOf(1)), middle, last],
    whole: [undefined, undefined, undefined, undefined],
  },
  {
    given: 'parts that begin anew because a hand-over failed',
    taken: [first, middle, first, middle, last],
    whole: [undefined, undefined, undefined, undefined, whole],
  },
];

describe('parts of a stored message', () => {
  for (const row of rows) {
    it(`are joined or dropped: ${row.given}`, () => {
      const joiner = new PartJoiner();
      expect(row.taken.map((stored) => joiner.take(stored))).toEqual(row.whole);
    });
  }

  it('are joined again after the same message was joined before', () => {
    const joiner = new PartJoiner();
    for (const part of [first, middle]) expect(joiner.take(part)).toBeUndefined();
    expect(joiner.take(last)).toEqual(whole);
    for (const part of [first, middle]) expect(joiner.take(part)).toBeUndefined();
    expect(joiner.take(last)).toEqual(whole);
  });

  it('are let go of when the client is gone', () => {
    const joiner = new PartJoiner();
    joiner.take(first);
    joiner.take(middle);
    joiner.clear();
    expect(joiner.take(last)).toBeUndefined();
  });

  it('are not looked for in a message without a mark', () => {
    const stored = storedMessage('a');
    expect(new PartJoiner().take(stored)).toBe(stored);
  });
});
