import { expect, test } from 'vitest';
import {
  groupKey,
  groupNameKey,
  participationKey,
  participationPrefix,
  registrationKey,
  segmentKey,
  segmentName,
  userPartition,
} from '../../../shared/core/key.ts';

const user = 'sip:bob@rejoin.test';

test.each([
  [{ user, contributionId: 'c1' }],
  [{ user: 'tel:*21#;phone-context=rejoin.test', contributionId: 'c2' }],
])('the key of segments names its participation', (name) => {
  expect(segmentName(segmentKey(name))).toEqual(name);
});

test('a user’s registration and participations stand in one partition, so that one read finds them [design 4]', () => {
  const participation = participationKey({ user, contributionId: 'c1' });
  const registration = registrationKey(user);
  expect(participation.partition).toBe(userPartition(user));
  expect(registration.partition).toBe(userPartition(user));
  expect(participation.sort.startsWith(participationPrefix)).toBe(true);
  expect(registration.sort.startsWith(participationPrefix)).toBe(false);
});

test('a group, its names and users never stand in one partition', () => {
  const partitions = [groupKey('x'), groupNameKey('x'), registrationKey('x')].map(
    (key) => key.partition,
  );
  expect(new Set(partitions).size).toBe(3);
});
