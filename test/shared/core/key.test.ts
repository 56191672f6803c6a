import { expect, test } from 'vitest';
import { segmentKey, segmentName } from '../../../shared/core/key.ts';

test.each([
  [{ user: 'sip:bob@rejoin.test', contributionId: 'c1' }],
  [{ user: 'tel:*21#;phone-context=rejoin.test', contributionId: 'c2' }],
])('the key of segments names its participation', (name) => {
  expect(segmentName(segmentKey(name))).toEqual(name);
});
