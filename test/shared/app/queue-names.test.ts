import { expect, test } from 'vitest';
import { commandQueue, participationGroup, queueNames } from '../../../shared/app/queue-names.ts';

test('every queue is a FIFO queue: all events and commands keep their order [design 4.1]', () => {
  const names = [...Object.values(queueNames), commandQueue('a'), commandQueue(undefined)];
  expect(names.filter((name) => !name.endsWith('.fifo'))).toEqual([]);
});

test('an edge has a queue of its own, and what nobody owns goes to one that all edges read [design 4.4]', () => {
  expect(commandQueue('a')).not.toBe(commandQueue('b'));
  expect(commandQueue(undefined)).toBe(queueNames.commands);
});

test('the events of a participation are one group, and those of another one are another [design 4.1]', () => {
  const name = { user: 'sip:bob@a.test', contributionId: 'c-1' };
  expect(participationGroup(name)).toBe(participationGroup({ ...name }));
  expect(participationGroup(name)).not.toBe(participationGroup({ ...name, contributionId: 'c-2' }));
});
