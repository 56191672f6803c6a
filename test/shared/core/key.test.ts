import { expect, test } from 'vitest';
import { segmentKey, segmentName } from '../../../shared/core/key.ts';

test.each([
  [{ user: 'sip:bob@rejoin.test', contributionId: 'c1' }],
  [{ user: 'tel:+4930123', contributionId: 'a#b#c' }],
])('the key of segments names its participation', (name) => {
  expect(segmentName(segmentKey(name))).toEqual(name);
});
