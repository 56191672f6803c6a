import { expect, test } from 'vitest';
import { Passing } from '../../../edge/controlling/passing.ts';

function newPassing() {
  const answers: string[] = [];
  let complete = 0;
  const passing = new Passing(
    (_nowMs, inbound, status) => answers.push(`${inbound} ${status}`),
    () => complete++,
  );
  return { passing, answers, complete: () => complete };
}

test('the sender is answered when the last member has acknowledged', () => {
  const { passing, answers, complete } = newPassing();
  passing.await(0, 1);
  passing.open();
  passing.open();
  passing.settle(0);
  passing.acknowledged(1, 200);
  expect(answers).toEqual([]);
  passing.acknowledged(2, 299);
  expect(answers).toEqual(['1 200']);
  expect(complete()).toBe(1);
});

test.each([
  [[413, 415], 413],
  [[413, 200], 200],
  [[], 200],
])('members who answer %j make %i', (statuses, answer) => {
  const { passing, answers } = newPassing();
  passing.await(0, 1);
  for (const _ of statuses) passing.open();
  for (const status of statuses) passing.acknowledged(1, status);
  passing.settle(1);
  expect(answers).toEqual([`1 ${answer}`]);
});

test('a member who was lost makes 408, until a repetition has reached it or it is not there', () => {
  const { passing, answers, complete } = newPassing();
  passing.await(0, 1);
  passing.open();
  passing.open();
  passing.missed(1, 'sip:bob@rejoin.test');
  passing.acknowledged(1, 200);
  expect(answers).toEqual(['1 408']);
  expect(complete()).toBe(0);
  expect(passing.missedBy).toEqual(['sip:bob@rejoin.test']);
  passing.forgetMissed();
  passing.await(5, 2);
  passing.settle(5);
  expect(answers).toEqual(['1 408', '2 200']);
});

test('a sender who was told that it takes too long, or whose session is gone, hears no more', () => {
  const { passing, answers } = newPassing();
  passing.await(0, 1);
  passing.open();
  expect(passing.isAwaited).toBe(true);
  passing.overdue(1);
  expect(answers).toEqual(['1 408']);
  expect(passing.isAwaited).toBe(false);
  passing.await(7, 2);
  expect(passing.awaitedSinceMs).toBe(7);
  passing.abandon();
  passing.excused(8);
  expect(answers).toEqual(['1 408']);
});
