import { expect, test } from 'vitest';
import { queueSummaries, recordSummary } from '../../../edge/runtime/queue-view.ts';
import { memoryQueue } from '../../../shared/memory/memory-queue.ts';
import type { PeekedRecord } from '../../../shared/ports/queue.ts';

const mask = (uri: string): string => `masked(${uri.length})`;

function summaryOf(more: Partial<PeekedRecord>) {
  const record: PeekedRecord = {
    id: '7',
    group: 'sip:bob@rejoin.test#c1',
    receives: 2,
    sentAtMs: 0,
    isOut: false,
    bodyStart: '{}',
    ...more,
  };
  return recordSummary(record, mask);
}

test('a record is shown without its body, its user masked', () => {
  const body = JSON.stringify({
    name: { user: 'sip:bob@rejoin.test', contributionId: 'c1' },
    event: { kind: 'messages', first: 1, bytes: 'c2VjcmV0' },
  });
  const summary = summaryOf({ bodyStart: body });
  expect(summary).toEqual({
    id: '7',
    group: 'masked(19)#c1',
    kind: 'messages',
    state: 'waiting',
    receives: 2,
    sentAt: '1970-01-01T00:00:00.000Z',
    reason: null,
  });
  expect(JSON.stringify(summary)).not.toMatch(/bob|c2Vj/);
});

test.each([
  ['sip:bob@rejoin.test', 'masked(19)'],
  ['SIPS:bob@rejoin.test#c1', 'masked(20)#c1'],
  ['tel:*21#;phone-context=a.test#c1', 'masked(29)#c1'],
  ['3b5e1c0a-group', '3b5e1c0a-group'],
])('the group %s is shown as %s', (group, shown) => {
  expect(summaryOf({ group }).group).toBe(shown);
});

test('a record of a standard queue has no group, and one that is out says so', () => {
  expect(summaryOf({ group: undefined, isOut: true })).toMatchObject({ group: null, state: 'out' });
});

test('the kind of a command is shown, also where the rest of the body is cut off', () => {
  const body = '{"id":"1/0","name":{},"command":{"kind":"invite-client","participation":{"us';
  expect(summaryOf({ bodyStart: body }).kind).toBe('invite-client');
});

test('a user can not make up a kind', () => {
  const user = 'sip:"event":{"kind":"made-up"}@rejoin.test';
  expect(summaryOf({ bodyStart: JSON.stringify({ name: { user } }) }).kind).toBeNull();
});

test('the reason of parking is shown, and what was parked is not', () => {
  const bodyStart = JSON.stringify({ reason: 'it can not be decoded', body: 'secret' });
  const summary = summaryOf({ bodyStart });
  expect(summary).toMatchObject({ kind: null, reason: 'it can not be decoded' });
  expect(JSON.stringify(summary)).not.toContain('secret');
});

test('served queues are always listed, others while they hold something', async () => {
  let nowMs = 1_000;
  const queue = memoryQueue({ nowMs: () => nowMs });
  const entry = (name: string, body: string) => ({
    queue: name,
    body,
    group: 'a',
    deduplicationId: `${name}${body}`,
  });
  await queue.send([entry('events.fifo', '1'), entry('events.fifo', '2')]);
  await queue.receive('events.fifo', { max: 1, waitMs: 0, visibilityMs: 60_000 });
  nowMs = 2_000;
  await queue.send([entry('events-dead.fifo', '3'), entry('left.fifo', '4')]);
  await queue.send([entry('lost-dead.fifo', '5'), entry('empty.fifo', '6')]);
  const [left] = await queue.receive('empty.fifo', { max: 1, waitMs: 0, visibilityMs: 1 });
  await queue.remove('empty.fifo', [left?.receipt ?? '']);
  const first = '1970-01-01T00:00:01.000Z';
  const second = '1970-01-01T00:00:02.000Z';
  expect(await queueSummaries(queue, ['events.fifo', 'idle.fifo'])).toEqual([
    {
      name: 'events.fifo',
      waiting: 1,
      inFlight: 1,
      oldest: first,
      dead: 1,
      oldestDead: second,
      isServed: true,
    },
    expect.objectContaining({ name: 'idle.fifo', waiting: 0, oldest: null, isServed: true }),
    expect.objectContaining({ name: 'left.fifo', waiting: 1, dead: 0, isServed: false }),
    expect.objectContaining({ name: 'lost.fifo', waiting: 0, dead: 1, isServed: false }),
  ]);
});
