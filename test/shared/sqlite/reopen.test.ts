import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite, type Sqlite } from '../../../shared/sqlite/open-sqlite.ts';

const options = { max: 10, waitMs: 0, visibilityMs: 30_000 };
let folder: string;
let opened: Sqlite;
let nowMs: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-reopen-'));
  nowMs = 1_000_000;
  opened = await open();
});
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

function open(): Promise<Sqlite> {
  return openSqlite({ file: join(folder, 'store.db'), nowMs: () => nowMs, receivesMax: 3 });
}

async function reopen(): Promise<void> {
  await opened.close();
  opened = await open();
}

function send(...bodies: string[]): Promise<void> {
  return opened.queue.send(
    bodies.map((body) => ({ queue: 'q.fifo', group: 'a', deduplicationId: body, body })),
  );
}

async function receive(queue = 'q.fifo', max = 10) {
  return opened.queue.receive(queue, { ...options, max });
}

test('records keep their order and their ids', async () => {
  await send('1', '2', '3');
  const before = await receive();
  await reopen();
  await send('4');
  const after = await receive();
  expect(after.map((record) => record.body)).toEqual(['1', '2', '3', '4']);
  expect(after.slice(0, 3).map((record) => record.id)).toEqual(before.map((record) => record.id));
});

test('what was in flight is visible again at once', async () => {
  await send('1');
  expect(await receive()).toHaveLength(1);
  expect(await receive()).toHaveLength(0);
  await reopen();
  expect(await receive()).toHaveLength(1);
});

test('what was removed stays removed, and its deduplication id stays known for its time', async () => {
  await send('1');
  const [record] = await receive();
  await opened.queue.remove('q.fifo', [record?.receipt ?? '']);
  await reopen();
  await send('1');
  expect(await receive()).toEqual([]);
  nowMs += 300_000;
  await send('1');
  expect(await receive()).toHaveLength(1);
});

test('an id is not given twice, even after the queue was empty', async () => {
  await send('1');
  const [first] = await receive();
  await opened.queue.remove('q.fifo', [first?.receipt ?? '']);
  nowMs += 1;
  await reopen();
  await send('2');
  const [second] = await receive();
  expect(Number(second?.id)).toBeGreaterThan(Number(first?.id));
});

test('a delay goes on, and is over if its time came meanwhile', async () => {
  const { queue } = opened;
  await queue.send([
    { queue: 'timers', body: 'soon', delayMs: 1_000 },
    { queue: 'timers', body: 'late', delayMs: 60_000 },
  ]);
  nowMs += 2_000;
  await reopen();
  const soon = await receive('timers');
  expect(soon.map((record) => record.body)).toEqual(['soon']);
  await opened.queue.remove('timers', [soon[0]?.receipt ?? '']);
  nowMs += 58_000;
  expect((await receive('timers')).map((record) => record.body)).toEqual(['late']);
});

test('receipts are counted across the end of the process, from the second on', async () => {
  await send('1');
  await receive();
  nowMs += 30_000;
  expect((await receive())[0]?.receives).toBe(2);
  await reopen();
  expect((await receive())[0]?.receives).toBe(3);
  await reopen();
  expect(await receive()).toEqual([]);
  expect((await receive('q-dead.fifo'))[0]).toMatchObject({ body: '1', receives: 4 });
  await reopen();
  expect(await receive('q-dead.fifo')).toHaveLength(1);
});

test('items and segments are there again', async () => {
  const { store } = opened;
  const item = { partition: 'p', sort: 's', version: 1, data: { a: 1 }, owner: 'edge' };
  await store.commit(item);
  const bytes = Uint8Array.of(1, 2, 3);
  await store.append([
    { key: 'k', first: 1, last: 2, count: 2, oldestMs: 5, expiresAtS: 9, bytes },
  ]);
  await reopen();
  expect(await opened.store.read('p', 's')).toEqual(item);
  const [segment] = await opened.store.segments('k', { after: 0, bytesMax: 10 });
  expect([...(segment?.bytes ?? [])]).toEqual([1, 2, 3]);
});

test('a close ends a wait for records with nothing, and operations after it are refused', async () => {
  const waiting = opened.queue.receive('q.fifo', { ...options, waitMs: 20_000 });
  await opened.store.read('p', 's');
  const { store } = opened;
  await opened.close();
  expect(await waiting).toEqual([]);
  await expect(store.read('p', 's')).rejects.toThrow('closed');
});
