import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PumpHandler, startPump } from '../../../shared/app/pump.ts';
import { receiveBytesMax, receiveMax } from '../../../shared/memory/limit.ts';
import { openSqlite, type Sqlite } from '../../../shared/sqlite/open-sqlite.ts';

let folder: string;
let opened: Sqlite;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-pumped-'));
  opened = await openSqlite({ file: join(folder, 'store.db') });
});
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

function start(handler: PumpHandler) {
  const errors: object[] = [];
  const log = { error: (details: object) => void errors.push(details) };
  const pump = startPump({ queue: opened.queue, queueName: 'q.fifo', handler, log });
  return { pump, errors };
}

async function send(group: string, number: number): Promise<void> {
  const deduplicationId = `${group}/${number}`;
  await opened.queue.send([{ queue: 'q.fifo', group, deduplicationId, body: String(number) }]);
}

test('what many send at once is stored once, in each group’s order, and the queue is empty', async () => {
  const { store, queue } = opened;
  const seen = new Map<string, number[]>();
  const { pump, errors } = start(async ({ Records }) => {
    for (const { body, attributes } of Records) {
      const key = attributes.MessageGroupId ?? '';
      const first = Number(body);
      seen.set(key, [...(seen.get(key) ?? []), first]);
      const bytes = new Uint8Array(100);
      await store.append([
        { key, first, last: first, count: 1, oldestMs: 1, expiresAtS: 9, bytes },
      ]);
    }
    return { batchItemFailures: [] };
  });
  const groups = Array.from({ length: 8 }, (_, index) => `group-${index}`);
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
  await Promise.all(
    groups.map(async (group) => {
      for (const number of numbers) await send(group, number);
    }),
  );
  const isEmpty = async () => {
    const { visible, inFlight } = await queue.depth('q.fifo');
    return visible + inFlight;
  };
  await expect.poll(isEmpty, { timeout: 10_000, interval: 10 }).toBe(0);
  await pump.stop();
  for (const group of groups) {
    expect(seen.get(group)).toEqual(numbers);
    expect((await store.waiting(group, 0)).count).toBe(numbers.length);
  }
  expect(errors).toEqual([]);
});

test('an idle pump handles a new record without waiting for its next poll', async () => {
  const handled: number[] = [];
  const { pump } = start(async ({ Records }) => {
    handled.push(...Records.map(() => performance.now()));
    return { batchItemFailures: [] };
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const sentMs = performance.now();
  await send('a', 1);
  await expect.poll(() => handled.length, { interval: 2, timeout: 10_000 }).toBe(1);
  expect((handled[0] ?? 0) - sentMs).toBeLessThan(300);
  await pump.stop();
});

test('a pump that was stopped leaves nothing that keeps the store from closing', async () => {
  const { pump, errors } = start(async () => ({ batchItemFailures: [] }));
  await send('a', 1);
  await pump.stop();
  await opened.store.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(errors).toEqual([]);
});

test('one receipt brings many small records, or few large ones: what is received is in memory', async () => {
  const { queue } = opened;
  const options = { max: 1_000, waitMs: 0, visibilityMs: 30_000 };
  const entry = (queueName: string, number: number, body: string) => ({
    queue: queueName,
    group: 'one',
    deduplicationId: `${number}`,
    body,
  });
  const numbers = Array.from({ length: receiveMax + 50 }, (_, index) => index);
  await queue.send(numbers.map((number) => entry('small.fifo', number, `${number}`)));
  const small = await queue.receive('small.fifo', options);
  expect(small.map(({ body }) => Number(body))).toEqual(numbers.slice(0, receiveMax));
  const large = 'x'.repeat(receiveBytesMax / 4);
  await queue.send(numbers.slice(0, 9).map((number) => entry('large.fifo', number, large)));
  const first = await queue.receive('large.fifo', options);
  expect(first).toHaveLength(4);
  await queue.remove(
    'large.fifo',
    first.map(({ receipt }) => receipt),
  );
  expect(await queue.receive('large.fifo', options)).toHaveLength(4);
});
